import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { forEachEngine, type TestEngine } from '../../test/support/engines.ts';
import { assertRefused } from '../../test/support/refusal.ts';
import { EPOCH } from '../lib/time.ts';
import type { Db } from '../platform/db.ts';
import { newKek } from '../platform/encryption-key.ts';
import { migrate } from '../platform/migrations.ts';
import { eraseSubject, SUBJECT_KEYS } from '../platform/subject-keys.ts';
import type { Keyring } from '../platform/wrapped-key.ts';
import type { PersonalDatum } from './leaf.ts';
import { LOG_PERSONAL_TABLES, type PersonalTables } from './personal-tables.ts';
import { commitPersonal, erasePersonal, revealPersonal } from './personal.actions.ts';

const keys: Keyring = { current: newKek(randomBytes), previous: [] };

async function openDb(engine: TestEngine): Promise<Db> {
  const db = await engine.open();
  await migrate(db, [SUBJECT_KEYS, LOG_PERSONAL_TABLES], EPOCH);
  return db;
}

const commitName = (db: Db, subject: string, value: string): Promise<PersonalDatum> =>
  db.transaction((tx) => commitPersonal(tx, keys, randomBytes, { subject, field: 'name', value }));

forEachEngine((engine) => {
  describe('personal data of the log', () => {
    it('is a commitment in the entry, under another one for the same value, and can be shown', async () => {
      const db = await openDb(engine);
      const [one, same, other] = [
        await commitName(db, 'p-1', 'Ada'),
        await commitName(db, 'p-1', 'Ada'),
        await commitName(db, 'p-2', 'Bo'),
      ];
      assert.match(one.c, /^[0-9a-f]{64}$/);
      assert.deepEqual({ f: one.f, k: one.k }, { f: 'name', k: 'p-1' });
      assert.notEqual(one.c, same.c);
      assert.deepEqual(await revealPersonal(db, keys, [other, one, same]), ['Bo', 'Ada', 'Ada']);
    });

    it('is nowhere in clear', async () => {
      const db = await openDb(engine);
      await commitName(db, 'p-1', 'Ada Beispiel');
      const rows = await db.tables<PersonalTables>().selectFrom('log_personal').selectAll().execute();
      assert.equal(rows.length, 1);
      assert.doesNotMatch(JSON.stringify(rows), /\bAda\b|Beispiel/);
    });

    it('is gone for who was erased, and stays for the others', async () => {
      const db = await openDb(engine);
      const ada = await commitName(db, 'p-1', 'Ada');
      const bo = await commitName(db, 'p-2', 'Bo');
      await db.transaction(async (tx) => {
        await eraseSubject(tx, 'p-1', EPOCH);
        await erasePersonal(tx, 'p-1');
      });
      assert.deepEqual(await revealPersonal(db, keys, [ada, bo]), [null, 'Bo']);
      const rows = await db.tables<PersonalTables>().selectFrom('log_personal').select('subject').execute();
      assert.deepEqual(rows, [{ subject: 'p-2' }]);
    });

    it('is refused when its row is gone without an erasure, or holds the value of another entry', async () => {
      const db = await openDb(engine);
      const [one, two] = [await commitName(db, 'p-1', 'Ada'), await commitName(db, 'p-1', 'Adele')];
      const table = db.tables<PersonalTables>();
      const stolen = await table.selectFrom('log_personal').select('sealed').where('commitment', '=', two.c).execute();
      await table
        .updateTable('log_personal')
        .set({ sealed: stolen[0]?.sealed ?? '' })
        .where('commitment', '=', one.c)
        .execute();
      await assertRefused(revealPersonal(db, keys, [one]), 'DATA_ALTERED');
      await table.deleteFrom('log_personal').execute();
      await assertRefused(revealPersonal(db, keys, [two]), 'DATA_ALTERED');
    });
  });
});
