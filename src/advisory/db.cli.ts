/** `holdfast db sync`, `db build` and `db status`: keeping an advisory index fresh, making one, and seeing what one holds. */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { count, number, printable } from '../lib/text.ts';
import { between, formatDay, formatSpan, parseInstant, type Instant } from '../lib/time.ts';
import { newCommand, usageError } from '../platform/command.ts';
import { processTimers } from '../platform/http.ts';
import { ownPackage } from '../platform/package-root.ts';
import { createProgress } from '../platform/progress.ts';
import type { Terminal } from '../platform/terminal.ts';
import { buildIndex, type BuildReport } from './advisory-build.actions.ts';
import { dataTime, inspectIndex } from './advisory.actions.ts';
import type { IndexHeader, SyncState } from './index-layout.ts';
import { cachePath, findIndex } from './index-place.client.ts';
import { syncJson } from './sync-json.ts';
import { isIncomplete } from './sync-report.ts';
import { syncIndex } from './sync.actions.ts';
import { clockWarningText, syncText } from './sync.text.ts';

export function dbCommand(terminal: Terminal, exit: (code: ExitCode) => void): Command {
  return newCommand('db', 'keeps the advisory index fresh, builds one, and says how it stands', [
    'holdfast db sync',
    'holdfast db sync --kev --epss',
    'holdfast db build --out advisories.idx npm/all.zip Maven/all.zip known_exploited_vulnerabilities.json',
    'holdfast db status',
  ])
    .addCommand(syncCommand(terminal, exit))
    .addCommand(buildCommand(terminal, exit))
    .addCommand(statusCommand(terminal, exit));
}

interface SyncOptions {
  readonly from?: string;
  readonly ecosystem?: string[];
  readonly kev?: string | true;
  readonly epss?: string | true;
  readonly out?: string;
  readonly full?: true;
  readonly json?: true;
}

function syncCommand(terminal: Terminal, exit: (code: ExitCode) => void): Command {
  return newCommand(
    'sync',
    'brings the index up to what OSV, or a mirror of it, holds now; the one command that talks to a network',
    [
      'holdfast db sync',
      'holdfast db sync --kev --epss',
      'holdfast db sync --from https://osv.example/mirror --ecosystem npm',
      'HTTPS_PROXY=http://proxy.example:3128 holdfast db sync --json',
    ],
  )
    .option('--from <URL>', "an OSV bucket or a mirror of one (default: HOLDFAST_OSV_URL, the last one, OSV's own)")
    .option('--ecosystem <NAME...>', 'which ecosystems to hold (default: those of the last sync, else npm and Maven)')
    .option('--kev [URL|FILE]', "join CISA's list of exploited vulnerabilities (HOLDFAST_KEV_URL); remembered")
    .option('--epss [URL|FILE]', "join FIRST's EPSS scores (HOLDFAST_EPSS_URL); remembered")
    .option('--out <FILE>', 'the index to keep fresh (default: the one in the cache of this person)')
    .option('--full', 'fetch everything anew instead of what changed')
    .option('--json', 'answer in JSON')
    .action(async (options: SyncOptions) => {
      const { from = null, ecosystem = [], kev = null, epss = null, full = false } = options;
      const progress = createProgress(terminal);
      const path = options.out ?? cachePath(terminal.env);
      const report = await syncIndex(
        { path, flags: { from, ecosystems: ecosystem, kev, epss }, full, env: terminal.env },
        {
          timers: processTimers,
          userAgent: `holdfast/${ownPackage().version}`,
          now: terminal.now,
          onProgress: progress.show,
        },
      ).finally(progress.clear);
      for (const warning of report.warnings)
        terminal.err(`${terminal.paintErr('yellow', 'warning')}: ${clockWarningText(warning)}\n`);
      const used = findIndex(null, terminal.env).path;
      terminal.out(
        options.json === true
          ? `${JSON.stringify(syncJson(report), null, 2)}\n`
          : syncText(report, dataTime(report.header), terminal.now(), used === path ? null : used),
      );
      exit(isIncomplete(report) ? EXIT.incomplete : EXIT.kept);
    });
}

interface BuildOptions {
  readonly out: string;
  readonly built?: string;
  readonly json?: true;
}

function buildCommand(terminal: Terminal, exit: (code: ExitCode) => void): Command {
  return newCommand(
    'build',
    "builds an index from OSV zips, folders, NDJSON (.gz), the CISA KEV catalogue and FIRST's EPSS scores",
    [
      'holdfast db build --out advisories.idx all.zip',
      'holdfast db build --out ~/.cache/holdfast/advisories.idx osv-npm/ osv-maven.ndjson.gz kev.json epss_scores.csv.gz',
    ],
  )
    .requiredOption('--out <FILE>', 'where to put the index; replaced in one step when it is complete')
    .option('--built <INSTANT>', 'state this time of building (RFC 3339) instead of now, for reproducible files')
    .option('--json', 'answer in JSON')
    .argument('<source...>', 'what to read')
    .action(async (sources: string[], options: BuildOptions) => {
      const progress = createProgress(terminal);
      const onProgress = (records: number): void => progress.show(`${number(records)} records read`);
      const report = await buildIndex({
        out: options.out,
        sources,
        built: builtTime(options, terminal),
        onProgress,
      }).finally(progress.clear);
      terminal.out(
        options.json === true
          ? `${JSON.stringify(buildJson(options.out, report), null, 2)}\n`
          : buildText(options.out, report),
      );
      exit(EXIT.kept);
    });
}

