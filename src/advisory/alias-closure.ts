/**
 * The alias group of an id in an index: every advisory that aliases connect with it, over any number of steps.
 *
 * The same groups as alias.ts makes of all records, found from one side, reading nothing but the group.
 */
import type { StoredDetail } from './index-lines.ts';

/** What the search asks of an index. */
export interface AliasLookup {
  /** Advisories whose id or own alias has the hash of `id`; others may be among them. */
  numbersOf(id: string): readonly number[];
  stored(advisory: number): StoredDetail;
}

/** By advisory number. Each detail of the group is read once. */
export function aliasClosure(ids: Iterable<string>, index: AliasLookup): Map<number, StoredDetail> {
  const found = new Map<number, StoredDetail>();
  const asked = new Set(ids);
  // A set that grows under iteration is iterated to its last element.
  for (const id of asked) {
    for (const number of index.numbersOf(id)) {
      if (found.has(number)) continue;
      const detail = index.stored(number);
      if (detail.id !== id && !detail.own.includes(id)) continue;
      found.set(number, detail);
      asked.add(detail.id);
      for (const alias of detail.own) asked.add(alias);
    }
  }
  return found;
}
