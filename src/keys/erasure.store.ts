/** Who was erased, as the log recorded it (erasure-tables.ts). Erasing is erase.actions.ts. */
import { sha256 } from '../lib/hash.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { ErasureTables } from './erasure-tables.ts';

export interface StoredErasure {
  /** The opaque id of the person. */
  readonly subject: string;
  readonly origin: string;
  readonly index: number;
  /** RFC 8785 JSON; its SHA-256 is the entry's `state`. */
  readonly body: string;
}

/** As entries name it: apart from `person:…`, whose own row has another state. */
export const erasureOf = (subject: string): string => `erasure:${subject}`;

export async function storeErasure(tx: Tx, { subject, origin, index, body }: StoredErasure): Promise<void> {
  const row = { origin, idx: index, body };
  await tx
    .tables<ErasureTables>()
    .insertInto('erasure')
    .values({ subject, ...row })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet(row))
    .execute();
}

export async function readErasures(queries: Queries): Promise<readonly StoredErasure[]> {
  const rows = await queries.tables<ErasureTables>().selectFrom('erasure').selectAll().orderBy('subject').execute();
  return rows.map(({ subject, origin, idx, body }) => ({ subject, origin, index: idx, body }));
}

/** What `holdfast log verify` compares with the log. */
export async function erasureStates(queries: Queries) {
  const rows = await readErasures(queries);
  return rows.map(({ subject, origin, index, body }) => ({
    subject: erasureOf(subject),
    origin,
    index,
    digest: sha256(body),
  }));
}
