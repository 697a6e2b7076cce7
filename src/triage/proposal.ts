/**
 * What the ignore files of other tools and VEX documents propose: decisions that somebody may take, never decisions.
 *
 * One reader for each format (propose-*.ts) makes them; proposals.ts holds them against the findings and writes them down.
 * A reader carries over what it can, and names in `lost` what it could not.
 */
import { parseLocated, type At, type Located, type LocatedEntry } from '../lib/located-yaml.ts';
import { no, type Result } from '../lib/result.ts';
import { printable, shorten } from '../lib/text.ts';
import { formatDay, parseDay, parseInstant, type Instant } from '../lib/time.ts';
import type { DecisionState, VexJustification } from './decision.ts';

export interface Proposal {
  /** In the source file, from 1; `null` where the format gives none. */
  readonly line: number | null;
  /** Ids of one alias group, the first as the source names it; never empty. */
  readonly ids: readonly string[];
  /** A package URL, with a version only where the source names one; `null` where it names no package. */
  readonly package: string | null;
  /** `null`: the source only says that the finding is not to be shown. */
  readonly decision: DecisionState | null;
  readonly justification: VexJustification | null;
  readonly reason: string | null;
  /** `YYYY-MM-DD`; `null` where the source gives none, or one that is no day. */
  readonly expires: string | null;
  /** What the source says and a decision cannot, as the end of a sentence that begins "not carried over: ". */
  readonly lost: readonly string[];
}

export interface Imported {
  readonly proposals: readonly Proposal[];
  /** Whole entries that make no proposal, one sentence each. */
  readonly left: readonly string[];
}

/** What is wrong with a file that looked like the format. */
export interface ImportIssue {
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

export type ImportReader = (text: string) => Result<Imported, ImportIssue>;

/** More entries than this nobody has looked at one by one. */
export const MAX_IMPORTED = 5_000;

export const tooMany = (line: number | null): ImportIssue => ({
  line,
  column: null,
  message: `it has more than ${MAX_IMPORTED} entries`,
});

/** For readers of YAML. */
export function yamlTree(text: string): Result<Located, ImportIssue> {
  const tree = parseLocated(text);
  return tree.ok ? tree : no(tree.error[0] ?? { line: 1, column: 1, message: 'it is no YAML' });
}

export const NOTHING: Omit<Proposal, 'line' | 'ids'> = {
  package: null,
  decision: null,
  justification: null,
  reason: null,
  expires: null,
  lost: [],
};

/**
 * An id of a vulnerability database; anything else (a number, a CWE, a pattern) names no single advisory. The capitals
 * tell it from the name of a package, which may stand at the same place.
 */
export const isAdvisoryId = (text: string): boolean =>
  text.length <= 100 && /^[A-Z][A-Z0-9]*-[0-9A-Za-z][0-9A-Za-z:._-]*$/.test(text) && !text.startsWith('CWE-');

/** Text of a source inside a sentence. */
export const cited = (text: string): string => `"${printable(shorten(text, 80))}"`;

/** White space folded; `null` for an empty one. */
export function reasonOf(text: string | null): string | null {
  const folded = text === null ? '' : text.replace(/\s+/g, ' ').trim();
  return folded === '' ? null : shorten(folded, 2_000);
}

/**
 * The day that tools write as a day, a day with a zone (XML Schema), an instant, or milliseconds since 1970; `null` for
 * anything else. An instant counts by its day in UTC, which is never later than what was meant by more than a day.
 */
function dayFrom(value: string | number | null): string | null {
  if (typeof value === 'number') {
    return value > 0 && value < MAX_EPOCH_MS && Number.isFinite(value) ? formatDay(Math.floor(value) as Instant) : null;
  }
  const text = (value ?? '').trim();
  const [day = ''] = /^\d{4}-\d\d-\d\d/.exec(text) ?? [];
  if (parseDay(day) === null) return null;
  const rest = text.slice(day.length);
  if (rest === '' || /^(?:Z|[+-]\d\d:\d\d)$/.test(rest)) return day;
  const at = parseInstant(text.replace(/^(.{10}) /, '$1T')) ?? parseInstant(`${text.replace(/^(.{10}) /, '$1T')}Z`);
  return at === null ? null : formatDay(at);
}

/** The year 9999: dates end there (RFC 3339 §1). */
const MAX_EPOCH_MS = 253_402_300_800_000;

/** The end of an entry with what has to be said about it. */
export function expiresOf(value: string | number | null): {
  readonly expires: string | null;
  readonly lost: readonly string[];
} {
  if (value === null || value === '') return { expires: null, lost: ['it has no end'] };
  const expires = dayFrom(value);
  return { expires, lost: expires === null ? [`its end ${cited(String(value))} is no day`] : [] };
}

export const withoutReason = (reason: string | null): readonly string[] =>
  reason === null ? ['it has no reason'] : [];

/** Looking into a tree with places. */
export const entriesOf = (node: Located | undefined): readonly LocatedEntry[] =>
  node?.kind === 'map' ? node.entries : [];
export const itemsOf = (node: Located | undefined): readonly Located[] => (node?.kind === 'list' ? node.items : []);
export const valueAt = (node: Located | undefined, key: string): Located | undefined =>
  entriesOf(node).find((entry) => entry.key === key)?.value;
export const scalarAt = (node: Located | undefined, key: string): string | number | boolean | null => {
  const found = valueAt(node, key);
  return found?.kind === 'scalar' ? found.value : null;
};
export const textOf = (node: Located | undefined): string | null =>
  node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : null;
export const textAt = (node: Located | undefined, key: string): string | null => textOf(valueAt(node, key));
/** What may be written as a text or as a number. */
export const dayAt = (node: Located | undefined, key: string): string | number | null => {
  const found = scalarAt(node, key);
  return typeof found === 'string' || typeof found === 'number' ? found : null;
};

/** `left` sentences name their place themselves. */
export const leftOut = (at: At | null, what: string, why: string): string =>
  `${at === null ? '' : `line ${at.line}: `}${cited(what)} ${why}.`;
