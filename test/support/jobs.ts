/** Databases for the tests of jobs, leases and schedules. */
import { EPOCH } from '../../src/lib/time.ts';
import type { DatabasePlace } from '../../src/platform/database-place.ts';
import type { Db } from '../../src/platform/db.ts';
import { JOBS } from '../../src/platform/jobs-table.ts';
import { migrate } from '../../src/platform/migrations.ts';
import type { TestEngine } from './engines.ts';
import { ledger, LEDGER } from './ledger.ts';

export interface JobsDatabase {
  readonly place: DatabasePlace;
  readonly db: Db;
}

export async function newJobsDatabase(engine: TestEngine): Promise<JobsDatabase> {
  const place = await engine.place();
  const db = await engine.open(place);
  await migrate(db, [JOBS, LEDGER], EPOCH);
  return { place, db };
}

/** One database for a suite, because PostgreSQL takes a while to make one; emptied for each test. */
export function jobsDatabase(engine: TestEngine): () => Promise<JobsDatabase> {
  let made: Promise<JobsDatabase> | null = null;
  return async () => {
    made ??= newJobsDatabase(engine);
    const { db } = await made;
    for (const table of ['job', 'lease', 'schedule', 'entry'] as const) {
      await db.tables<Record<typeof table, object>>().deleteFrom(table).execute();
    }
    await ledger(db).updateTable('account').set({ balance: 0 }).execute();
    return made;
  };
}
