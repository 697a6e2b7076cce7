/**
 * Which problem the names in reports mean: a group of aliases of our index, or one that only reports know.
 *
 * Our index decides what belongs together. Names that it does not know are joined as reports use them side by side, over any number
 * of steps (../advisory/alias.ts), and lead to every group that stands beside them. A report never joins two groups of the
 * index: an entry that names both speaks of both, because one finding for two problems would hide one.
 */
import { compareText } from '../lib/text.ts';
import { groupAliases } from '../advisory/alias.ts';

/** One problem. Two targets are the same when their `key` is. */
export interface AliasTarget {
  readonly key: string;
  /** An id by which the index knows it; `null` when it knows none. */
  readonly indexId: string | null;
  /** Ids of the entry that mean this problem and no other. */
  readonly ids: readonly string[];
  /** The same, of all entries that are joined with it: one list for all of them, so that a long chain is walked once. */
  readonly shared: readonly string[];
}

/**
 * @param named The ids of each entry; those of one entry are aliases of each other.
 * @param groupOf The index' name of an id's group; `null` for an id that it does not know.
 * @returns For each entry, in the same order, what it speaks of; never empty for an entry with an id.
 */
export function aliasTargets(
  named: readonly (readonly string[])[],
  groupOf: (id: string) => string | null,
): readonly (readonly AliasTarget[])[] {
  const groups = new Map<string, string | null>();
  const idOfGroup = new Map<string, string>();
  for (const id of named.flat().sort(compareText)) {
    if (groups.has(id)) continue;
    const group = groupOf(id);
    groups.set(id, group);
    if (group !== null && !idOfGroup.has(group)) idOfGroup.set(group, id);
  }
  const groupsIn = (ids: readonly string[]): readonly string[] => [
    ...new Set(ids.flatMap((id) => groups.get(id) ?? [])),
  ];
  const unknownIn = (ids: readonly string[]): readonly string[] =>
    ids.filter((id) => (groups.get(id) ?? null) === null);
  const clusters = clustersOf(named.map(unknownIn));
  const beside = clusters.members.map(() => new Set<string>());
  for (const [entry, ids] of named.entries()) {
    const cluster = clusters.of(entry);
    if (cluster !== null) for (const group of groupsIn(ids)) beside[cluster]?.add(group);
  }
  return named.map((ids, entry) => {
    const cluster = clusters.of(entry);
    const members = cluster === null ? [] : (clusters.members[cluster] ?? []);
    const around = cluster === null ? [] : [...(beside[cluster] ?? [])];
    const own = groupsIn(ids);
    const meant = own.length > 0 ? own : around;
    if (meant.length === 0)
      return members[0] === undefined
        ? []
        : [{ key: `report\0${members[0]}`, indexId: null, ids: [], shared: members }];
    // An unknown name beside several groups means none of them in particular.
    const shared = around.length > 1 ? NONE : members;
    return meant.toSorted(compareText).map((group) => ({
      key: `index\0${group}`,
      indexId: idOfGroup.get(group) ?? null,
      ids: ids.filter((id) => groups.get(id) === group),
      shared,
    }));
  });
}

const NONE: readonly string[] = [];

interface Clusters {
  /** Ids of each cluster, ascending. */
  readonly members: readonly (readonly string[])[];
  /** The cluster of an entry; `null` for one whose ids the index knows. */
  of(entry: number): number | null;
}

function clustersOf(unknown: readonly (readonly string[])[]): Clusters {
  const places = new Map<number, number>();
  const records: { readonly id: string; readonly aliases: readonly string[] }[] = [];
  for (const [entry, [id, ...aliases]] of unknown.entries()) {
    if (id === undefined) continue;
    places.set(entry, records.length);
    records.push({ id, aliases });
  }
  const { groupOf, members } = groupAliases(records);
  return {
    members,
    of: (entry) => {
      const place = places.get(entry);
      return place === undefined ? null : (groupOf[place] ?? null);
    },
  };
}
