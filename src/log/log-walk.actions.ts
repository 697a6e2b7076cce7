/** Walking the whole log of a database, for what is made anew from it. */
import { sha256 } from '../lib/hash.ts';
import type { Queries } from '../platform/db.ts';
import { readLeaf, type Leaf } from './leaf.ts';
import { entriesOf } from './log-read.actions.ts';
import { readEvidence, readHead } from './log.store.ts';

export interface WalkedEntry {
  readonly index: number;
  readonly leaf: Leaf;
  /** What is stored under `data.evidence`, if it is there and is what its digest says. */
  readonly readEvidence: () => Promise<Uint8Array | null>;
}

/**
 * The entries of the log that grows, oldest first. Entries that are no leaves are left out: verifying finds them.
 *
 * @throws LOG_DAMAGED where entries are missing
 */
export async function* walkLog(queries: Queries): AsyncGenerator<WalkedEntry> {
  const head = await readHead(queries);
  if (head === null) return;
  let index = -1;
  for await (const bytes of entriesOf(queries, head.log, head.size)) {
    index += 1;
    const leaf = readLeaf(bytes);
    if (leaf.ok) yield { index, leaf: leaf.value, readEvidence: () => soundEvidence(queries, leaf.value) };
  }
}

async function soundEvidence(queries: Queries, { data }: Leaf): Promise<Uint8Array | null> {
  const { evidence } = data;
  const body = typeof evidence === 'string' ? await readEvidence(queries, evidence) : null;
  return body !== null && sha256(body) === evidence ? body : null;
}
