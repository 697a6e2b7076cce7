/**
 * Which record speaks when several carry the same id: the newest one, ecosystem by ecosystem.
 *
 * Databases are handed out per ecosystem (OSV: one zip each), and some of them cut a record down to the packages of
 * their own ecosystem. So a newer record replaces an older one only where both speak of the same ecosystem; a newer
 * withdrawal ends all older ones. Among equally new records the first one given stays.
 */
import type { Instant } from '../lib/time.ts';

interface Versioned {
  readonly id: string;
  readonly modified: Instant;
  readonly withdrawn: boolean;
  readonly entries: readonly { readonly ecosystem: string }[];
}

/** A record and those of its entries that nothing newer speaks of. */
export interface Live<Item extends Versioned> {
  readonly record: Item;
  readonly entries: readonly Item['entries'][number][];
}

/** Withdrawn records are left out. `replaced` counts the records that lost all of their entries to a newer one. */
export function survivors<Item extends Versioned>(
  records: readonly Item[],
): { readonly live: readonly Live<Item>[]; readonly replaced: number } {
  const several = repeated(records);
  const live: Live<Item>[] = [];
  let replaced = 0;
  for (const record of records) {
    if (!several.has(record.id) && !record.withdrawn) live.push({ record, entries: record.entries });
  }
  for (const same of several.values()) {
    const spoken = new Set<string>();
    let ended = false;
    for (const record of same.sort((a, b) => b.modified - a.modified)) {
      const entries = ended ? [] : record.entries.filter(({ ecosystem }) => !spoken.has(ecosystem));
      if (record.entries.length > 0 && entries.length === 0) replaced++;
      ended ||= record.withdrawn;
      for (const { ecosystem } of record.entries) spoken.add(ecosystem);
      if (!ended) live.push({ record, entries });
    }
  }
  return { live, replaced };
}

/** The records of each id that stands more than once; nearly all stand once, and cost nothing here. */
function repeated<Item extends Versioned>(records: readonly Item[]): ReadonlyMap<string, Item[]> {
  const seen = new Set<string>();
  const several = new Map<string, Item[]>();
  for (const { id } of records) {
    if (seen.has(id)) several.set(id, []);
    else seen.add(id);
  }
  for (const record of records) several.get(record.id)?.push(record);
  return several;
}