function builtTime({ built }: BuildOptions, terminal: Terminal): Instant {
  if (built === undefined) return terminal.now();
  const at = parseInstant(built);
  if (at === null) throw usageError(`"${built}" is no moment`, 'Write --built as 2026-11-24T00:00:00Z.');
  return at;
}

const buildJson = (out: string, { header, bytes, skipped }: BuildReport): object => ({
  schema: 'holdfast.db-build/1',
  path: out,
  bytes,
  built: header.built,
  dataAsOf: header.dataAsOf,
  digest: header.digest,
  sources: header.sources,
  counts: header.counts,
  skipped,
});

function buildText(out: string, { header, bytes, skipped }: BuildReport): string {
  const lines = [
    `${printable(out)}: ${count(header.counts.advisories, 'advisory', 'advisories')} for ${count(header.counts.packages, 'package')}, ${number(bytes)} bytes`,
    ...countLines(header),
    ...skipped.map((what) => `  skipped: ${printable(what)}`),
    `Next: holdfast scan --db ${printable(out)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function statusCommand(terminal: Terminal, exit: (code: ExitCode) => void): Command {
  return newCommand(
    'status',
    'reads the whole index once and says what it holds, how old it is and whether it is intact',
    ['holdfast db status', 'holdfast db status --db advisories.idx --json'],
  )
    .option('--db <FILE>', 'the index to look at (default: the one that a scan would use)')
    .option('--json', 'answer in JSON')
    .action((options: { readonly db?: string; readonly json?: true }) => {
      const { header, place } = inspectIndex(options.db ?? null, terminal.env);
      const { built, dataAsOf, digest, sources, counts, sync, dead } = header;
      const answer = {
        schema: 'holdfast.db-status/1',
        path: place.path,
        chosenBy: place.chosenBy,
        built,
        dataAsOf,
        digest,
        intact: true,
        sources,
        counts,
        dead,
        sync,
      };
      terminal.out(
        options.json === true ? `${JSON.stringify(answer, null, 2)}\n` : statusText(place, header, terminal.now()),
      );
      exit(EXIT.kept);
    });
}

function statusText(
  place: { readonly path: string; readonly chosenBy: string },
  header: IndexHeader,
  now: Instant,
): string {
  const asOf = dataTime(header);
  const built = parseInstant(header.built);
  const lines = [
    `${printable(place.path)} (${place.chosenBy}): intact, sha256 ${header.digest}`,
    `  newest record  ${asOf === null ? 'unknown' : `${formatDay(asOf)} (${formatSpan(between(asOf, now))} ago)`}`,
    `  built          ${built === null ? 'unknown' : `${formatDay(built)} (${formatSpan(between(built, now))} ago)`}`,
    ...syncLines(header.sync, now),
    `  sources        ${header.sources.map(({ name, records }) => `${printable(name)} (${number(records)})`).join(', ')}`,
    ...countLines(header),
  ];
  return `${lines.join('\n')}\n`;
}

function syncLines(sync: SyncState | null, now: Instant): readonly string[] {
  if (sync === null) return ['  synced         never; this index was built from files'];
  const { base, fullAt, cursors, kev, epss } = sync;
  const lists = Object.entries(cursors).map(
    ([name, { modified, checkedAt }]) =>
      `  ${printable(name).padEnd(14)} changes followed up to ${printable(modified)}, looked at ${agoText(checkedAt, now)}`,
  );
  return [
    `  synced from    ${printable(base)}`,
    `  everything     fetched ${agoText(fullAt, now)}`,
    ...lists,
    ...(kev === null ? [] : [`  KEV            of ${agoText(kev.checkedAt, now)}, from ${printable(kev.url)}`]),
    ...(epss === null
      ? []
      : [`  EPSS           scores of ${printable(epss.scoreDate.slice(0, 10))}, from ${printable(epss.url)}`]),
  ];
}

function agoText(text: string, now: Instant): string {
  const at = parseInstant(text);
  return at === null ? 'at an unknown time' : `${formatDay(at)} (${formatSpan(between(at, now))} ago)`;
}

function countLines({ counts }: IndexHeader): readonly string[] {
  const ecosystems = Object.entries(counts.ecosystems).map(
    ([name, records]) => `${printable(name)} ${number(records)}`,
  );
  const left = [
    `${number(counts.withdrawn)} withdrawn`,
    `${number(counts.unranged)} without ranges`,
    `${number(counts.replaced)} replaced by a newer one`,
    `${number(counts.skipped)} unreadable`,
  ];
  return [
    `  advisories     ${ecosystems.join(', ')}`,
    `  of these       ${number(counts.malware)} malware, ${number(counts.kev)} known to be exploited, ${number(counts.derived)} with ranges read from text`,
    `  left out       ${left.join(', ')}; ${number(counts.droppedFields)} malformed optional fields dropped`,
  ];
}
