/** `holdfast check --record`: what was evaluated becomes an entry of the evidence log, in one transaction with its row. */
import { utf8 } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { Instant, Millis } from '../lib/time.ts';
import { appendEntry, type LogPlace, openLog, recordInLog, signCheckpoint } from '../log/log.actions.ts';
import { storeEvaluation } from './policy.store.ts';
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
    const { subject, data, state, body } = recordedEvaluation(evaluated, version);
    const { index, origin } = await recordInLog(log, async (tx) => {
      const entry = { type: 'policy.evaluated', actor: null, subject, data, state, evidence: utf8(body) };
      const appended = await appendEntry(tx, entry, now);
      await storeEvaluation(tx, { subject, origin: appended.origin, index: appended.index, body });
      return appended;
    });
    const signed = await signCheckpoint(log, now, AT_ONCE).catch((error: unknown) => {
      throw unsigned(index, origin, error);
    });
    if (signed === null) throw new Error('a log with an entry has no checkpoint');
    return { origin, entry: index, checkpoint: signed.note, size: signed.checkpoint.size };
  } finally {
    await log.db.close();
  }
}

function unsigned(index: number, origin: string, error: unknown): unknown {
  if (!(error instanceof HoldfastError)) return error;
  const message = `recorded as entry ${index} of ${origin}, but no checkpoint was signed: ${error.message}`;
  return new HoldfastError(error.code, message, {
    hint: 'The entry is stored. Repair what is named, then run `holdfast log checkpoint`.',
    cause: error,
  });
}
