/**
 * A process that writes until it is killed, and says after each commit that it is stored:
 * `node storage-writer.ts PLACE WRITER` with the place as JSON. Started by kill-writers.ts.
 */
import { writeSync } from 'node:fs';
import type { DatabasePlace } from '../../src/platform/database-place.ts';
import { openDatabase } from '../../src/platform/db.ts';
import { HoldfastError } from '../../src/lib/errors.ts';
import { deposit, ledger } from './ledger.ts';

const [place = '', writer = ''] = process.argv.slice(2);
const STDOUT = 1;

const db = await openDatabase(JSON.parse(place) as DatabasePlace, { connections: 1 });
await ledger(db).insertInto('account').values({ id: writer, balance: 0 }).execute();
try {
  for (;;) {
    const number = await db.transaction((tx) => deposit(tx, writer, 'x'.repeat(200)));
    writeSync(STDOUT, `${number}\n`);
  }
} catch (error) {
  // The server was killed: what was acknowledged counts, this transaction does not.
  if (!(error instanceof HoldfastError)) throw error;
  process.exit(0);
}
