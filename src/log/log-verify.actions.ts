/**
 * Verifies a log: the one in the data folder, with the rows it speaks of, or an exported pack. The decisions are verify-database.ts
 * and verify-log.ts; the same is done for an export by verify.mjs, without Holdfast.
 */
import { utf8 } from '../lib/bytes.ts';
import { sha256 } from '../lib/hash.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import type { Queries } from '../platform/db.ts';
import { nextTurn } from '../platform/next-turn.ts';
import {
  hasCheckpointFile,
  dataFolder,
  readKey,
  readOutsideCheckpoint,
  readVerifierFile,
} from './data-folder.client.ts';
import type { HeldCheckpoint } from './held-checkpoint.ts';
import { databaseReader } from './log-read.actions.ts';
import { firstListed, readListed } from './log-listing.store.ts';
import { findLog, type LogPlace, type OpenLog } from './log.actions.ts';
import { lastIndex, readCheckpoints, readEvidence, readHead, readNumberOf } from './log.store.ts';
import { CompactRange } from './merkle.ts';
import { parseVerifierKey, type VerifierKey, verifierOf } from './note.ts';
import { baseOf } from './origin.ts';
import { openPack } from './pack-files.client.ts';
import { readTrust } from './trust.client.ts';
import { type DatabaseReport, keyText, type StateRow, verifyDatabase } from './verify-database.ts';
import type { KeptLog } from './verify-kept.ts';
import { type LogReport, PACK, type Trust, verifyLog } from './verify-log.ts';

/**
 * Reads the rows of a feature that its entries speak of; main.ts lists them.
 *
 * @param subject Where only the row of one subject matters; a feature with many rows reads no others then.
 */
export type ReadStates = (queries: Queries, subject?: string) => Promise<readonly StateRow[]>;

/** `--vkey`, `--history` and `--anchors`. */
export interface Trusted {
  readonly vkey: string | null;
  readonly history: readonly string[];
  /** Checkpoints that are kept elsewhere than in files. */
  readonly anchors?: readonly HeldCheckpoint[];
}

function trustOf({ vkey, history, anchors = [] }: Trusted): Trust {
  const { key, held } = readTrust(vkey, history, HELP);
  return { key, held: [...held, ...anchors] };
}

const HELP = 'holdfast log verify --help';

/** Checkpoints of the database's own table that are compared: a day of one a minute, and then some. */
const MOST_OWN = 2_000;

/**
 * The log of the data folder. `null`: there is none, and no trace of one either.
 *
 * @throws LOG_ROLLED_BACK where a checkpoint lies in the folder and the log is gone; LOG_KEY_MISSING, DB_…
 */
export async function verifyPlace(
  place: LogPlace,
  states: readonly ReadStates[],
  trusted: Trusted,
  now: Instant,
): Promise<DatabaseReport | null> {
  const log = await findLog(place, now);
  if (log === null) {
    const folder = dataFolder(place.cwd, place.data);
    if (!hasCheckpointFile(folder)) return null;
    throw new HoldfastError('LOG_ROLLED_BACK', `a checkpoint lies in ${folder}, and the database holds no log`, {
      hint: 'Restore the newest database; if it is lost, run `holdfast log reopen --reason TEXT`.',
    });
  }
  try {
    return await verifyOpenLog(log, states, trusted);
  } finally {
    await log.db.close();
  }
}

/** The same on a database that is open. */
export function verifyOpenLog(
  { db, folder }: OpenLog,
  states: readonly ReadStates[],
  trusted: Trusted,
): Promise<DatabaseReport> {
  return db.snapshot(async (queries) => {
    const head = await readHead(queries);
    if (head === null) throw new Error('a log was found that is not there');
    const { key, held } = trustOf(trusted);
    const beside = new Map([[PACK.checkpoint, readOutsideCheckpoint(folder)]]);
    const rows: StateRow[] = [];
    for (const read of states) rows.push(...(await read(queries)));
    return verifyDatabase({
      origin: head.origin,
      size: head.size,
      root: new CompactRange(head.size, head.nodes).root(),
      key: key ?? ownKey(folder, head.origin),
      keyGiven: key !== null,
      ...(await keptLog(queries, head.log, beside)),
      held,
      rows,
      earlier: async (origin) => {
        const log = await readNumberOf(queries, origin);
        return log === null ? null : keptLog(queries, log, new Map());
      },
      evidence: async (digest) => {
        await nextTurn();
        const body = await readEvidence(queries, digest);
        return body === null ? null : sha256(body);
      },
    });
  });
}

/** @param beside As `databaseReader` takes it. */
async function keptLog(queries: Queries, log: number, beside: Parameters<typeof databaseReader>[2]): Promise<KeptLog> {
  const end = ((await lastIndex(queries, log)) ?? -1) + 1;
  const own = await readCheckpoints(queries, log, MOST_OWN);
  const readOne = databaseReader(queries, log, beside);
  return {
    read: async (path, bytes) => {
      await nextTurn();
      return readOne(path, bytes);
    },
    end,
    own: own.map(({ size, note }) => ({ where: `checkpoint ${size} of the database`, note: utf8(note), seenAt: null })),
    listed: (from, to) => readListed(queries, log, from, to),
    listedFrom: (await firstListed(queries, log)) ?? end,
  };
}

/** The private key is the surest; without it, the public one that lies beside it. */
function ownKey(folder: string, origin: string): VerifierKey {
  const signer = readKey(folder);
  if (signer !== null && signer.name === baseOf(origin)) return verifierOf({ name: origin, seed: signer.seed });
  const file = readVerifierFile(folder);
  const key = file instanceof Uint8Array ? parseVerifierKey(keyText(file)) : null;
  if (key !== null && key.ok) return key.value;
  throw new HoldfastError('LOG_KEY_MISSING', `neither log.key nor log.vkey of ${origin} is in ${folder}`, {
    hint: 'Nothing was verified. Restore one of them, or give the public key with --vkey.',
  });
}

/** An exported pack. `null` where the folder holds none. */
export async function verifyPack(cwd: string, folder: string, trusted: Trusted): Promise<LogReport | null> {
  const read = openPack(dataFolder(cwd, folder));
  if (read === null) return null;
  return verifyLog(read, trustOf(trusted));
}
