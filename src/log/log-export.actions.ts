/** Handing the log out: an export for auditors, a proof of one entry, the last entries in words. */
import { utf8 } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { formatInstant, type Instant, type Millis } from '../lib/time.ts';
import type { Queries } from '../platform/db.ts';
import { packFiles } from './export-pack.ts';
import { readLeaf } from './leaf.ts';
import { entriesOf, tileReader } from './log-read.actions.ts';
import type { Signed } from './log-guard.actions.ts';
import { findLog, type LogPlace, type OpenLog, signCheckpoint } from './log.actions.ts';
import { readCheckpoints, readEntries, readEvidence, readHead } from './log.store.ts';
import type { EvidenceCount, Exported, ListedEntry } from './log.text.ts';
import { type Hash, hashLeaf, isIncluded } from './merkle.ts';
import { readVerifierFile } from './data-folder.client.ts';
import { parseVerifierKey, type VerifierKey } from './note.ts';
import { preparePack, readVerifyProgram, writePackFile } from './pack-write.client.ts';
import { proveInclusion } from './proof.ts';
import { keyText } from './verify-database.ts';

/** Checkpoints that go into the history of an export. */
const MOST_HISTORY = 2_000;

/**
 * Runs `work` on the log that is there, and signs it before.
 *
 * @throws LOG_NOT_FOUND; LOG_ROLLED_BACK, LOG_KEY_… of signing
 */
async function withSigned<T>(
  place: LogPlace,
  now: Instant,
  work: (log: OpenLog, signed: Signed) => Promise<T>,
): Promise<T> {
  const log = await findLog(place, now);
  if (log === null) throw notFound(place);
  try {
    const signed = await signCheckpoint(log, now, 0 as Millis);
    if (signed === null) throw notFound(place);
    return await work(log, signed);
  } finally {
    await log.db.close();
  }
}

const notFound = ({ data }: LogPlace): HoldfastError =>
  new HoldfastError('LOG_NOT_FOUND', `there is no evidence log in ${data}`, {
    hint: 'Name its folder with --data, or begin one: `holdfast check --record`.',
  });

/** The newest checkpoint; signs one if the log grew. */
export const currentCheckpoint = (place: LogPlace, now: Instant): Promise<Signed> =>
  withSigned(place, now, async (_, signed) => signed);

export interface EntryProof {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly proof: readonly Hash[];
  readonly signed: Signed;
}

/**
 * Proves that an entry stands in the log, against the newest checkpoint. The proof was checked before it is the answer.
 *
 * @throws USAGE for an index that the log does not have; LOG_DAMAGED where the proof does not fit
 */
export const proveEntry = (place: LogPlace, index: number, now: Instant): Promise<EntryProof> =>
  withSigned(place, now, ({ db }, signed) =>
    db.snapshot(async (queries) => {
      const { size, root } = signed.checkpoint;
      if (index >= size)
        throw new HoldfastError('USAGE', `the log has no entry ${index}: it has ${size}, counted from 0`, {
          hint: 'Run `holdfast log list` to see the last entries.',
        });
      const head = await readHead(queries);
      const [entry] = head === null ? [] : await readEntries(queries, head.log, index, index + 1);
      if (head === null || entry === undefined) throw damaged(`entry ${index} is gone`);
      const proof = await proveInclusion(index, size, tileReader(queries, head.log));
      if (!isIncluded({ leafHash: hashLeaf(entry.leaf), index, size, root, proof }))
        throw damaged(`entry ${index} is not the one that was signed, or a hash above it was changed`);
      return { index, leaf: entry.leaf, proof, signed };
    }),
  );

const damaged = (message: string): HoldfastError =>
  new HoldfastError('LOG_DAMAGED', message, {
    hint: 'Nothing was handed out. Run `holdfast log verify`, and restore the database from a backup.',
  });

/**
 * Writes an export into an empty folder, or over an older export of the same log.
 *
 * @throws FILE_EXISTS for a folder with anything else in it
 */
export const exportLog = (
  place: LogPlace,
  { to, withEvidence }: { readonly to: string; readonly withEvidence: boolean },
  now: Instant,
): Promise<Exported> =>
  withSigned(place, now, ({ db, folder }, signed) =>
    db.snapshot(async (queries) => {
      const head = await readHead(queries);
      if (head === null) throw notFound(place);
      const key = publicKey(folder, signed.checkpoint.origin);
      const target = preparePack(place.cwd, to, signed.checkpoint.origin);
      const { size } = signed.checkpoint;
      const stored = await readCheckpoints(queries, head.log, MOST_HISTORY);
      // Without a time: our own clock, which may have been wrong, is no witness of when anything was seen.
      const history = stored.filter((checkpoint) => checkpoint.size < size).map(({ note }) => ({ note, seenAt: null }));
      let files = 0;
      const program = readVerifyProgram();
      const entries = entriesOf(queries, head.log, size);
      const evidence = withEvidence ? new CountedEvidence(queries) : null;
      const input = { entries, note: signed.note, key, history, program, exportedAt: now };
      for await (const file of packFiles(evidence === null ? input : { ...input, evidence: evidence.bodyOf })) {
        writePackFile(target, file);
        files += 1;
      }
      return { signed, files, vkey: keyText(vkeyBytes(folder)), evidence: evidence?.count() ?? null };
    }),
  );

/** Only what its entry says goes along: a body that was changed is a finding of `log verify`, and no evidence. */
class CountedEvidence {
  readonly #queries: Queries;
  #written = 0;
  #leftOut = 0;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  readonly bodyOf = async (digest: string): Promise<Uint8Array | null> => {
    const body = await readEvidence(this.#queries, digest);
    const isIt = body !== null && sha256(body) === digest;
    if (isIt) this.#written += 1;
    else this.#leftOut += 1;
    return isIt ? body : null;
  };

  count(): EvidenceCount {
    return { written: this.#written, leftOut: this.#leftOut };
  }
}

const vkeyBytes = (folder: string): Uint8Array => {
  const file = readVerifierFile(folder);
  return file instanceof Uint8Array ? file : utf8('');
};

function publicKey(folder: string, origin: string): VerifierKey {
  const key = parseVerifierKey(keyText(vkeyBytes(folder)));
  if (key.ok && key.value.name === origin) return key.value;
  throw damaged(`log.vkey in ${folder} is not the key of ${origin}`);
}

/** The newest entries, the last one last. An entry that is no leaf is listed as `malformed`. */
export async function listEntries(place: LogPlace, most: number, now: Instant): Promise<readonly ListedEntry[]> {
  const log = await findLog(place, now);
  if (log === null) throw notFound(place);
  try {
    const head = await readHead(log.db);
    if (head === null) throw notFound(place);
    const rows = await readEntries(log.db, head.log, Math.max(0, head.size - most), head.size);
    return rows.map(({ idx, leaf }) => listed(idx, leaf));
  } finally {
    await log.db.close();
  }
}

function listed(index: number, bytes: Uint8Array): ListedEntry {
  const leaf = readLeaf(bytes);
  if (!leaf.ok) return { index, at: '', type: 'malformed', subject: null, data: {} };
  const { at, type, subject, data } = leaf.value;
  return { index, at: formatInstant(at), type, subject, data };
}
