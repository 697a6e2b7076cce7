/** `holdfast db sync --json`: the machine's view of a sync. Schema: docs/formats/db-sync.schema.json (`holdfast.db-sync/1`). */
import { formatInstant } from '../lib/time.ts';
import { isIncomplete, type SyncReport } from './sync-report.ts';

export const syncJson = (report: SyncReport): object => ({
  schema: 'holdfast.db-sync/1',
  complete: !isIncomplete(report),
  path: report.path,
  mode: report.mode,
  why: report.why,
  base: report.base,
  ecosystems: report.ecosystems,
  changes: report.changes,
  before:
    report.before === null
      ? null
      : { built: report.before.built, dataAsOf: report.before.dataAsOf, advisories: report.before.counts.advisories },
  kev: report.kev,
  epss: report.epss,
  built: report.header.built,
  dataAsOf: report.header.dataAsOf,
  digest: report.header.digest,
  counts: report.header.counts,
  bytes: report.bytes,
  skipped: report.skipped,
  warnings: report.warnings.map(({ clock, at }) => ({ clock, at: formatInstant(at) })),
});
