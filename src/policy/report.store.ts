/** Reports that were taken, and the newest of each product (policy-tables.ts). Taking one is report.actions.ts. */
import { sha256 } from '../lib/hash.ts';
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { PolicyTables } from './policy-tables.ts';

const tables = (queries: Queries) => queries.tables<PolicyTables>();

export interface TakenReport {
  /** SHA-256 of its RFC 8785 JSON. */
  readonly digest: string;
  readonly origin: string;
  readonly index: number;
  readonly receivedAt: Instant;
  /** What was answered, as JSON: the same report gets the same answer. */
  readonly answer: string;
}

export async function findReport(queries: Queries, digest: string): Promise<TakenReport | null> {
  const row = await tables(queries)
    .selectFrom('policy_report')
    .selectAll()
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    digest,
    origin: row.origin,
    index: row.idx,
    receivedAt: row.received_at as Instant,
    answer: row.answer,
  };
}

export async function insertReport(tx: Tx, { digest, origin, index, receivedAt, answer }: TakenReport): Promise<void> {
  const row = { digest, origin, idx: index, received_at: receivedAt, answer };
  await tables(tx).insertInto('policy_report').values(row).execute();
}

/** The newest report of a product. */
export interface StoredSource {
  /** `null`: of the whole house. */
  readonly product: string | null;
  /** The last entry about the product; it may be that of an older report, which changed nothing. */
  readonly origin: string;
  readonly index: number;
  /** RFC 8785 JSON; its SHA-256 is the entry's `state`. */
  readonly body: string;
}

/** What entries call the product. No id has an asterisk. */
export const sourceSubject = (product: string | null): string => `source:${product ?? '*'}`;

export async function readSources(queries: Queries): Promise<readonly StoredSource[]> {
  const rows = await tables(queries).selectFrom('policy_source').selectAll().orderBy('product').execute();
  return rows.map(sourceOf);
}

export async function readSource(queries: Queries, product: string | null): Promise<StoredSource | null> {
  const row = await tables(queries)
    .selectFrom('policy_source')
    .selectAll()
    .where('product', '=', product ?? '')
    .executeTakeFirst();
  return row === undefined ? null : sourceOf(row);
}

const sourceOf = ({ product, origin, idx, body }: PolicyTables['policy_source']): StoredSource => ({
  product: product === '' ? null : product,
  origin,
  index: idx,
  body,
});

export async function storeSource(tx: Tx, { product, origin, index, body }: StoredSource): Promise<void> {
  const row = { origin, idx: index, body };
  await tables(tx)
    .insertInto('policy_source')
    .values({ product: product ?? '', ...row })
    .onConflict((conflict) => conflict.column('product').doUpdateSet(row))
    .execute();
}

/** What `holdfast log verify` compares with the log. @param subject Only that one. */
export async function sourceStates(queries: Queries, subject?: string) {
  if (subject !== undefined && !subject.startsWith('source:')) return [];
  const sources = await readSources(queries);
  const states = sources.map(({ product, origin, index, body }) => ({
    subject: sourceSubject(product),
    origin,
    index,
    digest: sha256(body),
  }));
  return subject === undefined ? states : states.filter((state) => state.subject === subject);
}
