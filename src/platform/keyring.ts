/**
 * The keys that a running program holds: those that settings name (secrets.ts), or, where none is named, those of the data folder:
 *
 *     kek             the key
 *     kek.next        the key that a rotation is going over to; while it is there, both open
 *     kek.1f0c6a2b    a key that was in use before, by its id: older backups are encrypted under it
 *
 * The first start on a fresh data folder makes `kek`, so that nobody has to set anything up; it then lies beside the database, which protects
 * backups and copies of the database and not the machine. A key that data is encrypted under is never replaced by a new one.
 * Changing the key is keys/rotate.actions.ts.
 */
import assert from 'node:assert/strict';
import { linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, type BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { hex } from '../lib/bytes.ts';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import type { Queries } from './db.ts';
import { formatKek, newKek, type Kek } from './encryption-key.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';
import type { Random } from './random.ts';
import { syncFolder, unwritable } from './replace-file.ts';
import { kekOf, namesKek, readKeyring, type Environment } from './secrets.ts';
import { keksInUse, otherKek } from './subject-keys.ts';
import type { Keyring } from './wrapped-key.ts';

export interface KeyringPlace {
  readonly env: Environment;
  /** The data folder, absolute. */
  readonly folder: string;
}

const CURRENT = 'kek';
const NEXT = 'kek.next';
const FORMER = /^kek\.([0-9a-f]{8})$/;
const FOLDER_MODE = 0o700;

const pathOf = (folder: string, name: string): string => join(folder, name);
/** For people: never the path, as key-file.ts explains. */
const wordsOf = (name: string): string => `the key file ${name} of the data folder`;

/**
 * The keys for what the database holds, made now for a fresh data folder.
 *
 * @throws KEY_MISSING, KEY_EXPOSED, KEY_WRONG, KEY_MISMATCH, FILE_UNREADABLE, FILE_UNWRITABLE; each before anything is decrypted or encrypted
 */
export async function openKeyring({ env, folder }: KeyringPlace, queries: Queries, random: Random): Promise<Keyring> {
  const used = await keksInUse(queries);
  const keys = namesKek(env) ? readKeyring(env) : openFolderKeyring(folder, queries, [...used.keys()], random);
  const held = new Set([keys.current, ...keys.previous].map(({ id }) => id));
  for (const id of used.keys()) if (!held.has(id)) throw otherKek(id, keys);
  return keys;
}

function openFolderKeyring(folder: string, { engine }: Queries, used: readonly string[], random: Random): Keyring {
  // Each process would make another key: who shares a database has to be given the one key.
  if (engine === 'postgres') {
    throw new HoldfastError(
      'KEY_MISSING',
      'no key is set for the data of the service, and a PostgreSQL may have several processes',
      {
        hint: `Make one key, (umask 077; openssl rand -base64 32 > kek), give it to every process with HOLDFAST_KEK_FILE, and keep a recovery file of it: \`holdfast keys export FILE\`.`,
      },
    );
  }
  if (fileOf(folder, CURRENT) === null) {
    if (used.length > 0) {
      throw new HoldfastError(
        'KEY_MISSING',
        `the data is encrypted under the key ${used.join(' and ')}, and ${wordsOf(CURRENT)} is gone`,
        {
          hint: 'No other key was made. `holdfast keys restore FILE` writes it again from its recovery file; or name the key with HOLDFAST_KEK_FILE.',
        },
      );
    }
    makeKey(folder, CURRENT, random);
  }
  return new FolderKeyring(folder);
}

/** The keys of a data folder, as they are now: another process may rotate them while this one runs. */
class FolderKeyring implements Keyring {
  readonly #folder: string;
  #seen: string;
  #keys: Keyring;

  constructor(folder: string) {
    this.#folder = folder;
    this.#seen = this.#look();
    this.#keys = readFolder(folder);
  }

  get current(): Kek {
    return this.#fresh().current;
  }

  get previous(): readonly Kek[] {
    return this.#fresh().previous;
  }

  #fresh(): Keyring {
    const seen = this.#look();
    if (seen !== this.#seen) {
      this.#keys = readFolder(this.#folder);
      this.#seen = seen;
    }
    return this.#keys;
  }

  /** Another file has another inode: the one before keeps its own under the name of its id. */
  #look(): string {
    return [CURRENT, NEXT].map((name) => fileOf(this.#folder, name)?.ino ?? 'none').join();
  }
}

function readFolder(folder: string): Keyring {
  try {
    return keysOf(folder);
  } catch (error) {
    // Between looking and reading a rotation may have ended, and taken `kek.next` to `kek`.
    if (error instanceof HoldfastError && error.code === 'KEY_MISSING') return keysOf(folder);
    throw error;
  }
}

function keysOf(folder: string): Keyring {
  const current = readKek(folder, CURRENT);
  const next = fileOf(folder, NEXT) === null ? null : readKek(folder, NEXT);
  const former = readdirSync(folder)
    .filter((name) => FORMER.test(name))
    .map((name) => readKek(folder, name));
  const all = next === null ? [current, ...former] : [next, current, ...former];
  const [first, ...rest] = new Map(all.map((kek) => [kek.id, kek])).values();
  assert.ok(first !== undefined);
  return { current: first, previous: rest };
}

const readKek = (folder: string, name: string): Kek =>
  kekOf(readKeyFile(pathOf(folder, name), wordsOf(name)), wordsOf(name));

function fileOf(folder: string, name: string): BigIntStats | null {
  try {
    return statSync(pathOf(folder, name), { throwIfNoEntry: false, bigint: true }) ?? null;
  } catch (cause) {
    throw new HoldfastError('FILE_UNREADABLE', `${wordsOf(name)} could not be looked for: ${messageOf(cause)}`, {
      hint: 'Nothing was changed. Let the user that runs Holdfast enter the folder.',
      cause,
    });
  }
}

/** Whether the first start was here already. */
export const hasKey = (folder: string): boolean => fileOf(folder, CURRENT) !== null;

/** Whether a rotation was begun here and not ended. */
export const isRotating = (folder: string): boolean => fileOf(folder, NEXT) !== null;

/** From now on new keys are wrapped under a new KEK; begun twice it goes on with the one that is there. */
export function beginRotation(folder: string, random: Random): void {
  if (!isRotating(folder)) makeKey(folder, NEXT, random);
}

/** The new key takes the place of the old one, which is kept under its id. For when nothing is wrapped under the old one any more. */
export function endRotation(folder: string): void {
  const { id } = readKek(folder, CURRENT);
  const current = pathOf(folder, CURRENT);
  writingFile(current, () => {
    linkOnce(current, pathOf(folder, `${CURRENT}.${id}`));
    renameSync(pathOf(folder, NEXT), current);
    syncFolder(folder);
  });
}

/** Puts a key that was lost back; under its id where another key is in use. @throws FILE_EXISTS, FILE_UNWRITABLE, KEY_… */
export function restoreKey(folder: string, kek: Kek, random: Random): void {
  const stands = fileOf(folder, CURRENT);
  if (stands !== null && readKek(folder, CURRENT).id === kek.id) {
    throw new HoldfastError('FILE_EXISTS', `${wordsOf(CURRENT)} is the key ${kek.id} already`, {
      hint: 'Nothing was changed, and nothing had to be.',
    });
  }
  writeWhole(folder, stands === null ? CURRENT : `${CURRENT}.${kek.id}`, kek, random);
}

const makeKey = (folder: string, name: string, random: Random): void =>
  writeWhole(folder, name, newKek(random), random);

/** A link appears whole or not at all, and never over a key that another process just made. */
function writeWhole(folder: string, name: string, kek: Kek, random: Random): void {
  const path = pathOf(folder, name);
  const temporary = `${path}.${hex(random(4))}.tmp`;
  writingFile(path, () => mkdirSync(folder, { recursive: true, mode: FOLDER_MODE }));
  writeKeyFile(temporary, wordsOf(name), formatKek(kek));
  writingFile(path, () => {
    try {
      linkOnce(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
    syncFolder(folder);
  });
}

function linkOnce(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!isObject(error) || error['code'] !== 'EEXIST') throw error;
  }
}

function writingFile(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw unwritable(path, error);
  }
}
