/**
 * The record that a verdict is bound to, and the check that it still holds.
 *
 * A verdict is a claim about certain bytes: the lockfile, every source that can be loaded, the symbol, the entries, the conditions of
 * resolution, the rules of the analysis. When one of them changes the claim has lapsed, whatever a new analysis says.
 */
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import { HoldfastError } from '../lib/errors.ts';
import { isObject, stringOr } from '../lib/json.ts';
import { compareText } from '../lib/text.ts';
import type { Digests, ReachEntry, ReachReport, ReachVerdict } from './reach-report.ts';
import { readSymbols, type VulnerableSymbol } from './symbols.ts';
import { VERDICTS, type Verdict } from './verdict.ts';

/** Raise it with every rule that changes: proofs of the version before then lapse. */
const ANALYSER = 'holdfast-reach/1';

export const digestOfSources = (hashes: ReadonlyMap<string, string>): string =>
  sha256(canonicalJson([...hashes].sort(([a], [b]) => compareText(a, b)).map(([path, hash]) => [path, hash])));

export const digestOfEntries = (entries: readonly ReachEntry[]): string =>
  sha256(canonicalJson(entries.map(({ file, why }) => ({ file, why }))));

/** @param found The repaired code that was found, which no other digest covers: the program need not load it. */
export const digestOfSymbol = (
  { id, package: name, version, file, function: fn, nth, code }: VulnerableSymbol,
  found: ReachVerdict['evidence']['code'],
): string => {
  const plain = { id, package: name, version, file, function: fn, nth };
  const known = code === undefined ? plain : { ...plain, fixed: [...code.fixed], vulnerable: [...code.vulnerable] };
  const places = found.map((each) => [each.copy, each.file, each.function, each.nth, each.hash]);
  return sha256(canonicalJson(places.length === 0 ? known : { ...known, found: places }));
};

export const digestOfConditions = (conditions: readonly string[], node: string): string =>
  sha256(canonicalJson({ conditions, node }));

export const digestOfAnalyser = (toolVersion: string): string =>
  sha256(canonicalJson({ analyser: ANALYSER, tool: toolVersion }));

/** A recorded verdict, as far as the check needs it. */
export interface RecordedVerdict {
  readonly symbol: VulnerableSymbol;
  readonly verdict: Verdict;
  readonly digests: Readonly<Record<string, string | null>>;
}

export interface RecordedProof {
  readonly run: string | null;
  readonly verdicts: readonly RecordedVerdict[];
}

const HINT = 'Give the output of `holdfast reach --json`, unchanged.';

/** @throws PROOF_INVALID */
export function readProof(text: string, path: string): RecordedProof {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new HoldfastError('PROOF_INVALID', `${path} is not JSON`, { hint: HINT, cause });
  }
  if (!isObject(content) || content['schema'] !== 'holdfast.reach/1' || !Array.isArray(content['verdicts']))
    throw new HoldfastError('PROOF_INVALID', `${path} is no holdfast.reach/1`, { hint: HINT });
  const list: readonly unknown[] = content['verdicts'];
  const run = stringOr(content['run'], null);
  return { run, verdicts: list.map((item) => recordedVerdict(item, path)) };
}

function recordedVerdict(item: unknown, path: string): RecordedVerdict {
  const [symbol] = readSymbols(JSON.stringify([item]), path);
  const verdict = isObject(item) ? VERDICTS.find((known) => known === item['verdict']) : undefined;
  const evidence = isObject(item) ? item['evidence'] : undefined;
  const digests = isObject(evidence) ? evidence['digests'] : undefined;
  if (symbol === undefined || verdict === undefined || !isObject(digests))
    throw new HoldfastError('PROOF_INVALID', `${path} has a verdict without its evidence`, { hint: HINT });
  const known = Object.entries(digests).filter(
    (entry): entry is [string, string | null] => entry[1] === null || typeof entry[1] === 'string',
  );
  return { symbol, verdict, digests: Object.fromEntries(known) };
}

/** Whether a recorded verdict stands. */
export type Standing =
  | { readonly kind: 'holds' }
  /** Something that it rests on has changed; `now` is what is said today. */
  | { readonly kind: 'lapsed'; readonly changed: readonly string[]; readonly now: Verdict }
  /** Nothing has changed, and yet the analysis says another thing: the record is not one of this analysis. */
  | { readonly kind: 'contradicted'; readonly now: Verdict };

export interface VerifiedVerdict {
  readonly recorded: RecordedVerdict;
  readonly standing: Standing;
}

/** Compares each recorded verdict with what the analysis says now of the same symbol. */
export function verifyProof({ verdicts }: RecordedProof, now: ReachReport): readonly VerifiedVerdict[] {
  return verdicts.map((recorded, index) => {
    const fresh = now.verdicts[index];
    if (fresh === undefined) return { recorded, standing: { kind: 'contradicted', now: 'unknown' } };
    return { recorded, standing: standingOf(recorded, fresh) };
  });
}

function standingOf(recorded: RecordedVerdict, fresh: ReachVerdict): Standing {
  const digests: Digests = fresh.evidence.digests;
  const changed = Object.entries(digests)
    .filter(([name, digest]) => !Object.hasOwn(recorded.digests, name) || recorded.digests[name] !== digest)
    .map(([name]) => name);
  if (changed.length > 0) return { kind: 'lapsed', changed, now: fresh.verdict };
  return fresh.verdict === recorded.verdict ? { kind: 'holds' } : { kind: 'contradicted', now: fresh.verdict };
}
