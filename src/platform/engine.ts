/** What an open engine gives to db.ts; sqlite.ts and postgres.ts are the two there are. */
import type { Dialect } from 'kysely';
import type { Session } from './session.ts';

export type EngineName = 'sqlite' | 'postgres';

export interface Engine {
  readonly dialect: Omit<Dialect, 'createDriver'>;
  readonly openSession: () => Session;
  /** What does not stop us but weakens what is promised, one sentence each. */
  readonly warnings: readonly string[];
  /** May be called twice. */
  readonly close: () => Promise<void>;
}

/** Records which steps made the tables (migrations.ts); a file of SQLite that has tables but not this one is not ours. */
export const STEPS_TABLE = 'holdfast_migration';
