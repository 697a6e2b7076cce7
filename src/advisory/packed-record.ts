/**
 * A record with its versions and facts packed into short flat texts: what building and updating an index hold in memory.
 *
 * 220,000 records are held at once, and a flat text is a fifth of its tree of objects. The texts are those of index-lines.ts;
 * index-builder.ts and index-merge.ts put them together.
 */
import { formatInstant, type Instant } from '../lib/time.ts';
import type { Advisory, Affected, Rating } from './advisory.ts';
import { packageKey } from './index-layout.ts';
import { packFacts, packVersions } from './index-lines.ts';

export interface PackedRecord {
  readonly id: string;
  /** The record's own, ascending. */
  readonly aliases: readonly string[];
  readonly modified: Instant;
  readonly withdrawn: boolean;
  readonly malware: boolean;
  readonly derived: boolean;
  /** As `packFacts` gives them. */
  readonly facts: string;
  readonly entries: readonly PackedEntry[];
}

/** One `affected` element that can match. */
export interface PackedEntry {
  /** As `packageKey` gives it. */
  readonly key: string;
  readonly ecosystem: string;
  readonly rating: number;
  /** As `packVersions` gives it. */
  readonly versions: string;
}

/** One list for the many records without aliases. */
const NO_ALIASES: readonly string[] = [];

/** Elements without ranges and versions are left out: nothing matches them. */
export function packRecord(advisory: Advisory): PackedRecord {
  const ratings: Rating[] = [];
  const matchable = advisory.affected.filter(({ ranges, versions }) => ranges.length > 0 || versions.length > 0);
  const entries = matchable.map((affected) => packEntry(affected, ratings));
  const { id, modified, malware, cwes, urls } = advisory;
  const published = advisory.published === null ? null : formatInstant(advisory.published);
  return {
    id,
    aliases: advisory.aliases.length === 0 ? NO_ALIASES : advisory.aliases.toSorted(),
    modified,
    withdrawn: advisory.withdrawn !== null,
    malware,
    derived: advisory.quality === 'derived',
    facts: packFacts({ modified: formatInstant(modified), published, cwes, urls, ratings }),
    entries,
  };
}

function packEntry(affected: Affected, ratings: Rating[]): PackedEntry {
  const { ecosystem, name, rating } = affected;
  return {
    key: packageKey(ecosystem, name),
    ecosystem,
    rating: ratingNumber(rating, ratings),
    versions: packVersions(affected),
  };
}

function ratingNumber(rating: Rating, ratings: Rating[]): number {
  const known = ratings.findIndex(
    ({ severity, score, vector }) => severity === rating.severity && score === rating.score && vector === rating.vector,
  );
  return known >= 0 ? known : ratings.push(rating) - 1;
}
