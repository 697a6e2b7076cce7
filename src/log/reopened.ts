/**
 * `log.reopened`, the first entry of a log that follows another: what it says of the log before it.
 *
 * It is written by `reopenLog` (log.actions.ts), read by whoever verifies: by its root the new log covers the entries of the old one
 * that were still there (verify-earlier.ts). Document: docs/formats/log.md.
 */
import { base64, fromBase64 } from '../lib/bytes.ts';
import { isObject, type JsonObject } from '../lib/json.ts';
import type { Leaf } from './leaf.ts';
import { HASH_BYTES, type Hash, isTreeSize } from './merkle.ts';
import { parseVerifierKey, type VerifierKey } from './note.ts';

/** The type of the entry. */
export const REOPENED = 'log.reopened';

/** What the database held of a log when another one followed it. */
export interface Found {
  readonly origin: string;
  readonly size: number;
  /** Of the tree over its entries, RFC 6962 §2.1. */
  readonly root: Hash;
}

/** What came before a log. */
export type Before =
  /** No log, or none that the database still held. */
  | { readonly kind: 'nothing' }
  /** A log of which only the name and the size are known: entries of earlier versions of Holdfast hold no root. */
  | { readonly kind: 'uncovered' }
  | { readonly kind: 'covered'; readonly found: Found; readonly key: VerifierKey | null };

/** As `data.previous.database`. */
export const foundJson = ({ origin, size, root }: Found): JsonObject => ({ origin, size, root: base64(root) });

/** @param first Entry 0; `null` in a log without entries. */
export function logBefore(first: Leaf | null): Before {
  if (first?.type !== REOPENED) return { kind: 'nothing' };
  const { previous } = first.data;
  if (!isObject(previous)) return { kind: 'uncovered' };
  const { database, vkey } = previous;
  if (database === null) return { kind: 'nothing' };
  const found = readFound(database);
  if (found === null) return { kind: 'uncovered' };
  const key = typeof vkey === 'string' ? parseVerifierKey(vkey) : null;
  return { kind: 'covered', found, key: key?.ok === true ? key.value : null };
}

/** What is covered of the log in front; `null` where nothing is. */
export function foundBefore(first: Leaf | null): Found | null {
  const before = logBefore(first);
  return before.kind === 'covered' ? before.found : null;
}

/** Names that we make are much shorter; it goes into a query. */
const ORIGIN = /^[!-~]{1,256}$/;

function readFound(value: unknown): Found | null {
  if (!isObject(value)) return null;
  const { origin, size, root } = value;
  if (typeof origin !== 'string' || !ORIGIN.test(origin)) return null;
  if (typeof size !== 'number' || !isTreeSize(size) || typeof root !== 'string') return null;
  const hash = fromBase64(root);
  return hash?.length === HASH_BYTES ? { origin, size, root: hash } : null;
}
