/** Tables for the tests of storage: an account with a balance, and an entry for each of its changes. */
import { EPOCH } from '../../src/lib/time.ts';
import type { Db, Queries, Tx } from '../../src/platform/db.ts';
import { migrate, type MigrationList } from '../../src/platform/migrations.ts';

export interface LedgerTables {
  account: { id: string; balance: number };
  entry: { account_id: string; number: number; note: string; proof: Uint8Array | null };
}

export const LEDGER: MigrationList = {
  feature: 'ledger',
  migrations: [
    {
      name: 'accounts',
      statements: [
        'create table account (id :text primary key, balance :integer not null check (balance >= 0))',
        "insert into account values ('cash', 0)",
      ],
    },
    {
      name: 'entries',
      statements: [
        'create table entry (account_id :text not null references account (id), number :integer not null, ' +
          'note :text not null, proof :bytes, primary key (account_id, number))',
      ],
    },
  ],
};

export const ledger = (queries: Queries) => queries.tables<LedgerTables>();

export async function openLedger(db: Db): Promise<Db> {
  await migrate(db, [LEDGER], EPOCH);
  return db;
}

/** Reads, then writes what it computed: wrong as soon as two of them interleave. `between` runs in the middle. */
export async function deposit(tx: Tx, id: string, note: string, between?: () => Promise<unknown>): Promise<number> {
  const { balance } = await ledger(tx)
    .selectFrom('account')
    .select('balance')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  await between?.();
  const number = balance + 1;
  await ledger(tx).updateTable('account').set({ balance: number }).where('id', '=', id).execute();
  await ledger(tx).insertInto('entry').values({ account_id: id, number, note, proof: null }).execute();
  return number;
}

export async function balanceOf(queries: Queries, id = 'cash'): Promise<number | null> {
  const row = await ledger(queries).selectFrom('account').select('balance').where('id', '=', id).executeTakeFirst();
  return row?.balance ?? null;
}
