/**
 * Backing an installation up into one file, and restoring it on either engine.
 *
 * Deliberately in no backup: the key of the data and the key that signs, because whoever finds a backup must be able neither to read nor to
 * sign; and `log.checkpoint`, because an old one in its place would let the log sign backwards. The file is platform/backup.ts.
 */
import { HoldfastError, type ErrorCode } from '../lib/errors.ts';
import type { Instant, Millis } from '../lib/time.ts';
import { adoptErasures, erasureText, replayErasures, type EraseValues } from '../keys/erase.actions.ts';
import { adoptVerifierKey, readVerifierText } from '../log/log-read.actions.ts';
import {
  databasePlace,
  findDatabase,
  folderOf,
  type LogPlace,
  type OpenLog,
  signCheckpoint,
} from '../log/log.actions.ts';
import { backupTo, restoreFrom, type FileBeside } from '../platform/backup.ts';
import { describePlace } from '../platform/database-place.ts';
import { openDatabase } from '../platform/db.ts';
import { openKeyring } from '../platform/keyring.ts';
import { keksInUse } from '../platform/subject-keys.ts';
import { rememberFiles } from './database-file.client.ts';

/** Where the data and its keys are. */
export type BackupPlace = LogPlace;

/** Deletes what each feature stores about a person. */
export type Erasers = readonly EraseValues[];

const ERASURES = 'erasures';
const VERIFIER_KEY = 'log.vkey';
const AT_ONCE = 0 as Millis;

export interface BackupReport {
  /** Rows per table. */
  readonly tables: Readonly<Record<string, number>>;
  /** For people: which database. */
  readonly from: string;
}

/** @returns `null` where there is no database. @throws FILE_UNWRITABLE, DB_…, ERASURES_DAMAGED; whatever stood at `path` still stands there */
export async function backupAt(place: BackupPlace, path: string, now: Instant): Promise<BackupReport | null> {
  const log = await findDatabase(place, now);
  if (log === null) return null;
  try {
    const vkey = readVerifierText(log.folder);
    const files: readonly FileBeside[] = [
      { name: ERASURES, text: erasureText(log.folder) },
      ...(vkey === null ? [] : [{ name: VERIFIER_KEY, text: vkey }]),
    ];
    const { tables } = await backupTo(log.db, place.migrations, path, now, files);
    return { tables, from: describePlace(databasePlace(place)) };
  } finally {
    await log.db.close();
  }
}

export interface RestoreReport extends BackupReport {
  /** When the backup was made, RFC 3339. */
  readonly at: string;
  /** People that were erased since the backup, and were erased again. */
  readonly erased: number;
  /** What stands in the way of the log, or `null`: it goes on, or there is none. */
  readonly log: Obstacle | null;
  /** What stands in the way of opening personal data, or `null`. */
  readonly keys: Obstacle | null;
}

/** The error that the next start would end with. */
export interface Obstacle {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/**
 * Fills an empty database with a backup, erases again whoever was erased since, and looks at what else a start needs.
 *
 * @throws BACKUP_UNREADABLE, FILE_NOT_FOUND, DB_NOT_EMPTY, DB_…, and then nothing was restored; ERASURES_DAMAGED, FILE_UNWRITABLE, and then the
 * database is filled and the next start ends with the same
 */
export async function restoreAt(
  place: BackupPlace,
  values: Erasers,
  path: string,
  now: Instant,
): Promise<RestoreReport> {
  const where = databasePlace(place);
  const folder = folderOf(place);
  const takeAway = rememberFiles(where);
  const db = await openDatabase(where);
  try {
    const { tables, at, files } = await restoreFrom(db, place.migrations, path, now).catch(async (error: unknown) => {
      await db.close();
      takeAway();
      throw error;
    });
    const text = (name: string): string => files.find((file) => file.name === name)?.text ?? '';
    adoptErasures(folder, text(ERASURES));
    adoptVerifierKey(folder, text(VERIFIER_KEY));
    const log = { db, folder, random: place.random };
    const { erased } = await replayErasures(log, values, now);
    return {
      tables,
      at,
      erased,
      from: describePlace(where),
      log: await obstacle(() => signCheckpoint(log, now, AT_ONCE)),
      keys: await obstacle(() => openKeys(log, place)),
    };
  } finally {
    await db.close();
  }
}

/** Makes no key where none is needed: that is for the first start. */
async function openKeys({ db, folder, random }: OpenLog, { env }: BackupPlace): Promise<void> {
  if ((await keksInUse(db)).size > 0) await openKeyring({ env, folder }, db, random);
}

async function obstacle(attempt: () => Promise<unknown>): Promise<Obstacle | null> {
  try {
    await attempt();
    return null;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  }
}
