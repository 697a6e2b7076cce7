/** The latest recorded evaluation of each policy document (policy-tables.ts). Recording is record.actions.ts. */
import { sha256 } from '../lib/hash.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { PolicyTables } from './policy-tables.ts';

export interface StoredEvaluation {
  /** `policy:SECURITY-POLICY.md` */
  readonly subject: string;
  /** Of the log that recorded it, and the entry there. */
  readonly origin: string;
  readonly index: number;
  /** RFC 8785 JSON; its SHA-256 is the entry's `state`. */
  readonly body: string;
}

export async function storeEvaluation(tx: Tx, { subject, origin, index, body }: StoredEvaluation): Promise<void> {
  const row = { origin, idx: index, body };
  await tx
    .tables<PolicyTables>()
    .insertInto('policy_evaluation')
    .values({ subject, ...row })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet(row))
    .execute();
}

/** What `holdfast log verify` compares with the log: each row as it is now. @param subject Only that one. */
export async function evaluationStates(queries: Queries, subject?: string) {
  const all = queries.tables<PolicyTables>().selectFrom('policy_evaluation').selectAll();
  const rows = await (subject === undefined ? all : all.where('subject', '=', subject)).execute();
  return rows.map(({ subject, origin, idx, body }) => ({ subject, origin, index: idx, digest: sha256(body) }));
}
