/**
 * A process that runs jobs until it is killed: `node job-process.ts PLACE WORKER` with the place as JSON. A job `quick` leaves
 * an entry in the ledger; a job `hang` says that it has begun and never ends. Started by job-worker.test.ts.
 */
import { writeSync } from 'node:fs';
import type { Instant, Millis } from '../../src/lib/time.ts';
import type { DatabasePlace } from '../../src/platform/database-place.ts';
import { openDatabase } from '../../src/platform/db.ts';
import { processTimers } from '../../src/platform/http.ts';
import { Worker, type JobHandlers } from '../../src/platform/job-worker.ts';
import { deposit } from './ledger.ts';

const [place = '', name = ''] = process.argv.slice(2);
const STDOUT = 1;
const LIMIT_MS = 60_000 as Millis;

const db = await openDatabase(JSON.parse(place) as DatabasePlace, { connections: 3 });
const handlers: JobHandlers = new Map([
  [
    'quick',
    {
      limitMs: LIMIT_MS,
      run: async ({ id }) => {
        await db.transaction((tx) => deposit(tx, 'cash', `job ${id}`));
      },
    },
  ],
  [
    'hang',
    {
      limitMs: LIMIT_MS,
      run: async ({ id }) => {
        writeSync(STDOUT, `${id}\n`);
        await new Promise(() => undefined);
      },
    },
  ],
]);
const now = (): Instant => Date.now() as Instant;
const report = (event: unknown): void => void writeSync(2, `${JSON.stringify(event)}\n`);
const world = { db, now, timers: processTimers, report };
new Worker(world, handlers, {
  name,
  concurrency: 2,
  leaseMs: 30_000 as Millis,
  pollMs: 20 as Millis,
}).start();
