/**
 * `audit-ci.json`, `.jsonc` and `.json5`.
 *
 * Source: audit-ci, README, "Allowlisting" and docs/schema.json: `allowlist` holds texts (an id, a module's name, a path of modules with
 * `>` and `*`, or `id|path`) and objects that map one of these to active, notes and expiry.
 */
import { npmPurl } from '../inventory/purl.ts';
import { parseJson5 } from '../lib/located-json5.ts';
import type { LocatedEntry } from '../lib/located-yaml.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { proposalOf } from './propose-nsprc.ts';
import {
  cited,
  entriesOf,
  isAdvisoryId,
  itemsOf,
  leftOut,
  MAX_IMPORTED,
  scalarAt,
  textOf,
  valueAt,
  tooMany,
  type Imported,
  type ImportIssue,
  type Proposal,
} from './proposal.ts';

export function readAuditCi(text: string): Result<Imported, ImportIssue> {
  const tree = parseJson5(text);
  if (!tree.ok) return no(tree.error);
  const entries = itemsOf(valueAt(tree.value, 'allowlist')).flatMap((item): readonly LocatedEntry[] => {
    const key = textOf(item);
    return key === null
      ? entriesOf(item)
      : [{ key, keyAt: item.at, value: { kind: 'scalar', at: item.at, value: null } }];
  });
  if (entries.length > MAX_IMPORTED) return no(tooMany(null));
  const proposals: Proposal[] = [];
  const left: string[] = [];
  for (const entry of entries) {
    const bar = entry.key.indexOf('|');
    const id = bar < 0 ? entry.key : entry.key.slice(0, bar);
    const path = bar < 0 ? '' : entry.key.slice(bar + 1);
    if (!isAdvisoryId(id)) left.push(leftOut(entry.keyAt, entry.key, whyNot(id)));
    else if (scalarAt(entry.value, 'active') === false)
      left.push(leftOut(entry.keyAt, entry.key, 'is switched off (active: false)'));
    else proposals.push(withPath(proposalOf({ ...entry, key: id }), path));
  }
  return ok({ proposals, left });
}

function whyNot(id: string): string {
  if (/^\d+$/.test(id)) return 'is a number of the old npm registry and names no advisory elsewhere';
  return 'allows every finding of a module or path, also those that are not known yet; decide on each';
}

/** The last module of a path is the one with the finding, unless a star stands for it. */
function withPath(proposal: Proposal, path: string): Proposal {
  if (path === '' || path === '*') return proposal;
  const last = path.split('>').at(-1) ?? '';
  return {
    ...proposal,
    package: last === '' || last.includes('*') ? null : npmPurl(last, '') || null,
    lost: [...proposal.lost, `the path ${cited(path)}: a decision speaks of a package, however it came in`],
  };
}
