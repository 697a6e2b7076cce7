import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forEachEngine, NO_POSTGRES, opener, sharedPostgres } from '../../test/support/engines.ts';
import { killWriters } from '../../test/support/kill-writers.ts';
import { openLedger } from '../../test/support/ledger.ts';
import { sql } from 'kysely';

/** Twenty kills for each engine; bench/kill-storage.bench.ts does five hundred. */
const ROUNDS = 5;
const WRITERS = 4;

forEachEngine((engine) => {
  it('has everything that was acknowledged, and no half of anything, when its writers are killed', async () => {
    const place = await engine.place();
    const db = await openLedger(await engine.open(place));
    for (let round = 0; round < ROUNDS; round++) {
      assert.ok((await killWriters(db, place, { count: WRITERS, round })) >= WRITERS);
    }
    if (engine.name === 'sqlite') {
      const { rows } = await sql`pragma integrity_check`.execute(db.tables());
      assert.deepEqual(rows, [{ integrity_check: 'ok' }]);
    }
  });
});

describe('on PostgreSQL', { skip: NO_POSTGRES }, () => {
  const openDatabase = opener();

  it('has everything that was acknowledged when the server is killed', async () => {
    const server = await sharedPostgres();
    const place = await server.createDatabase();
    const db = await openLedger(await openDatabase(place));
    for (let round = 0; round < 2; round++) {
      await killWriters(db, place, { count: WRITERS, round, also: () => server.crash() });
    }
  });
});
