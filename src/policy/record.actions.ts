/** `holdfast check --record`: what was evaluated becomes an entry of the evidence log, in one transaction with its row. */
import { utf8 } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { Instant, Millis } from '../lib/time.ts';
import { appendEntry, type Appended, type LogPlace, openLog, recordInLog, signCheckpoint } from '../log/log.actions.ts';
import type { Tx } from '../platform/db.ts';
import type { PolicyReport } from './evaluate.ts';
import { clearObstacle, storeDay, storeEvaluation, storeText, type StatementDay } from './policy.store.ts';
import { type Evaluated, recordedEvaluation, type RecordedEntry } from './recorded-evaluation.ts';

/** No process stays to sign later. */
const AT_ONCE = 0 as Millis;

/**
 * @param version Of Holdfast.
 * @throws LOG_…, DB_…; where only signing failed, the message says that the entry is recorded
 */
export async function recordEvaluation(
  place: LogPlace,
  evaluated: Evaluated,
  version: string,
  now: Instant,
): Promise<RecordedEntry> {
  const log = await openLog(place, now);
  try {
    const { index, origin } = await recordInLog(log, (tx) => keepEvaluation(tx, evaluated, version, now));
    const signed = await signCheckpoint(log, now, AT_ONCE).catch((error: unknown) => {
      throw unsigned(index, origin, error);
    });
    if (signed === null) throw new Error('a log with an entry has no checkpoint');
    return { origin, entry: index, checkpoint: signed.note, size: signed.checkpoint.size };
  } finally {
    await log.db.close();
  }
}

/**
 * Appends the entry of an evaluation and stores what belongs to it: the row, the day of each statement, the texts that were read.
 *
 * @returns the entry
 */
export async function keepEvaluation(tx: Tx, evaluated: Evaluated, version: string, now: Instant): Promise<Appended> {
  const { subject, data, day, state, body } = recordedEvaluation(evaluated, version);
  const entry = { type: EVALUATED, actor: null, subject, data, state, evidence: utf8(body) };
  const appended = await appendEntry(tx, entry, now);
  await storeEvaluation(tx, { subject, origin: appended.origin, index: appended.index, body });
  await storeDay(tx, subject, day, boundOf(evaluated.report));
  await storeText(tx, evaluated.texts.document);
  if (evaluated.texts.facts !== null) await storeText(tx, evaluated.texts.facts);
  await clearObstacle(tx, subject);
  return appended;
}

export const EVALUATED = 'policy.evaluated';

/** A sentence that nothing checks has no history. */
const boundOf = ({ statements }: PolicyReport): readonly StatementDay[] =>
  statements.flatMap(({ id, verdict, controls }) => (controls.length === 0 ? [] : [{ statement: id, verdict }]));

function unsigned(index: number, origin: string, error: unknown): unknown {
  if (!(error instanceof HoldfastError)) return error;
  const message = `recorded as entry ${index} of ${origin}, but no checkpoint was signed: ${error.message}`;
  return new HoldfastError(error.code, message, {
    hint: 'The entry is stored. Repair what is named, then run `holdfast log checkpoint`.',
    cause: error,
  });
}
