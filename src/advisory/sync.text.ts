/** `holdfast db sync` in words. */
import { count, number, printable } from '../lib/text.ts';
import { between, formatDay, formatInstant, formatSpan, type Instant } from '../lib/time.ts';
import type { ClockWarning, FullReason } from './sync-plan.ts';
import { isIncomplete, type EcosystemReport, type FeedReport, type SyncReport } from './sync-report.ts';

const WHY_FULL: Readonly<Record<FullReason, string>> = {
  'asked-for': 'as asked for',
  'no-index': 'there was no index yet',
  'unreadable-index': 'the index before is damaged or of an older format',
  'never-synced': 'the index before did not come from a sync',
  'other-source': 'the source is another one than before',
  'other-ecosystems': 'the ecosystems are others than before',
  monthly: 'the last full sync was 30 days ago or more',
  'many-changes': 'too much has changed to fetch it piece by piece',
  'many-missing': 'the source does not keep single records',
  'no-list': 'the source keeps no list of changes',
  'much-dead': 'the index holds much that is outdated',
};

/**
 * @param asOf when the data was current
 * @param other the index that scans use instead, when it is another one
 */
export function syncText(report: SyncReport, asOf: Instant | null, now: Instant, other: string | null): string {
  const { header, path, bytes } = report;
  const lines = [
    `${printable(path)}: ${number(header.counts.advisories)} advisories for ${number(header.counts.packages)} packages, ${number(bytes)} bytes`,
    `  from           ${printable(report.base)}`,
    `  fetched        ${report.why === null ? 'what changed' : `everything: ${WHY_FULL[report.why]}`}`,
    ...report.ecosystems.map(ecosystemLine),
    `  changes        ${changesText(report)}`,
    ...feedLine('KEV', report.kev, 'CVE'),
    ...feedLine('EPSS', report.epss, 'score'),
    `  newest record  ${asOf === null ? 'unknown' : `${formatDay(asOf)} (${formatSpan(between(asOf, now))} ago)`}`,
    ...report.skipped.slice(0, 5).map((what) => `  skipped        ${printable(what)}`),
    ...(isIncomplete(report)
      ? ['  incomplete     the index is good, but not all that was asked for could be had']
      : []),
    nextStep(path, other),
  ];
  return `${lines.join('\n')}\n`;
}

function ecosystemLine({ name, list, records, missing, broken, odd, archiveBytes, ...rest }: EcosystemReport): string {
  const parts = [
    ...(archiveBytes === null ? [] : [`archive of ${number(archiveBytes)} bytes`]),
    ...(archiveBytes === null ? [list === 'unchanged' ? 'nothing new' : count(records, 'record')] : []),
    ...(missing === 0 ? [] : [`${number(missing)} listed, but gone`]),
    ...(broken === 0 ? [] : [`${number(broken)} unreadable, asked for again next time`]),
    ...(odd === 0 ? [] : [`${number(odd)} listed under impossible ids`]),
    ...(rest.sorted ? [] : ['list out of order, so read to its end']),
    ...(rest.archiveBehind ? ['archive older than its list: sync again for the rest'] : []),
  ];
  return `  ${printable(name).padEnd(14)} ${parts.join('; ')}`;
}

function changesText({ changes, before, header }: SyncReport): string {
  if (changes !== null) {
    const { added, changed, removed } = changes;
    return added + changed + removed === 0
      ? 'none'
      : `${number(added)} added, ${number(changed)} changed, ${number(removed)} withdrawn`;
  }
  if (before === null) return 'not compared: there was no index before';
  return `${number(before.counts.advisories)} advisories before, ${number(header.counts.advisories)} now`;
}

function feedLine(name: string, feed: FeedReport | null, what: string): readonly string[] {
  if (feed === null) return [];
  const of = feed.date === null ? '' : ` of ${feed.date.slice(0, 10)}`;
  const source = printable(feed.source);
  const text = {
    renewed: `${count(feed.entries ?? 0, what)}${of}, from ${source}`,
    kept: `those${of} stay${feed.error === null ? ` (${source})` : `: ${source}: ${printable(feed.error)}`}`,
    absent: `none: ${source}: ${printable(feed.error ?? 'not fetched')}`,
  }[feed.state];
  return [`  ${name.padEnd(14)} ${text}`];
}

const nextStep = (path: string, other: string | null): string =>
  other === null ? 'Next: holdfast scan' : `Scans use ${printable(other)}. Next: holdfast scan --db ${printable(path)}`;

/** One line for each warning, for the error stream. */
export function clockWarningText({ clock, at }: ClockWarning): string {
  switch (clock) {
    case 'before-last-index':
      return `the clock of this machine says an earlier time than ${formatInstant(at)}, when the last index was built; ages may be wrong`;
    case 'before-newest-record':
      return `the newest record is of ${formatInstant(at)}, more than a day after what the clock of this machine says; one of the two is wrong`;
  }
}
