/**
 * The `resolutions` of a manifest: which answer the product forces upon those who ask for something else.
 *
 * Source: Yarn docs, "Manifest fields", `resolutions` (Yarn 2 and later: `[parent/]name[@range]`) and "Selective dependency
 * resolutions" (Yarn 1: such names after each other, with `**` for any packages in between or before).
 */
import { isObject } from '../lib/json.ts';
import type { Ask } from './yarn-graph.ts';

interface Rule {
  readonly parent: string | null;
  readonly range: string | null;
  readonly to: string;
}

/** The range that is asked for instead; `null` when the product does not interfere. */
export type Redirect = (parent: string | null, ask: Ask) => string | null;

/** Keeps the look-up of one ask at a constant cost, whatever the manifest holds. */
const MOST_RULES_OF_A_NAME = 50;
const LONGEST_PATTERN = 500;

export function redirectsOf(manifest: unknown): Redirect {
  const table = isObject(manifest) ? manifest['resolutions'] : undefined;
  if (!isObject(table)) return () => null;
  const rules = new Map<string, Rule[]>();
  for (const [pattern, to] of Object.entries(table)) {
    const parsed = typeof to === 'string' && pattern.length <= LONGEST_PATTERN ? parsePattern(pattern) : null;
    if (parsed === null || typeof to !== 'string') continue;
    const known = rules.get(parsed.name) ?? [];
    rules.set(parsed.name, known);
    if (known.length < MOST_RULES_OF_A_NAME) known.push({ parent: parsed.parent, range: parsed.range, to });
  }
  return (parent, { name, range }) =>
    rules
      .get(name)
      ?.find(
        (rule) =>
          (rule.parent === null || rule.parent === parent) &&
          (rule.range === null || rule.range === range || rule.range === `npm:${range}`),
      )?.to ?? null;
}

/**
 * The last name of a pattern, and the one right before it. A `**` between them stands for any packages, so the one before is
 * no parent then, and its rule speaks of the name wherever it stands. The range of a parent is not compared.
 */
function parsePattern(pattern: string): { name: string; range: string | null; parent: string | null } | null {
  const parts: string[] = [];
  for (const segment of pattern.split('/')) {
    const last = parts.at(-1);
    if (last?.startsWith('@') && !last.includes('/')) parts[parts.length - 1] = `${last}/${segment}`;
    else parts.push(segment);
  }
  const [parent = '', last = ''] = [parts.at(-2), parts.at(-1)];
  const at = last.indexOf('@', 1);
  const name = at < 0 ? last : last.slice(0, at);
  if (name === '' || name.startsWith('*')) return null;
  const parentAt = parent.indexOf('@', 1);
  return {
    name,
    range: at < 0 ? null : last.slice(at + 1),
    parent: parent === '' || parent.startsWith('*') ? null : parentAt < 0 ? parent : parent.slice(0, parentAt),
  };
}
