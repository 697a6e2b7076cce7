/**
 * What processes that share a database tell each other about the log: its public key, and why it stopped (log-tables.ts). It decides
 * nothing about what is true: whoever holds a key or a checkpoint of their own believes that (log-guard.actions.ts).
 */
import type { Instant } from '../lib/time.ts';
import type { Queries, Tx } from '../platform/db.ts';
import type { LogTables } from './log-tables.ts';

/** Why the process that signs does not go on. */
export interface LogStop {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly since: Instant;
}

/** A log has one key for ever, so what stands there stays. */
export async function insertVerifierKey(tx: Tx, log: number, vkey: string): Promise<void> {
  await tx
    .tables<LogTables>()
    .insertInto('log_vkey')
    .values({ log, vkey })
    .onConflict((conflict) => conflict.column('log').doNothing())
    .execute();
}

export async function readVerifierKeyOf(queries: Queries, log: number): Promise<string | null> {
  const row = await queries
    .tables<LogTables>()
    .selectFrom('log_vkey')
    .select('vkey')
    .where('log', '=', log)
    .executeTakeFirst();
  return row?.vkey ?? null;
}

/** The one that stopped first; `null` where the log goes on. */
export async function readStop(queries: Queries): Promise<LogStop | null> {
  const row = await queries
    .tables<LogTables>()
    .selectFrom('log_stop')
    .selectAll()
    .orderBy('since')
    .orderBy('holder')
    .limit(1)
    .executeTakeFirst();
  return row === undefined
    ? null
    : { code: row.code, message: row.message, hint: row.hint, since: row.since as Instant };
}

/** Says why `holder` stopped, again and again while it is so. The moment at which it stopped first stays. */
export async function writeStop(tx: Tx, holder: string, stop: Omit<LogStop, 'since'>, now: Instant): Promise<void> {
  const { code, message, hint } = stop;
  const said = { code, message, hint, told_at: now };
  await tx
    .tables<LogTables>()
    .insertInto('log_stop')
    .values({ holder, ...said, since: now })
    .onConflict((conflict) => conflict.column('holder').doUpdateSet(said))
    .execute();
}

/** `holder` goes on; and what nobody has said again since `before` came from a process that is gone. */
export async function clearStops(tx: Tx, holder: string, before: Instant): Promise<void> {
  await tx
    .tables<LogTables>()
    .deleteFrom('log_stop')
    .where((e) => e.or([e('holder', '=', holder), e('told_at', '<', before)]))
    .execute();
}
