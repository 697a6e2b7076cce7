/**
 * Filling in the `${…}` of a POM.
 *
 * Source: Maven, "Introduction to the POM", section "Project Interpolation and Variables". An expression ends at the first
 * `}`; values may hold expressions themselves. Where a name gets its value from is the caller's (maven-pom-effective.ts).
 */
import { no, ok, type Result } from '../lib/result.ts';

export interface Unresolved {
  /** The name between the braces. */
  readonly expression: string;
  /** `environment`: set by the machine or the command line; `unset`: nowhere in the POMs that are there. */
  readonly because: 'environment' | 'unset' | 'circular' | 'too-large';
}

export type Interpolated = Result<string, Unresolved>;

/** The text with every expression filled in, or the first one that cannot be. */
export type Interpolate = (text: string) => Interpolated;

/** Values of real POMs stay below 200 characters; ten properties that each name the one before ten times give 10^10. */
const LONGEST_VALUE = 8_192;
/** How many values may lead to each other; real ones stay below 5. */
const DEEPEST = 32;

/**
 * Each name is looked up and expanded once: the work is linear in the POM, whatever its values say of each other.
 *
 * @param lookup The value of a name as written; `null` where it has none.
 */
export function interpolator(lookup: (name: string) => string | null): Interpolate {
  const known = new Map<string, Interpolated>();
  const open = new Set<string>();
  const valueOf = (name: string): Interpolated => {
    const before = known.get(name);
    if (before !== undefined) return before;
    if (open.has(name)) return no({ expression: name, because: 'circular' });
    if (open.size >= DEEPEST) return no({ expression: name, because: 'too-large' });
    const value = lookup(name);
    open.add(name);
    const found = value === null ? no(unresolved(name)) : expand(value, valueOf);
    open.delete(name);
    // What was cut short by something still open would read differently from elsewhere.
    if (found.ok || open.size === 0) known.set(name, found);
    return found;
  };
  return (text) => expand(text, valueOf);
}

function expand(text: string, valueOf: (name: string) => Interpolated): Interpolated {
  let at = text.indexOf('${');
  if (at < 0) return ok(text);
  let result = '';
  let from = 0;
  for (; at >= 0; at = text.indexOf('${', from)) {
    const end = text.indexOf('}', at + 2);
    if (end < 0) break;
    const value = valueOf(text.slice(at + 2, end));
    if (!value.ok) return value;
    result += text.slice(from, at) + value.value;
    if (result.length > LONGEST_VALUE) return no({ expression: text.slice(at + 2, end), because: 'too-large' });
    from = end + 1;
  }
  return ok(result + text.slice(from));
}

/** Names that Maven takes from the machine, its settings or the moment (same document, "Available Variables"). */
const ENVIRONMENT =
  /^(?:env|settings|java|os|user|maven|session|file|line|path|sun)\.|basedir$|^(?:project|pom)\.(?:build|baseUri)/;

const unresolved = (expression: string): Unresolved => ({
  expression,
  because: ENVIRONMENT.test(expression) ? 'environment' : 'unset',
});
