/**
 * Going over to another KEK: every stored key is wrapped again under it, in pieces, while the service runs.
 *
 * Both keys open until the last one is done; a run that was killed is gone on with by the next one. Planning and wrapping are
 * platform/key-rotation.ts, the key files platform/keyring.ts.
 */
import type { HoldfastError } from '../lib/errors.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant, Millis } from '../lib/time.ts';
import { appendEntry, recordInLog, signCheckpoint, type OpenLog } from '../log/log.actions.ts';
import type { Tx } from '../platform/db.ts';
import type { KekId } from '../platform/encryption-key.ts';
import { isRotated, planRewrap, rewrapAll, type RewrapPlan, type StoredKey } from '../platform/key-rotation.ts';
import { beginRotation, endRotation, isRotating, openKeyring } from '../platform/keyring.ts';
import { namesKek, type Environment } from '../platform/secrets.ts';
import { altered, otherKek, replaceSubjectKey, storedSubjectKeys } from '../platform/subject-keys.ts';
import { heldNow, type Keyring } from '../platform/wrapped-key.ts';

export interface Rotated {
  readonly current: KekId;
  /** Keys that were wrapped again by this run. */
  readonly rewrapped: number;
}

/** The settings name one key only, and everything is wrapped under it. */
export type RotateRefusal = { readonly code: 'no-other-key'; readonly current: KekId };

/** Some milliseconds each on SQLite, so that nobody waits for a rotation. */
const KEYS_PER_TRANSACTION = 500;
const AT_ONCE = 0 as Millis;

/**
 * Makes a new key for the data folder and goes over to it; where settings name the keys, goes over to the one they name as current.
 *
 * @param onProgress Told after each piece that is stored how many keys are left.
 * @throws KEY_…, DATA_ALTERED, LOG_…, DB_…; what was wrapped until then stays, and both keys go on to open
 */
export async function rotateKeys(
  log: OpenLog,
  env: Environment,
  now: Instant,
  onProgress: (left: number) => void = () => undefined,
): Promise<Result<Rotated, RotateRefusal>> {
  const { db, folder, random } = log;
  const opened = await openKeyring({ env, folder }, db, random);
  if (!namesKek(env)) beginRotation(folder, random);
  const keys = heldNow(opened);
  const plan = planRewrap(keys, await storedSubjectKeys(db));
  if (namesKek(env) && plan.due.length === 0) return no({ code: 'no-other-key', current: keys.current.id });
  const rewrapped = await rewrapPieces(log, keys, plan, onProgress);
  const last = await recordInLog(log, (tx) => rewrapRest(tx, log, keys, now));
  onProgress(0);
  if (!namesKek(env) && isRotating(folder)) endRotation(folder);
  await signCheckpoint(log, now, AT_ONCE);
  return ok({ current: keys.current.id, rewrapped: rewrapped + last });
}

/** All but the last piece, which is recorded in the transaction that finds nothing left. */
async function rewrapPieces(
  { db, random }: OpenLog,
  keys: Keyring,
  plan: RewrapPlan,
  onProgress: (left: number) => void,
): Promise<number> {
  let rewrapped = 0;
  const early = Math.max(0, Math.ceil(plan.due.length / KEYS_PER_TRANSACTION) - 1) * KEYS_PER_TRANSACTION;
  for (let from = 0; from < early; from += KEYS_PER_TRANSACTION) {
    const due = plan.due.slice(from, from + KEYS_PER_TRANSACTION);
    rewrapped += await db.transaction((tx) => rewrap(tx, keys, { ...plan, due }, random));
    onProgress(plan.due.length - from - due.length);
  }
  return rewrapped;
}

/** Looks at everything that is stored: also at keys that were made since the plan. */
async function rewrapRest(tx: Tx, { random }: OpenLog, keys: Keyring, now: Instant): Promise<number> {
  const plan = planRewrap(keys, await storedSubjectKeys(tx));
  const rewrapped = await rewrap(tx, keys, plan, random);
  const rest = planRewrap(keys, await storedSubjectKeys(tx));
  const [stranded] = rest.stranded;
  if (stranded !== undefined) throw otherKek(stranded.wrapped.kekId, keys);
  if (!isRotated(rest)) throw new Error('keys were left behind by a rotation that nobody can have overtaken');
  // Nothing was left, and not because there is nothing: a run before this one recorded it, and was killed before its last step.
  if (rewrapped === 0 && plan.current.length > 0) return 0;
  const from = [...new Set(plan.due.map(({ wrapped }) => wrapped.kekId))];
  const data = { to: keys.current.id, from, keys: rest.current.length };
  await appendEntry(tx, { type: 'key.rotated', actor: null, subject: null, data, state: null }, now);
  return rewrapped;
}

async function rewrap(tx: Tx, keys: Keyring, plan: RewrapPlan, random: OpenLog['random']): Promise<number> {
  const { rewrapped, refused } = await rewrapAll(keys, plan, random, (stored, next) =>
    replaceSubjectKey(tx, stored, next),
  );
  if (refused.length > 0) throw unopened(refused.map(({ stored }) => stored));
  return rewrapped;
}

function unopened(refused: readonly StoredKey[]): HoldfastError {
  const [first] = refused;
  return altered(
    `the key of ${first?.place.row ?? ''}${refused.length > 1 ? `, and ${refused.length - 1} others,` : ''}`,
  );
}
