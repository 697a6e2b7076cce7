/**
 * `.snyk` policy files.
 *
 * Source: Snyk documentation, "The .snyk file" (https://docs.snyk.io/manage-risk/policies/the-.snyk-file): below `ignore` a map
 * of issue ids, each with a list of one-key maps from a dependency path (`a > b@1.2 > c`, or `*`) to reason, expires, created.
 */
import { npmPurl } from '../inventory/purl.ts';
import type { Located, LocatedEntry } from '../lib/located-yaml.ts';
import { no, ok, type Result } from '../lib/result.ts';
import {
  cited,
  dayAt,
  entriesOf,
  expiresOf,
  isAdvisoryId,
  itemsOf,
  leftOut,
  MAX_IMPORTED,
  NOTHING,
  reasonOf,
  textAt,
  valueAt,
  withoutReason,
  tooMany,
  yamlTree,
  type Imported,
  type ImportIssue,
  type Proposal,
} from './proposal.ts';

export function readSnyk(text: string): Result<Imported, ImportIssue> {
  const tree = yamlTree(text);
  if (!tree.ok) return tree;
  const proposals: Proposal[] = [];
  const left: string[] = [];
  for (const { key, keyAt, value } of entriesOf(tree.value)) {
    if (['ignore', 'version'].includes(key) || isEmpty(value)) continue;
    left.push(leftOut(keyAt, key, key === 'patch' ? 'holds patches, which are no decisions' : 'is no ignore'));
  }
  for (const { key: id, keyAt, value } of entriesOf(valueAt(tree.value, 'ignore'))) {
    if (!isAdvisoryId(id)) {
      left.push(leftOut(keyAt, id, 'is an id of Snyk before 2018 and names no advisory elsewhere'));
      continue;
    }
    // Written by hand it is sometimes a map where Snyk writes a list of maps.
    const paths = value.kind === 'list' ? itemsOf(value).flatMap(entriesOf) : entriesOf(value);
    for (const path of paths) {
      if (proposals.length + left.length >= MAX_IMPORTED) return no(tooMany(path.keyAt.line));
      proposals.push(proposalOf(id, path));
    }
    if (paths.length === 0) left.push(leftOut(keyAt, id, 'has no entry below it'));
  }
  return ok({ proposals, left });
}

function proposalOf(id: string, { key: path, keyAt, value }: LocatedEntry): Proposal {
  const { expires, lost } = expiresOf(dayAt(value, 'expires'));
  const reason = reasonOf(textAt(value, 'reason'));
  const steps = path.split(' > ');
  const last = steps.at(-1) ?? '';
  const at = last.indexOf('@', 1);
  const name = at < 0 ? last : last.slice(0, at);
  const named = path.trim() !== '*' && !/[\s*]/.test(name);
  return {
    ...NOTHING,
    line: keyAt.line,
    ids: [id],
    package: named ? npmPurl(name, at < 0 ? '' : last.slice(at + 1)) || null : null,
    reason: reason === 'None given' || reason === 'None Given' ? null : reason,
    expires,
    lost: [
      ...lost,
      ...withoutReason(reason === 'None given' || reason === 'None Given' ? null : reason),
      ...(steps.length > 1
        ? [`the dependency path ${cited(path)}: a decision speaks of a package, however it came in`]
        : []),
      ...(id.startsWith('SNYK-') ? ['the id is Snyk’s own; write the CVE or GHSA id of the same problem'] : []),
    ],
  };
}

const isEmpty = (node: Located): boolean =>
  (node.kind === 'map' && node.entries.length === 0) ||
  (node.kind === 'list' && node.items.length === 0) ||
  (node.kind === 'scalar' && node.value === null);
