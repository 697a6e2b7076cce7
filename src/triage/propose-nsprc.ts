/**
 * `.nsprc` of better-npm-audit.
 *
 * Source: better-npm-audit, README, "Using `.nsprc` file to manage exceptions": a map from an id (a number of the old npm registry,
 * GHSA-…, CWE-…, or a module's name) to a text, or to an object with active, notes and expiry (a date, or milliseconds).
 */
import { parseJson5 } from '../lib/located-json5.ts';
import type { LocatedEntry } from '../lib/located-yaml.ts';
import { no, ok, type Result } from '../lib/result.ts';
import {
  dayAt,
  entriesOf,
  expiresOf,
  isAdvisoryId,
  leftOut,
  MAX_IMPORTED,
  NOTHING,
  reasonOf,
  scalarAt,
  textAt,
  textOf,
  withoutReason,
  tooMany,
  type Imported,
  type ImportIssue,
  type Proposal,
} from './proposal.ts';

export function readNsprc(text: string): Result<Imported, ImportIssue> {
  const tree = parseJson5(text);
  if (!tree.ok) return no(tree.error);
  const entries = entriesOf(tree.value);
  if (entries.length > MAX_IMPORTED) return no(tooMany(null));
  const proposals: Proposal[] = [];
  const left: string[] = [];
  for (const entry of entries) {
    const { key, keyAt, value } = entry;
    if (!isAdvisoryId(key)) left.push(leftOut(keyAt, key, whyNot(key)));
    else if (scalarAt(value, 'active') === false) left.push(leftOut(keyAt, key, 'is switched off (active: false)'));
    else proposals.push(proposalOf(entry));
  }
  return ok({ proposals, left });
}

function whyNot(key: string): string {
  if (/^\d+$/.test(key)) return 'is a number of the old npm registry and names no advisory elsewhere';
  return /^CWE-/i.test(key) ? 'is a class of weaknesses, not an advisory' : 'names no advisory';
}

export function proposalOf({ key, keyAt, value }: LocatedEntry): Proposal {
  const reason = reasonOf(textOf(value) ?? textAt(value, 'notes'));
  const { expires, lost } = expiresOf(dayAt(value, 'expiry'));
  return { ...NOTHING, line: keyAt.line, ids: [key], reason, expires, lost: [...lost, ...withoutReason(reason)] };
}
