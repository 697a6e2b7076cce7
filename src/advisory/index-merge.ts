/**
 * What an update changes in an index: a few records come, change or go, and nothing else is read.
 *
 * The answers afterwards are those of a full build over all records (index-update.prop.test.ts compares them), by the same rules:
 * supersede.ts says which record of an id speaks, alias.ts which belong together. The update adds two rules of its own.
 * A newer record without ranges and versions ends what stands under its id: its publisher has taken the ranges back. (In
 * a full build it ends nothing, for there it may come from another, poorer database.) And `removed` ids are forgotten.
 *
 * Pure: the index that stands is asked through `MergeBase`. The bytes are index-writer.client.ts.
 */
import { parseInstant, type Instant } from '../lib/time.ts';
import { aliasClosure, type AliasLookup } from './alias-closure.ts';
import { groupAliases } from './alias.ts';
import { cveId } from './cve.ts';
import {
  absentOf,
  byPackage,
  countAbsent,
  countEcosystems,
  ecosystemCounts,
  isExploited,
  newestOf,
  type IndexChange,
  type PackageEdit,
  type Placed,
} from './index-change.ts';
import { hashKey, MAX_ALIASES, type IndexCounts } from './index-layout.ts';
import { packageEntry, packFacts, type Absent, type StoredDetail, type StoredEntry } from './index-lines.ts';
import type { PackedEntry, PackedRecord } from './packed-record.ts';
import { survivors, type Live } from './supersede.ts';

/** A package's line, unpacked, and where it stands. */
export interface StoredPackage {
  readonly slot: number;
  readonly key: string;
  readonly entries: readonly StoredEntry[];
}

/** The index that stands. */
export interface MergeBase extends AliasLookup {
  /** The first number that no advisory has or had. */
  readonly next: number;
  readonly counts: IndexCounts;
  readonly newest: Instant | null;
  readonly absent: ReadonlyMap<string, Absent>;
  readonly exploited: ReadonlySet<number>;
  /** All packages whose names have this hash. */
  packagesAt(hash: number): readonly StoredPackage[];
}

export interface Update {
  readonly records: readonly PackedRecord[];
  readonly removed: readonly string[];
  readonly exploited: IndexChange['exploited'];
  readonly epss: IndexChange['epss'];
  readonly skipped: number;
  readonly droppedFields: number;
}

/** How many of the ids that an update names. */
export interface UpdateCounts {
  /** Match now and did not. */
  readonly added: number;
  /** Match otherwise than before. */
  readonly changed: number;
  /** Match no longer: withdrawn, without ranges, or removed. */
  readonly removed: number;
  /** Match as before, or still not. */
  readonly unchanged: number;
}

/** `removed` goes first: a record that comes in the same update stays. */
export function planMerge(
  base: MergeBase,
  update: Update,
): { readonly change: IndexChange; readonly counts: UpdateCounts } {
  const dead = new Map<number, PackedRecord>();
  const fresh: Live<PackedRecord>[] = [];
  const absent = new Map(base.absent);
  const counts = { added: 0, changed: 0, removed: 0, unchanged: 0 };
  let replaced = base.counts.replaced;
  for (const settled of settleAll(base, update)) {
    for (const { number, record } of settled.gone) dead.set(number, record);
    fresh.push(...settled.fresh);
    if (settled.absent === null) absent.delete(settled.id);
    else absent.set(settled.id, settled.absent);
    replaced += settled.replaced;
    counts[settled.outcome]++;
  }
  const { moved, groups, kev } = regroup(base, dead, fresh, update.exploited);
  for (const { number, record } of moved) dead.set(number, record);
  const placed = [...fresh, ...moved.map(({ record }) => ({ record, entries: record.entries }))]
    .map((live): Placed => ({ ...live, members: groups.get(live.record.id) ?? [live.record.id] }))
    .sort(byPackage);
  const change: IndexChange = {
    placed,
    dead: new Set(dead.keys()),
    packages: editPackages(base, dead, placed),
    absent,
    exploited: update.exploited,
    epss: update.epss,
    counts: {
      ...countRecords(base.counts, dead, placed),
      ...countAbsent(absent),
      kev,
      replaced,
      skipped: base.counts.skipped + update.skipped,
      droppedFields: base.counts.droppedFields + update.droppedFields,
    },
    newest: latest(base.newest, newestOf(update.records)),
  };
  return { change, counts };
}

/** An advisory of the index, as the record that it was made of; without entries that a newer record had replaced. */
interface Known {
  readonly number: number;
  readonly record: PackedRecord;
}

