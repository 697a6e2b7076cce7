/**
 * From all records to an index that holds them: which speak, which belong together, and under which packages they stand.
 *
 * Alias groups, replaced records and known exploitation need all records, and are settled in `finish`. Reading sources is
 * advisory-source.client.ts, the bytes are index-writer.client.ts, adding to an index that stands is index-merge.ts.
 */
import type { EpssScore } from './advisory.ts';
import { groupAliases } from './alias.ts';
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
import { packageEntry } from './index-lines.ts';
import type { PackedRecord } from './packed-record.ts';
import { survivors } from './supersede.ts';

export class IndexBuilder {
  readonly #records: PackedRecord[] = [];
  readonly #exploited = new Set<number>();
  readonly #scores = new Map<number, EpssScore>();
  #skipped = 0;
  #droppedFields = 0;

  add(record: PackedRecord, droppedFields: number): void {
    this.#droppedFields += droppedFields;
    this.#records.push(record);
  }

  /** @param cve the key (cve.ts) of an entry of CISA's Known Exploited Vulnerabilities catalogue */
  addExploited(cve: number): void {
    this.#exploited.add(cve);
  }

  addScore(cve: number, score: EpssScore): void {
    this.#scores.set(cve, score);
  }

  /** Something in a source that was no advisory. */
  skip(): void {
    this.#skipped++;
  }

  finish(): IndexChange {
    const records = this.#records;
    const { live, replaced } = survivors(records);
    const matching = live.filter(({ entries }) => entries.length > 0);
    const { groupOf, members } = groupAliases(matching.map(({ record }) => record));
    const placed = matching
      .map(({ record, entries }, i): Placed => ({ record, entries, members: members[groupOf[i] ?? -1] ?? [record.id] }))
      .sort(byPackage);
    const exploited = new Set(members.filter((ids) => isExploited(ids, this.#exploited)));
    const ecosystems = new Map<string, number>();
    countEcosystems(ecosystems, entriesOf(placed), 1);
    const absent = absentOf(records);
    return {
      placed,
      dead: new Set(),
      packages: packagesOf(placed),
      absent,
      exploited: this.#exploited,
      epss: this.#scores,
      counts: {
        advisories: placed.length,
        malware: placed.filter(({ record }) => record.malware).length,
        kev: placed.filter((each) => exploited.has(each.members)).length,
        derived: placed.filter(({ record }) => record.derived).length,
        ...countAbsent(absent),
        replaced,
        skipped: this.#skipped,
        droppedFields: this.#droppedFields,
        ecosystems: ecosystemCounts(ecosystems),
      },
      newest: newestOf(records),
    };
  }
}

function* entriesOf(placed: readonly Placed[]): Iterable<Placed['entries']> {
  for (const { entries } of placed) yield entries;
}

function packagesOf(placed: readonly Placed[]): readonly PackageEdit[] {
  const lines = new Map<string, string[]>();
  for (const [number, { entries }] of placed.entries()) {
    for (const { key, rating, versions } of entries) {
      const entry = packageEntry(number, rating, versions);
      const line = lines.get(key);
      if (line === undefined) lines.set(key, [entry]);
      else line.push(entry);
    }
  }
  return Array.from(lines, ([key, entries]) => ({ key, slot: null, entries }));
}
