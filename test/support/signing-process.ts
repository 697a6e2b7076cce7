/**
 * A process that signs the log until it is killed: `node signing-process.ts PLACE FOLDER NAME`, the place as JSON. Started by
 * signing.test.ts; it looks often, so that nobody waits.
 */
import { writeSync } from 'node:fs';
import type { Instant, Millis } from '../../src/lib/time.ts';
import { LogMemory } from '../../src/log/log-memory.actions.ts';
import { LogSigner } from '../../src/log/signing.jobs.ts';
import type { DatabasePlace } from '../../src/platform/database-place.ts';
import { openDatabase } from '../../src/platform/db.ts';
import { processTimers } from '../../src/platform/http.ts';
import { systemRandom } from '../../src/platform/random.ts';

const [place = '', folder = '', name = ''] = process.argv.slice(2);
const db = await openDatabase(JSON.parse(place) as DatabasePlace, { connections: 2 });
const log = { db, folder, random: systemRandom, memory: new LogMemory(true) };
const signer = new LogSigner(
  {
    log,
    now: () => Date.now() as Instant,
    timers: processTimers,
    report: (error) => void writeSync(2, `${error === null ? 'sound' : `${error.code} ${error.message}`}\n`),
  },
  name,
  { leaseMs: 1_000 as Millis, tickMs: 50 as Millis, atMostEvery: 0 as Millis },
);
signer.start();
process.once('SIGTERM', () => void signer.stop().then(() => db.close()));
