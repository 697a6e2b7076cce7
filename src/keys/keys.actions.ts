/**
 * The keys of an installation as a person looks after them: which there are, a recovery file, the way back from it.
 *
 * Going over to another key is rotate.actions.ts, erasing a person erase.actions.ts, the keys of a running program platform/keyring.ts.
 */
import { HoldfastError } from '../lib/errors.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Instant, Millis } from '../lib/time.ts';
import { findDatabase, folderOf, type LogPlace, openLog, type OpenLog, signCheckpoint } from '../log/log.actions.ts';
import { formatKek, type KekId } from '../platform/encryption-key.ts';
import { readRecoveryText, writeKeyFile } from '../platform/key-file.ts';
import { hasKey, isRotating, openKeyring, restoreKey } from '../platform/keyring.ts';
import { exportRecoveryKey, restoreKek, type Passphrase, type RecoveryRefusal } from '../platform/recovery-key.ts';
import { namesKek, readKeyring } from '../platform/secrets.ts';
import { erasedSubjects, keksInUse } from '../platform/subject-keys.ts';
import type { Keyring } from '../platform/wrapped-key.ts';
import type { KeysStatus } from './keys-status.ts';
import { erasePerson, type EraseValues } from './erase.actions.ts';
import { rotateKeys } from './rotate.actions.ts';

const AT_ONCE = 0 as Millis;

/** Where the data and its keys are. */
export type KeysPlace = LogPlace;

/** @throws KEY_… where the keys do not fit the data, as a start would */
export async function keysStatus(place: KeysPlace, now: Instant): Promise<KeysStatus> {
  const source = namesKek(place.env) ? 'settings' : 'folder';
  const log = await findDatabase(place, now);
  if (log === null) {
    const keys = source === 'settings' ? readKeyring(place.env) : null;
    return statusOf(source, keys, false, new Map(), 0);
  }
  return closing(log, async ({ db, folder, random }) => {
    const wrapped = await keksInUse(db);
    const isFresh = source === 'folder' && wrapped.size === 0 && !hasKey(folder);
    const keys = isFresh ? null : await openKeyring({ env: place.env, folder }, db, random);
    const { length } = await erasedSubjects(db);
    return statusOf(source, keys, source === 'folder' && isRotating(folder), wrapped, length);
  });
}

const statusOf = (
  source: KeysStatus['source'],
  keys: Keyring | null,
  rotating: boolean,
  wrapped: KeysStatus['wrapped'],
  erased: number,
): KeysStatus => ({
  source,
  current: keys?.current.id ?? null,
  previous: keys?.previous.map(({ id }) => id) ?? [],
  rotating,
  wrapped,
  erased,
});

/**
 * Writes the recovery file of the current key, for its owner only. It opens what this key protects, for who knows the passphrase.
 *
 * @throws KEY_…, FILE_EXISTS, FILE_UNWRITABLE
 */
export async function exportKey(place: KeysPlace, path: string, passphrase: Passphrase, now: Instant): Promise<KekId> {
  const { current } = await keysOf(place, now);
  writeKeyFile(path, 'the recovery file', await exportRecoveryKey(current, passphrase, place.random));
  return current.id;
}

/** Those that the settings name, or those of the data folder: made now on a fresh one, as a start would. */
async function keysOf(place: KeysPlace, now: Instant): Promise<Keyring> {
  if (namesKek(place.env)) return readKeyring(place.env);
  return closing(await openLog(place, now), ({ db, folder, random }) =>
    openKeyring({ env: place.env, folder }, db, random),
  );
}

export interface Recovered {
  readonly current: KekId;
  /** How many keys of people are wrapped under it; `null` where there is no database to look at. */
  readonly opens: number | null;
}

/**
 * Puts the key of a recovery file back.
 *
 * @param out Where settings name the key file; `null`: into the data folder.
 * @throws FILE_EXISTS, FILE_UNWRITABLE, KEY_…
 */
export async function recoverKey(
  place: KeysPlace,
  recovery: string,
  passphrase: Passphrase,
  out: string | null,
  now: Instant,
): Promise<Result<Recovered, RecoveryRefusal>> {
  if (out === null && namesKek(place.env)) {
    throw new HoldfastError('USAGE', 'settings name the key, so a key in the data folder would not be used', {
      hint: 'Name the file that HOLDFAST_KEK_FILE names with --out, or remove the setting.',
    });
  }
  const kek = await restoreKek(readRecoveryText(recovery), passphrase);
  if (!kek.ok) return kek;
  if (out === null) restoreKey(folderOf(place), kek.value, place.random);
  else writeKeyFile(out, 'the key file', formatKek(kek.value));
  const log = await findDatabase(place, now);
  const { id } = kek.value;
  if (log === null) return ok({ current: id, opens: null });
  return closing(log, async ({ db }) => ok({ current: id, opens: (await keksInUse(db)).get(id) ?? 0 }));
}

/** `rotateKeys` on the database of a place. */
export const rotateAt = async (
  place: KeysPlace,
  now: Instant,
  onProgress: (left: number) => void,
): ReturnType<typeof rotateKeys> =>
  closing(await openLog(place, now), (log) => rotateKeys(log, place.env, now, onProgress));

/** `erasePerson` on the database of a place, by whoever can run commands there; signed at once, because no process stays to do it. */
export const eraseAt = async (
  place: KeysPlace,
  values: readonly EraseValues[],
  subject: string,
  now: Instant,
): ReturnType<typeof erasePerson> =>
  closing(await openLog(place, now), async (log) => {
    const erased = await erasePerson(log, values, { subject, actor: null }, now);
    if (erased.ok) await signCheckpoint(log, now, AT_ONCE);
    return erased;
  });

/** Runs `work` on a log that is open, and closes it. */
async function closing<T>(log: OpenLog, work: (log: OpenLog) => Promise<T>): Promise<T> {
  try {
    return await work(log);
  } finally {
    await log.db.close();
  }
}
