/**
 * How the policy stands: the latest recorded evaluation with its document, and the year before it. What pages are made from; nothing is
 * measured here.
 *
 * A reader keeps what it read until a newer evaluation is recorded, so a page costs one small query.
 */
import type { Instant } from '../lib/time.ts';
import { dayIn } from '../lib/time.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { StripHistory } from '../web/strip-history.ts';
import type { PolicyDocument } from './document.ts';
import type { PolicyReport } from './evaluate.ts';
import { readJson, readRecorded, withDocument, type RecordedBasis } from './evaluation-json.ts';
import { factsIn } from './facts.actions.ts';
import type { Facts } from './facts.ts';
import { courseOf, stripsOf, yearUntil, type CourseDay } from './history.ts';
import { findLog, type LogPlace } from '../log/log.actions.ts';
import type { Queries } from '../platform/db.ts';
import { documentIn } from './policy.actions.ts';
import { latestEntry, readDays, readEvaluation, readObstacle, readStoredText } from './policy.store.ts';
import { policySubject } from './recorded-evaluation.ts';
import type { PolicyWorld } from './world.actions.ts';

export interface Standing {
  /** The entry that recorded it. */
  readonly origin: string;
  readonly entry: number;
  readonly report: PolicyReport;
  readonly document: PolicyDocument;
  readonly facts: Facts;
  readonly basis: RecordedBasis;
  /** IANA: of the organisation. */
  readonly zone: string;
}

/** Why nothing newer is recorded, for the staff. */
export interface StandingObstacle {
  readonly since: Instant;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly problems: readonly { readonly place: string; readonly message: string; readonly hint: string }[];
}

export interface PolicyYear {
  readonly strips: ReadonlyMap<string, StripHistory>;
  readonly course: readonly CourseDay[];
}

export interface StandingReader {
  /** `null`: nothing was recorded yet, or by a version that says too little. */
  readonly latest: () => Promise<Standing | null>;
  readonly obstacle: () => Promise<StandingObstacle | null>;
  /** The year until today, where the organisation is. */
  readonly year: (standing: Standing, now: Instant) => Promise<PolicyYear>;
}

export function standingReader(world: Pick<PolicyWorld, 'log' | 'subject' | 'controls'>): StandingReader {
  const { db } = world.log;
  let kept: Standing | null = null;
  let keptYear: { readonly key: string; readonly year: PolicyYear } | null = null;
  return {
    latest: async () => {
      const entry = await latestEntry(db, world.subject);
      if (entry === null) return null;
      if (kept?.origin === entry.origin && kept.entry === entry.index) return kept;
      kept = await readStanding(world);
      return kept;
    },
    obstacle: async () => {
      const found = await readObstacle(db, world.subject);
      return found === null ? null : obstacleOf(found);
    },
    year: async ({ origin, entry, zone }, now) => {
      const today = dayIn(now, zone);
      const key = `${origin} ${entry} ${today}`;
      if (keptYear?.key === key) return keptYear.year;
      const year = await yearOf(db, world.subject, today);
      keptYear = { key, year };
      return year;
    },
  };
}

/** The year of a document whose evaluations were recorded in a data folder; `null` where no log is there. @throws DB_… */
export async function rememberedYear(
  place: LogPlace,
  { shown, zone }: { readonly shown: string; readonly zone: string },
  now: Instant,
): Promise<PolicyYear | null> {
  const log = await findLog(place, now);
  if (log === null) return null;
  try {
    return await yearOf(log.db, policySubject(shown), dayIn(now, zone));
  } finally {
    await log.db.close();
  }
}

async function yearOf(queries: Queries, subject: string, today: string): Promise<PolicyYear> {
  const span = yearUntil(today);
  if (span === null) return { strips: new Map(), course: [] };
  const recorded = await readDays(queries, subject, span);
  return { strips: stripsOf(recorded, span), course: courseOf(recorded, span) };
}

async function readStanding({ log: { db }, subject, controls }: Pick<PolicyWorld, 'log' | 'subject' | 'controls'>) {
  return db.snapshot(async (queries): Promise<Standing | null> => {
    const stored = await readEvaluation(queries, subject);
    const recorded = stored === null ? null : readRecorded(stored.body);
    if (stored === null || recorded === null) return null;
    const { basis, report } = recorded;
    const text = await readStoredText(queries, basis.document);
    const factsText = basis.facts === null ? null : await readStoredText(queries, basis.facts);
    if (text === null || (basis.facts !== null && factsText === null)) return null;
    const read = readAgain(text, factsText, report.policy, controls);
    const whole = read === null ? null : withDocument(recorded, read.document);
    if (read === null || whole === null) return null;
    return { origin: stored.origin, entry: stored.index, report: whole, basis, zone: basis.zone, ...read };
  });
}

/** `null` where this version reads them differently: the evaluation that is made on start says so. */
function readAgain(text: string, facts: string | null, shown: string, controls: PolicyWorld['controls']) {
  try {
    return { document: documentIn(text, shown, controls), facts: factsIn(facts) };
  } catch (error) {
    if (error instanceof HoldfastError) return null;
    throw error;
  }
}

function obstacleOf({ since, code, body }: { readonly since: Instant; readonly code: string; readonly body: string }) {
  const { message, hint, problems } = readJson(body);
  const listed = Array.isArray(problems) ? (problems as readonly Readonly<Record<string, unknown>>[]) : [];
  return {
    since,
    code,
    message: String(message),
    hint: String(hint),
    problems: listed.map((problem) => ({
      place: `${String(problem['file'])}:${String(problem['line'])}:${String(problem['column'])}`,
      message: String(problem['message']),
      hint: String(problem['hint']),
    })),
  };
}
