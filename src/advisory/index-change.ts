/**
 * What becomes of an index: the difference between the one that stands and the next one. A full build is the difference to
 * nothing (index-builder.ts), an update to what is there (index-merge.ts); index-writer.client.ts makes bytes of either.
 */
import { compareText } from '../lib/text.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import type { EpssScore } from './advisory.ts';
import { cveKey } from './cve.ts';
import type { IndexCounts } from './index-layout.ts';
import type { Absent } from './index-lines.ts';
import type { PackedEntry, PackedRecord } from './packed-record.ts';
import type { Live } from './supersede.ts';

/** A record that gets a new number. */
export interface Placed extends Live<PackedRecord> {
  /** All ids of its alias group, ascending. */
  readonly members: readonly string[];
}

/** A package whose line is new, changed or, without entries, gone. */
export interface PackageEdit {
  readonly key: string;
  /** Which of the old lines it replaces; `null` for a new package. */
  readonly slot: number | null;
  /** As `packageEntry` gives them. */
  readonly entries: readonly string[];
}

export interface IndexChange {
  /** In the order of their new numbers, which begin behind the last one given out. */
  readonly placed: readonly Placed[];
  /** Old numbers whose details nothing refers to any more. */
  readonly dead: ReadonlySet<number>;
  readonly packages: readonly PackageEdit[];
  /** All of them, not only the new ones. */
  readonly absent: ReadonlyMap<string, Absent>;
  /** Keys (cve.ts) of the whole catalogue; `null` keeps the old one. */
  readonly exploited: ReadonlySet<number> | null;
  /** By CVE key, all scores; `null` keeps the old ones. */
  readonly epss: ReadonlyMap<number, EpssScore> | null;
  /** All counts but that of the packages, which the writer knows. */
  readonly counts: Omit<IndexCounts, 'packages'>;
  /** The newest `modified` among all records. */
  readonly newest: Instant | null;
}

/** Details of one package lie together, so that its findings are read from one block. */
export function byPackage(a: Placed, b: Placed): number {
  return compareText(a.entries[0]?.key ?? '', b.entries[0]?.key ?? '') || compareText(a.record.id, b.record.id);
}

/** True when the catalogue names one of the ids. */
export const isExploited = (ids: readonly string[], catalogue: ReadonlySet<number>): boolean =>
  catalogue.size > 0 && ids.some((id) => catalogue.has(cveKey(id) ?? -1));

/** Adds the advisories to the counts of their ecosystems, or takes them off. */
export function countEcosystems(
  counts: Map<string, number>,
  entriesOf: Iterable<readonly PackedEntry[]>,
  step: 1 | -1,
): void {
  for (const entries of entriesOf) {
    for (const ecosystem of new Set(entries.map((entry) => entry.ecosystem)))
      counts.set(ecosystem, (counts.get(ecosystem) ?? 0) + step);
  }
}

/** In one order and without zeros, so that equal counts are equal texts. */
export const ecosystemCounts = (counts: ReadonlyMap<string, number>): { readonly [ecosystem: string]: number } =>
  Object.fromEntries([...counts].filter(([, count]) => count !== 0).sort(([a], [b]) => compareText(a, b)));

/** Withdrawn and unranged ids, each with its newest such record. */
export function absentOf(records: Iterable<PackedRecord>): Map<string, Absent> {
  const absent = new Map<string, Absent>();
  for (const { id, modified, withdrawn, entries } of records) {
    if (!withdrawn && entries.length > 0) continue;
    const known = absent.get(id) ?? { withdrawn: null, unranged: null };
    const what = withdrawn ? 'withdrawn' : 'unranged';
    absent.set(id, { ...known, [what]: later(known[what], modified) });
  }
  return absent;
}

const later = (known: string | null, modified: Instant): string =>
  known !== null && Date.parse(known) >= modified ? known : formatInstant(modified);

export function countAbsent(absent: ReadonlyMap<string, Absent>): {
  readonly withdrawn: number;
  readonly unranged: number;
} {
  let withdrawn = 0;
  let unranged = 0;
  for (const each of absent.values()) {
    if (each.withdrawn !== null) withdrawn++;
    if (each.unranged !== null) unranged++;
  }
  return { withdrawn, unranged };
}

export const newestOf = (records: Iterable<PackedRecord>): Instant | null => {
  let newest: Instant | null = null;
  for (const { modified } of records) if (newest === null || modified > newest) newest = modified;
  return newest;
};
