/**
 * Erasing a person (GDPR Art. 17): their key, and every value that was encrypted under it. The log keeps its commitments, and its proofs.
 *
 * An erasure has to survive the database: it is also written to a file of the data folder, and `replayErasures` carries it out again on a
 * database that was restored from before it. Keys are platform/subject-keys.ts, values behind entries log/personal.actions.ts.
 */
import { canonicalJson } from '../lib/canonical-json.ts';
import { type ErrorCode, HoldfastError } from '../lib/errors.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import { readOrigin } from '../log/log-read.actions.ts';
import { appendEntry, recordInLog, type OpenLog } from '../log/log.actions.ts';
import type { Queries, Tx } from '../platform/db.ts';
import { erasedSubjects, eraseSubject, hasSubject } from '../platform/subject-keys.ts';
import { appendErasures, readErasureFile } from './erasure-file.client.ts';
import { erasureLine, type ErasureList, parseErasures } from './erasure-list.ts';
import { erasureOf, readErasures, storeErasure } from './erasure.store.ts';

/** Deletes what a feature stores about a person; service.ts lists them. */
export type EraseValues = (tx: Tx, subject: string) => Promise<void>;

export type EraseRefusal = { readonly code: 'nobody-known' } | { readonly code: 'erased-before' };

export interface Erasure {
  /** The opaque id of the person. */
  readonly subject: string;
  /** Who erases; `null` for the program itself. */
  readonly actor: string | null;
}

/**
 * Erases a person, in one transaction with its entry `subject.erased`.
 *
 * @throws LOG_…, DB_…, FILE_UNWRITABLE; with the last the person is erased, and the next start writes the file
 */
export async function erasePerson(
  log: OpenLog,
  values: readonly EraseValues[],
  { subject, actor }: Erasure,
  now: Instant,
): Promise<Result<{ readonly entry: number }, EraseRefusal>> {
  const erased = await recordInLog(log, async (tx) => {
    if (!(await hasSubject(tx, subject))) return no({ code: 'nobody-known' } as const);
    if (!(await eraseAll(tx, values, subject, now))) return no({ code: 'erased-before' } as const);
    return ok({ entry: await recordErasure(tx, { subject, actor }, now, now) });
  });
  if (erased.ok) await keepErasures(log);
  return erased;
}

async function eraseAll(tx: Tx, values: readonly EraseValues[], subject: string, now: Instant): Promise<boolean> {
  const isNew = await eraseSubject(tx, subject, now);
  for (const erase of values) await erase(tx, subject);
  return isNew;
}

async function recordErasure(tx: Tx, { subject, actor }: Erasure, erasedAt: Instant, now: Instant): Promise<number> {
  const state = { subject, erasedAt: formatInstant(erasedAt) };
  const data = erasedAt === now ? {} : { erasedAt: state.erasedAt, replayed: true };
  const entry = { type: 'subject.erased', actor, subject: erasureOf(subject), data, state };
  const { origin, index } = await appendEntry(tx, entry, now);
  await storeErasure(tx, { subject, origin, index, body: canonicalJson(state) });
  return index;
}

/** Writes to the file whoever is not in it yet. */
async function keepErasures({ db, folder }: OpenLog): Promise<void> {
  const listed = readErasureFile(folder);
  const missing = (await erasedSubjects(db)).filter(({ subject }) => !listed.has(subject));
  if (missing.length > 0)
    appendErasures(
      folder,
      missing.map(({ subject, at }) => erasureLine(subject, at)),
    );
}

/** What keeps the log from being written, and is said where it is opened. */
const CANNOT_WRITE: readonly ErrorCode[] = ['LOG_ROLLED_BACK', 'LOG_KEY_MISSING', 'LOG_KEY_UNUSABLE'];

export interface Replayed {
  /** Who had a key again and has none any more. */
  readonly erased: number;
  /** Entries that the log of today lacked. */
  readonly recorded: number;
  /** Erasures that the log lacks still, because it cannot be written before its key is back or `holdfast log reopen`. */
  readonly unrecorded: number;
}

/**
 * Carries out on this database every erasure that the data folder knows of, and tells the folder of those that it does not know.
 *
 * For each start, before anything is served: whoever was erased is erased when this returns, also where the log cannot be written.
 *
 * @throws ERASURES_DAMAGED, DB_…, FILE_UNWRITABLE; then nothing may be served
 */
export async function replayErasures(log: OpenLog, values: readonly EraseValues[], now: Instant): Promise<Replayed> {
  const listed = readErasureFile(log.folder);
  const erased = await eraseListed(log, values, listed);
  await keepErasures(log);
  const unrecorded = (await unrecordedIn(log.db)).length;
  if (unrecorded === 0) return { erased, recorded: 0, unrecorded: 0 };
  try {
    return { erased, recorded: await recordMissing(log, now), unrecorded: 0 };
  } catch (error) {
    if (!(error instanceof HoldfastError) || !CANNOT_WRITE.includes(error.code)) throw error;
    return { erased, recorded: 0, unrecorded };
  }
}

async function eraseListed({ db }: OpenLog, values: readonly EraseValues[], listed: ErasureList): Promise<number> {
  const known = new Set((await erasedSubjects(db)).map(({ subject }) => subject));
  const due = [...listed].filter(([subject]) => !known.has(subject));
  if (due.length === 0) return 0;
  return db.transaction(async (tx) => {
    let erased = 0;
    for (const [subject, at] of due) {
      if (await hasSubject(tx, subject)) erased += 1;
      await eraseAll(tx, values, subject, at);
    }
    return erased;
  });
}

/** Who was erased without an entry in the log of today: the database was restored from before it, or the log was reopened since. */
async function unrecordedIn(queries: Queries): Promise<Awaited<ReturnType<typeof erasedSubjects>>> {
  const origin = await readOrigin(queries);
  const rows = await readErasures(queries);
  const recorded = new Set(rows.filter((row) => row.origin === origin).map(({ subject }) => subject));
  return (await erasedSubjects(queries)).filter(({ subject }) => !recorded.has(subject));
}

const recordMissing = (log: OpenLog, now: Instant): Promise<number> =>
  recordInLog(log, async (tx) => {
    const missing = await unrecordedIn(tx);
    for (const { subject, at } of missing) await recordErasure(tx, { subject, actor: null }, at, now);
    return missing.length;
  });

/** The list of the data folder, for a backup. @throws ERASURES_DAMAGED */
export const erasureText = (folder: string): string =>
  [...readErasureFile(folder)].map(([subject, at]) => erasureLine(subject, at)).join('');

/**
 * Adds to the list of the data folder whoever is on the one of a backup.
 *
 * @throws ERASURES_DAMAGED for either list, FILE_UNWRITABLE
 */
export function adoptErasures(folder: string, text: string): void {
  const list = parseErasures(text);
  if (!list.ok)
    throw new HoldfastError('ERASURES_DAMAGED', `line ${list.error} of the erasures in the backup names nobody`, {
      hint: 'Take another copy of the backup.',
    });
  const listed = readErasureFile(folder);
  const missing = [...list.value].filter(([subject]) => !listed.has(subject));
  if (missing.length > 0)
    appendErasures(
      folder,
      missing.map(([subject, at]) => erasureLine(subject, at)),
    );
}
