/**
 * One entry for whoever looks at it: its bytes, the proof that they stand in the signed log, and whether the row that it recorded is
 * still what it said. Everything is checked when it is asked for; nothing is remembered from before.
 */
import { sha256 } from '../lib/hash.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Result } from '../lib/result.ts';
import type { Db, Queries } from '../platform/db.ts';
import { type Leaf, readLeaf } from './leaf.ts';
import { findListed } from './log-listing.store.ts';
import { tileReader } from './log-read.actions.ts';
import { publishedIn, type Published } from './log-serve.actions.ts';
import type { ReadStates } from './log-verify.actions.ts';
import { readEntries, readEvidence, readHead } from './log.store.ts';
import { type Hash, hashLeaf, isIncluded } from './merkle.ts';
import { proofBundle } from './proof-bundle.ts';
import { proveInclusion } from './proof.ts';
import type { StateRow } from './verify-database.ts';

export type EntryProof =
  | { readonly kind: 'proven'; readonly proof: readonly Hash[]; readonly published: Published }
  /** Recorded, and no checkpoint covers it yet. */
  | { readonly kind: 'unsigned' }
  /** It is not the entry that was signed, or a hash above it was changed. */
  | { readonly kind: 'broken'; readonly published: Published };

/** What became of the row that the entry recorded. */
export type RowCheck =
  /** The entry recorded no state. */
  | { readonly kind: 'none' }
  | { readonly kind: 'agrees' }
  /** A later entry says what the row is now. */
  | { readonly kind: 'later'; readonly index: number }
  | { readonly kind: 'differs' }
  | { readonly kind: 'gone' };

export interface EntryView {
  readonly origin: string;
  readonly index: number;
  /** Of the log. */
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly leaf: Result<Leaf, string>;
  readonly proof: EntryProof;
  readonly row: RowCheck;
  /** `null`: the entry names no evidence. */
  readonly evidence: 'agrees' | 'differs' | 'absent' | null;
}

/** `null` for an index that the log does not have. An entry whose row is gone is `broken`, with no bytes. */
export async function viewEntry(db: Db, index: number, states: readonly ReadStates[]): Promise<EntryView | null> {
  return db.snapshot(async (queries) => {
    const head = await readHead(queries);
    if (head === null || index >= head.size) return null;
    const { log, origin, size } = head;
    const [entry] = await readEntries(queries, log, index, index + 1);
    const bytes = entry?.leaf ?? new Uint8Array(0);
    const leaf = readLeaf(bytes);
    const proof = await proofOf(queries, log, index, bytes);
    const row: RowCheck = leaf.ok
      ? await checkRow(queries, { log, origin, size, index, leaf: leaf.value }, states)
      : NONE;
    const evidence = leaf.ok ? await checkEvidence(queries, leaf.value) : null;
    return { origin, index, size, bytes, leaf, proof, row, evidence };
  });
}

const NONE: RowCheck = { kind: 'none' };

async function proofOf(queries: Queries, log: number, index: number, bytes: Uint8Array): Promise<EntryProof> {
  const published = await publishedIn(queries);
  if (published === null || index >= published.checkpoint.size) return { kind: 'unsigned' };
  const { size, root } = published.checkpoint;
  const proof = await proveInclusion(index, size, tileReader(queries, log));
  return isIncluded({ leafHash: hashLeaf(bytes), index, size, root, proof })
    ? { kind: 'proven', proof, published }
    : { kind: 'broken', published };
}

interface Recorded {
  readonly log: number;
  readonly origin: string;
  readonly size: number;
  readonly index: number;
  readonly leaf: Leaf;
}

async function checkRow(
  queries: Queries,
  { log, origin, size, index, leaf: { subject, state } }: Recorded,
  states: readonly ReadStates[],
): Promise<RowCheck> {
  if (subject === null || state === null) return NONE;
  const filter = { type: null, subject, from: index + 1, to: size };
  for (const later of await findListed(queries, log, filter, MOST_LATER)) {
    const [entry] = await readEntries(queries, log, later, later + 1);
    const leaf = entry === undefined ? null : readLeaf(entry.leaf);
    if (leaf !== null && leaf.ok && leaf.value.state !== null) return { kind: 'later', index: later };
  }
  const rows: StateRow[] = [];
  for (const read of states) rows.push(...(await read(queries, subject)).filter((row) => row.subject === subject));
  const [row] = rows;
  if (row === undefined) return { kind: 'gone' };
  const agrees = rows.length === 1 && row.digest === state && row.index === index && row.origin === origin;
  return { kind: agrees ? 'agrees' : 'differs' };
}

/** Entries about a subject that record no state are few; where there are more behind it, the row decides. */
const MOST_LATER = 20;

async function checkEvidence(queries: Queries, { data }: Leaf): Promise<EntryView['evidence']> {
  const { evidence } = data;
  if (typeof evidence !== 'string') return null;
  const body = await readEvidence(queries, evidence);
  if (body === null) return 'absent';
  return sha256(body) === evidence ? 'agrees' : 'differs';
}

/** The bundle of one entry; `null` where it is not proven (yet). */
export async function entryBundle(db: Db, index: number): Promise<JsonObject | null> {
  return db.snapshot(async (queries) => {
    const head = await readHead(queries);
    const [entry] = head === null || index >= head.size ? [] : await readEntries(queries, head.log, index, index + 1);
    if (head === null || entry === undefined) return null;
    const proven = await proofOf(queries, head.log, index, entry.leaf);
    if (proven.kind !== 'proven') return null;
    const { published, proof } = proven;
    const { note, vkey } = published;
    return proofBundle({ origin: head.origin, index, leaf: entry.leaf, proof, note, vkey });
  });
}
