/**
 * Taking a report in the service: its facts are judged here, stored and logged, and an evaluation is promised, all in one transaction.
 *
 * The same report again is answered as the first time. One that was measured before the newest of its product is recorded and changes nothing.
 * Reading it is report.ts, judging judge-report.ts, sending deliver.actions.ts.
 */
import { utf8 } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { between, formatInstant, parseInstant, type Instant } from '../lib/time.ts';
import { appendEntry, recordInLog } from '../log/log.actions.ts';
import type { Queries } from '../platform/db.ts';
import { enqueue } from '../platform/jobs.ts';
import { CLOCK_TOLERANCE_MS } from '../platform/jobs-table.ts';
import { readJson } from './evaluation-json.ts';
import { loadFacts } from './facts.actions.ts';
import { judgeReport, measuredAtOf, type JudgedControl, type NewestReport } from './judge-report.ts';
import { reportAnswer } from './report-answer.ts';
import { readReport, type ReadReport, type ReportFault } from './report.ts';
import {
  findReport,
  insertReport,
  readSource,
  readSources,
  sourceSubject,
  storeSource,
  type StoredSource,
} from './report.store.ts';
import type { PolicyWorld } from './world.actions.ts';

/** The name of the schedule and of its jobs (policy.jobs.ts). */
export const EVALUATE = 'policy.evaluate';

export interface ReportSender {
  /** The id of a token; `null` for the service itself. */
  readonly actor: string | null;
  readonly via: 'token' | 'local';
}

export interface TakenAnswer {
  /** As it was sent the first time. */
  readonly answer: JsonObject;
  readonly isNew: boolean;
}

/** @throws LOG_…, DB_…; then nothing was recorded, and the same report can be sent again */
export async function takeReport(
  world: PolicyWorld,
  read: ReadReport,
  sender: ReportSender,
  now: Instant,
): Promise<Result<TakenAnswer, readonly ReportFault[]>> {
  const known = await findReport(world.log.db, read.digest);
  if (known !== null) return ok({ answer: readJson(known.answer), isNew: false });
  const foreign = await unknownProduct(world, read.report.product);
  if (foreign !== null) return no([foreign]);
  const judged = judgeReport(read.report, world.controls, now);
  if (!judged.ok) return judged;
  const answer = await recordInLog(world.log, async (tx): Promise<TakenAnswer> => {
    const meanwhile = await findReport(tx, read.digest);
    if (meanwhile !== null) return { answer: readJson(meanwhile.answer), isNew: false };
    const { product } = read.report;
    const before = await readSource(tx, product);
    const isNewest = before === null || isNewerThan(read, before, now);
    const arrived = { receivedAt: formatInstant(now), report: read.json, via: sender.via };
    const state: JsonObject = isNewest ? arrived : readJson(before.body);
    const clockAheadMs = aheadMs(read.report.measuredAt, now);
    const entry = {
      type: 'policy.reported',
      actor: sender.actor,
      subject: sourceSubject(product),
      data: entryData(read, judged.value, { via: sender.via, isNewest, clockAheadMs }),
      state,
      evidence: utf8(read.canonical),
    };
    const { origin, index } = await appendEntry(tx, entry, now);
    await storeSource(tx, { product, origin, index, body: canonicalJson(state) });
    const said = reportAnswer(
      { digest: read.digest, origin, index, receivedAt: now, isNewest, clockAheadMs },
      judged.value,
    );
    await insertReport(tx, { digest: read.digest, origin, index, receivedAt: now, answer: canonicalJson(said) });
    await enqueue(tx, { name: EVALUATE, payload: { report: read.digest }, key: read.digest }, now);
    return { answer: said, isNew: true };
  });
  return ok(answer);
}

/** A clock may be ahead by as much as is only annoying; 0 within that. */
function aheadMs(measuredAt: Instant, now: Instant): number {
  const ahead = between(now, measuredAt);
  return ahead > CLOCK_TOLERANCE_MS ? ahead : 0;
}

/** Of two that were measured at the same moment, the one that arrives later is the correction. */
function isNewerThan({ report }: ReadReport, before: StoredSource, now: Instant): boolean {
  const stored = newestOf(before);
  return stored === null || measuredAtOf({ report, receivedAt: now }) >= measuredAtOf(stored);
}

/** A misspelt product would be a source that nobody judges. Where holdfast.yaml cannot be read nobody can tell. */
async function unknownProduct(world: PolicyWorld, product: string | null): Promise<ReportFault | null> {
  if (product === null) return null;
  try {
    const { products } = await loadFacts(world.place.root);
    if (products.some(({ id }) => id === product)) return null;
  } catch (error) {
    if (error instanceof HoldfastError) return null;
    throw error;
  }
  return { at: 'product', message: `${product} is no product in the holdfast.yaml of this service` };
}

/** An entry has 65,535 bytes; the list of a long report stands in its evidence alone. */
const MOST_LISTED = 200;

function entryData(
  { report, digest }: ReadReport,
  judged: readonly JudgedControl[],
  { via, isNewest, clockAheadMs }: { readonly via: string; readonly isNewest: boolean; readonly clockAheadMs: number },
): JsonObject {
  return {
    report: digest,
    product: report.product,
    holdfast: report.version.slice(0, 64),
    policy: report.policy.sha256,
    // The branch stands in the evidence: a name of somebody is often part of it.
    commit: report.checkout?.commit ?? null,
    measuredAt: formatInstant(report.measuredAt),
    via,
    standing: isNewest ? 'newest' : 'older',
    ...(clockAheadMs > 0 ? { clockAheadMs } : {}),
    controls:
      judged.length > MOST_LISTED
        ? null
        : judged.map(({ control, params, verdict }) => ({
            id: control,
            params: sha256(canonicalJson(params)),
            verdict: verdict.verdict,
          })),
  };
}

/** Whether CI reports: then nobody else measures. */
export async function isReportedByToken(queries: Queries): Promise<boolean> {
  return (await readSources(queries)).some(({ body }) => readJson(body)['via'] === 'token');
}

/** The newest report of each product, with the entry that it arrived in. */
export interface NewestSource extends NewestReport {
  readonly digest: string;
  readonly entry: number;
}

/** What is no report any more for this version of Holdfast is left out; its controls are then not reported. */
export async function newestReports(queries: Queries): Promise<readonly NewestSource[]> {
  const sources = await readSources(queries);
  return sources.flatMap((source) => {
    const newest = newestOf(source);
    return newest === null ? [] : [{ ...newest, entry: source.index }];
  });
}

function newestOf({ body }: StoredSource): (NewestReport & { readonly digest: string }) | null {
  const { receivedAt, report } = readJson(body);
  const at = typeof receivedAt === 'string' ? parseInstant(receivedAt) : null;
  if (at === null || !isObject(report)) return null;
  const read = readReport(utf8(canonicalJson(report as Json)));
  return read.ok ? { report: read.value.report, digest: read.value.digest, receivedAt: at } : null;
}