/** What becomes of one id. */
interface Settled {
  readonly id: string;
  readonly gone: readonly Known[];
  readonly fresh: readonly Live<PackedRecord>[];
  readonly absent: Absent | null;
  readonly replaced: number;
  readonly outcome: keyof UpdateCounts;
}

function* settleAll(base: MergeBase, { records, removed }: Update): Iterable<Settled> {
  const incoming = new Map<string, PackedRecord[]>(removed.map((id) => [id, []]));
  for (const record of records) {
    const same = incoming.get(record.id);
    if (same === undefined) incoming.set(record.id, [record]);
    else same.push(record);
  }
  const forgotten = new Set(removed);
  for (const [id, news] of incoming) yield settle(base, id, news, forgotten.has(id));
}

function settle(base: MergeBase, id: string, incoming: readonly PackedRecord[], forgotten: boolean): Settled {
  const before = base
    .numbersOf(id)
    .filter((number) => base.stored(number).id === id)
    .map((number) => known(base, number));
  const end = newestOf(incoming.filter(({ withdrawn, entries }) => !withdrawn && entries.length === 0));
  const stands = (modified: Instant): boolean => !forgotten && (end === null || modified >= end);
  const absent = standing(base.absent.get(id), stands);
  const old = before.map(({ record }) => record).filter(({ modified }) => stands(modified));
  // In this order, because among equally new records the first one given stays.
  const { live, replaced } = survivors([...old, ...withdrawalOf(id, absent), ...incoming]);
  const matching = live.filter(({ entries }) => entries.length > 0);
  const kept = new Set(matching.filter(({ record, entries }) => entries.length === record.entries.length));
  const stay = before.filter(({ record }) => [...kept].some((each) => each.record === record));
  const gone = before.filter((each) => !stay.includes(each));
  const fresh = matching.filter((each) => !stay.some(({ record }) => record === each.record));
  return {
    id,
    gone,
    fresh,
    absent: mergeAbsent(absent, absentOf(incoming).get(id) ?? null),
    replaced,
    outcome: outcomeOf(before.length > 0, matching.length > 0, gone.length + fresh.length > 0),
  };
}

function outcomeOf(before: boolean, after: boolean, differs: boolean): keyof UpdateCounts {
  if (before !== after) return after ? 'added' : 'removed';
  return differs ? 'changed' : 'unchanged';
}

function known(base: MergeBase, number: number): Known {
  const detail = base.stored(number);
  const entries: PackedEntry[] = [];
  for (const hash of detail.packages) {
    for (const { key, entries: stored } of base.packagesAt(hash)) {
      for (const { advisory, rating, versions } of stored)
        if (advisory === number) entries.push({ key, ecosystem: key.slice(0, key.indexOf('\0')), rating, versions });
    }
  }
  const { id, own: aliases, malware, derived } = detail;
  const modified = instantOf(detail.modified);
  return {
    number,
    record: { id, aliases, modified, withdrawn: false, malware, derived, facts: packFacts(detail), entries },
  };
}

/** Times inside an index were written by `formatInstant`. */
function instantOf(text: string): Instant {
  const at = parseInstant(text);
  if (at === null) throw new Error(`an index holds the time ${text}`);
  return at;
}

function standing(absent: Absent | undefined, stands: (modified: Instant) => boolean): Absent | null {
  const still = (modified: string | null | undefined): string | null =>
    modified === null || modified === undefined || !stands(instantOf(modified)) ? null : modified;
  return mergeAbsent(null, { withdrawn: still(absent?.withdrawn), unranged: still(absent?.unranged) });
}

function mergeAbsent(old: Absent | null, now: Absent | null): Absent | null {
  const withdrawn = laterText(old?.withdrawn ?? null, now?.withdrawn ?? null);
  const unranged = laterText(old?.unranged ?? null, now?.unranged ?? null);
  return withdrawn === null && unranged === null ? null : { withdrawn, unranged };
}

function laterText(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return instantOf(a) >= instantOf(b) ? a : b;
}

const latest = (a: Instant | null, b: Instant | null): Instant | null => (a === null || (b !== null && b > a) ? b : a);

/** The withdrawal that an index remembers, in the shape of the record that it was. */
function withdrawalOf(id: string, absent: Absent | null): readonly PackedRecord[] {
  if (absent === null || absent.withdrawn === null) return [];
  const modified = instantOf(absent.withdrawn);
  return [{ id, aliases: [], modified, withdrawn: true, malware: false, derived: false, facts: '', entries: [] }];
}

