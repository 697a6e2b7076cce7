/**
 * How the policy stands: the latest recorded evaluation with its document, and the year before it. What pages are made from; nothing is
 * measured here.
 *
 * A reader keeps what it read until a newer evaluation is recorded, so a page costs one small query.
 */
import type { Instant } from '../lib/time.ts';
import { dayIn } from '../lib/time.ts';
import { formatPlace, HoldfastError } from '../lib/errors.ts';
import type { PolicyDocument } from './document.ts';
import type { PolicyReport } from './evaluate.ts';
import { readObstacleWords, readRecorded, withDocument, type RecordedBasis } from './evaluation-json.ts';
import { factsIn } from './facts.actions.ts';
import type { Facts } from './facts.ts';
import { yearOf, yearUntil, type PolicyYear } from './history.ts';
import { findLog, type LogPlace } from '../log/log.actions.ts';
import type { Queries } from '../platform/db.ts';
import { documentIn } from './policy.actions.ts';
import { latestEntry, readDays, readEvaluation, readObstacle, readStoredText, type Obstacle } from './policy.store.ts';
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

export interface StandingReader {
  /** What was read last, without asking: for the name and the zone on every page. */
  readonly kept: () => Standing | null;
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
    kept: () => kept,
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
      const year = await readYear(db, world.subject, today);
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
    return await readYear(log.db, policySubject(shown), dayIn(now, zone));
  } finally {
    await log.db.close();
  }
}

async function readYear(queries: Queries, subject: string, today: string): Promise<PolicyYear> {
  const span = yearUntil(today);
  return span === null ? { strips: new Map(), course: [] } : yearOf(await readDays(queries, subject, span), span);
}

/** The name and the zone that every page of the staff shows, as the latest evaluation knows them. */
export const namesOf = (reader: StandingReader): { readonly organisation: string | null; readonly zone: string } => {
  const standing = reader.kept();
  return { organisation: standing?.facts.organisation?.name ?? null, zone: standing?.zone ?? 'UTC' };
};

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

function obstacleOf({ since, code, body }: Obstacle): StandingObstacle {
  const { message, hint, problems } = readObstacleWords(body);
  const listed = problems.map((problem) => ({
    place: formatPlace(problem),
    message: problem.message,
    hint: problem.hint,
  }));
  return { since, code, message, hint, problems: listed };
}
