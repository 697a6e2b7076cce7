/**
 * `osv-scanner.toml`.
 *
 * Source: OSV-Scanner documentation, "Configuration" (https://google.github.io/osv-scanner/configuration/): `[[IgnoredVulns]]` with id,
 * ignoreUntil, reason; `[[PackageOverrides]]` with name, version, ecosystem, group, ignore or vulnerability.ignore, effectiveUntil, reason.
 *
 * smol-toml gives no places; the line of an entry is that of its `[[…]]`, and none where those cannot be counted.
 */
import { parse, TomlError } from 'smol-toml';
import { isObject, stringOr } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { MAX_DECISIONS_CHARS } from './decisions-file.ts';
import {
  cited,
  expiresOf,
  isAdvisoryId,
  leftOut,
  MAX_IMPORTED,
  NOTHING,
  reasonOf,
  withoutReason,
  tooMany,
  type Imported,
  type ImportIssue,
  type Proposal,
} from './proposal.ts';

/** Before the parser meets it: it calls itself for each level of brackets. */
const MAX_OPEN_BRACKETS = 64;

export function readOsvScanner(text: string): Result<Imported, ImportIssue> {
  const document = parseToml(text);
  if (!document.ok) return document;
  const entries = listIn(document.value, 'IgnoredVulns');
  const overrides = listIn(document.value, 'PackageOverrides');
  if (entries.length + overrides.length > MAX_IMPORTED) return no(tooMany(null));
  const lines = headLines(text, 'IgnoredVulns', entries.length);
  const proposals: Proposal[] = [];
  const left: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const line = lines?.[index] ?? null;
    const id = stringOr(entry['id'], '');
    if (isAdvisoryId(id)) proposals.push(proposalOf(entry, id, line));
    else left.push(leftOut(line === null ? null : { line, column: 1 }, id, 'names no vulnerability'));
  }
  const overrideLines = headLines(text, 'PackageOverrides', overrides.length);
  for (const [index, entry] of overrides.entries()) left.push(overrideLeft(entry, overrideLines?.[index] ?? null));
  return ok({ proposals, left });
}

function parseToml(text: string): Result<unknown, ImportIssue> {
  if (text.length > MAX_DECISIONS_CHARS) return no({ line: 1, column: 1, message: 'the file is larger than 1 MB' });
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open += 1;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    if (open > MAX_OPEN_BRACKETS) return no({ line: 1, column: 1, message: 'the file is nested too deeply' });
  }
  try {
    return ok(parse(text));
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const message = thrown.message.split('\n', 1)[0] ?? 'it is no TOML';
    return no({ line: thrown.line, column: thrown.column, message });
  }
}

const listIn = (document: unknown, key: string): readonly Readonly<Record<string, unknown>>[] => {
  const found = isObject(document) && Object.hasOwn(document, key) ? document[key] : [];
  return Array.isArray(found) ? found.filter(isObject) : [];
};

function proposalOf(entry: Readonly<Record<string, unknown>>, id: string, line: number | null): Proposal {
  const reason = reasonOf(typeof entry['reason'] === 'string' ? entry['reason'] : null);
  const { expires, lost } = expiresOf(dateText(entry['ignoreUntil']));
  return { ...NOTHING, line, ids: [id], reason, expires, lost: [...lost, ...withoutReason(reason)] };
}

/** The library's dates are `Date` objects that print as they were written. */
const dateText = (value: unknown): string | null =>
  value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : null;

function overrideLeft(entry: Readonly<Record<string, unknown>>, line: number | null): string {
  const at = line === null ? null : { line, column: 1 };
  const name = stringOr(entry['name'], 'a package without a name');
  const all = 'ignores every finding of a package, also those that are not known yet; decide on each';
  const ignored =
    entry['ignore'] === true || (isObject(entry['vulnerability']) && entry['vulnerability']['ignore'] === true);
  return leftOut(
    at,
    name,
    ignored ? all : `is an override that ignores no vulnerability (${cited(Object.keys(entry).join(', '))})`,
  );
}

/** Lines of `[[name]]`; `null` when there are not exactly as many as the parser found (one stands inside a text). */
function headLines(text: string, name: string, amount: number): readonly number[] | null {
  const lines = text
    .split('\n')
    .flatMap((line, index) => (line.replace(/\s/g, '').startsWith(`[[${name}]]`) ? [index + 1] : []));
  return lines.length === amount ? lines : null;
}