/** What the comings and goings do to alias groups: details of others that have to say another group now. */
interface Regrouped {
  readonly moved: readonly Known[];
  /** All ids of the group of each id that is touched. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly kev: number;
}

function regroup(
  base: MergeBase,
  dead: ReadonlyMap<number, PackedRecord>,
  fresh: readonly Live<PackedRecord>[],
  catalogue: ReadonlySet<number> | null,
): Regrouped {
  const touched = [...dead.values(), ...fresh.map(({ record }) => record)];
  const found = aliasClosure(
    touched.flatMap(({ id, aliases }) => [id, ...aliases]),
    base,
  );
  const before = groupsOf([...found.values()].map(asMember));
  const members = [...found].filter(([number]) => !dead.has(number));
  const after = groupsOf([...members.map(([, detail]) => asMember(detail)), ...fresh.map(({ record }) => record)]);
  const moved = members
    .filter(([, detail]) => !saysGroup(detail, after.get(detail.id) ?? []))
    .map(([number]) => known(base, number));

  const count = (ids: Iterable<string>, groups: Regrouped['groups'], keys: ReadonlySet<number>): number =>
    [...ids].filter((id) => isExploited(groups.get(id) ?? [], keys)).length;
  const now = catalogue ?? base.exploited;
  const then = [...found.values()].map(({ id }) => id);
  const elsewhere =
    catalogue === null ? base.counts.kev - count(then, before, now) : countExploited(base, now, new Set(found.keys()));
  const here = [...members.map(([, { id }]) => id), ...fresh.map(({ record }) => record.id)];
  return { moved, groups: after, kev: elsewhere + count(here, after, now) };
}

const asMember = ({ id, own }: StoredDetail): { readonly id: string; readonly aliases: readonly string[] } => ({
  id,
  aliases: own,
});

function groupsOf(
  records: readonly { readonly id: string; readonly aliases: readonly string[] }[],
): ReadonlyMap<string, readonly string[]> {
  const { groupOf, members } = groupAliases(records);
  return new Map(records.map(({ id }, i) => [id, members[groupOf[i] ?? -1] ?? []]));
}

/** True when the detail, as it stands, says that its group has these ids. */
function saysGroup({ id, aliases, cut }: StoredDetail, members: readonly string[]): boolean {
  const others = members.filter((member) => member !== id);
  if (cut !== others.length > MAX_ALIASES) return false;
  return aliases.length === Math.min(others.length, MAX_ALIASES) && aliases.every((alias, i) => alias === others[i]);
}

/** Advisories that a catalogue makes known as exploited, without those of `except`; groups lie in there whole or not at all. */
function countExploited(base: MergeBase, catalogue: ReadonlySet<number>, except: ReadonlySet<number>): number {
  const counted = new Set<number>();
  for (const key of catalogue) {
    for (const number of aliasClosure([cveId(key)], base).keys()) if (!except.has(number)) counted.add(number);
  }
  return counted.size;
}

function editPackages(
  base: MergeBase,
  dead: ReadonlyMap<number, PackedRecord>,
  placed: readonly Placed[],
): readonly PackageEdit[] {
  const edits = new Map<string, { readonly key: string; readonly slot: number | null; readonly entries: string[] }>();
  const lineOf = (key: string): string[] => {
    const open = edits.get(key);
    if (open !== undefined) return open.entries;
    const stored = base.packagesAt(hashKey(key)).find((each) => each.key === key);
    const stay = (stored?.entries ?? []).filter(({ advisory }) => !dead.has(advisory));
    const entries = stay.map(({ advisory, rating, versions }) => packageEntry(advisory, rating, versions));
    edits.set(key, { key, slot: stored?.slot ?? null, entries });
    return entries;
  };
  for (const { entries } of dead.values()) for (const { key } of entries) lineOf(key);
  for (const [i, { entries }] of placed.entries()) {
    for (const { key, rating, versions } of entries) lineOf(key).push(packageEntry(base.next + i, rating, versions));
  }
  return [...edits.values()];
}

function countRecords(
  counts: IndexCounts,
  dead: ReadonlyMap<number, PackedRecord>,
  placed: readonly Placed[],
): Pick<IndexCounts, 'advisories' | 'malware' | 'derived' | 'ecosystems'> {
  const gone = [...dead.values()];
  const come = placed.map(({ record }) => record);
  const difference = (has: (record: PackedRecord) => boolean): number =>
    come.filter(has).length - gone.filter(has).length;
  const ecosystems = new Map(Object.entries(counts.ecosystems));
  countEcosystems(
    ecosystems,
    gone.map(({ entries }) => entries),
    -1,
  );
  countEcosystems(
    ecosystems,
    placed.map(({ entries }) => entries),
    1,
  );
  return {
    advisories: counts.advisories + placed.length - dead.size,
    malware: counts.malware + difference(({ malware }) => malware),
    derived: counts.derived + difference(({ derived }) => derived),
    ecosystems: ecosystemCounts(ecosystems),
  };
}
