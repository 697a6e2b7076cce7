import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { forEachEngine, type TestEngine } from '../../test/support/engines.ts';
import { assertRefused } from '../../test/support/refusal.ts';
import { EPOCH } from '../lib/time.ts';
import type { Db } from './db.ts';
import { newKek } from './encryption-key.ts';
import { planRewrap, rewrapAll } from './key-rotation.ts';
import { migrate } from './migrations.ts';
import { openText, openTexts, sealText, type PersonalPlace } from './personal-data.ts';
import {
  erasedSubjects,
  eraseSubject,
  keksInUse,
  replaceSubjectKey,
  storedSubjectKeys,
  SUBJECT_KEYS,
} from './subject-keys.ts';
import type { Keyring } from './wrapped-key.ts';

const keys: Keyring = { current: newKek(randomBytes), previous: [] };
const name = (subject: string): PersonalPlace => ({ subject, table: 'person', column: 'name', row: subject });

async function openDb(engine: TestEngine): Promise<Db> {
  const db = await engine.open();
  await migrate(db, [SUBJECT_KEYS], EPOCH);
  return db;
}

const sealName = (db: Db, subject: string, text: string, ring = keys): Promise<string> =>
  db.transaction((tx) => sealText(tx, ring, randomBytes, name(subject), text));

forEachEngine((engine) => {
  describe('personal data', () => {
    it('comes back as it was, for each person under a key of their own', async () => {
      const db = await openDb(engine);
      const ada = await sealName(db, 'p-1', 'Ada Beispiel');
      const bo = await sealName(db, 'p-2', '');
      assert.equal(await openText(db, keys, name('p-1'), ada), 'Ada Beispiel');
      assert.deepEqual(
        await openTexts(db, keys, [
          { place: name('p-2'), sealed: bo },
          { place: name('p-1'), sealed: ada },
        ]),
        ['', 'Ada Beispiel'],
      );
      assert.notEqual(ada.split('.')[1], bo.split('.')[1]);
    });

    it('has one key for all values about a person, and another text each time', async () => {
      const db = await openDb(engine);
      const [first, second] = [await sealName(db, 'p-1', 'Ada'), await sealName(db, 'p-1', 'Ada')];
      assert.notEqual(first, second);
      assert.equal(first.split('.')[1], second.split('.')[1]);
      assert.equal((await storedSubjectKeys(db)).length, 1);
    });

    it('does not open in another row, column or table, or for another person, or with a changed byte', async () => {
      const db = await openDb(engine);
      const sealed = await sealName(db, 'p-1', 'Ada Beispiel');
      await sealName(db, 'p-2', 'Bo');
      const place = name('p-1');
      const swapped = sealed.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
      const attempts: readonly (readonly [PersonalPlace, string])[] = [
        [{ ...place, row: 'p-2' }, sealed],
        [{ ...place, column: 'email' }, sealed],
        [{ ...place, table: 'reporter' }, sealed],
        [{ ...place, subject: 'p-2' }, sealed],
        [{ ...place, subject: 'p-3' }, sealed],
        [place, swapped],
        [place, sealed.replace('v1.', 'v2.')],
        [place, `${sealed}.`],
        [place, ''],
        [place, 'Ada Beispiel'],
      ];
      for (const [where, text] of attempts) await assertRefused(openText(db, keys, where, text), 'DATA_ALTERED');
    });

    it('stays closed for who was erased, and nothing more is stored about them', async () => {
      const db = await openDb(engine);
      const ada = await sealName(db, 'p-1', 'Ada');
      const bo = await sealName(db, 'p-2', 'Bo');
      assert.equal(await db.transaction((tx) => eraseSubject(tx, 'p-1', EPOCH)), true);
      assert.equal(await db.transaction((tx) => eraseSubject(tx, 'p-1', EPOCH)), false);
      assert.equal(await openText(db, keys, name('p-1'), ada), null);
      assert.equal(await openText(db, keys, name('p-2'), bo), 'Bo');
      await assertRefused(sealName(db, 'p-1', 'Ada again'), 'SUBJECT_ERASED');
      assert.deepEqual(await erasedSubjects(db), [{ subject: 'p-1', at: EPOCH }]);
    });

    it('can be refused for a person of whom nothing was stored yet', async () => {
      const db = await openDb(engine);
      assert.equal(await db.transaction((tx) => eraseSubject(tx, 'p-9', EPOCH)), true);
      await assertRefused(sealName(db, 'p-9', 'Nine'), 'SUBJECT_ERASED');
    });

    it('says which key it is encrypted under when another one was given, and shows neither', async () => {
      const db = await openDb(engine);
      const sealed = await sealName(db, 'p-1', 'Ada');
      const other: Keyring = { current: newKek(randomBytes), previous: [] };
      const refused = await assertRefused(openText(db, other, name('p-1'), sealed), 'KEY_MISMATCH');
      assert.match(refused.message, new RegExp(`under the key ${keys.current.id}, .* is ${other.current.id}$`));
    });

    it('opens under the old and the new KEK while a rotation runs, and under the new one alone afterwards', async () => {
      const db = await openDb(engine);
      const sealed = await sealName(db, 'p-1', 'Ada');
      await sealName(db, 'p-2', 'Bo');
      const both: Keyring = { current: newKek(randomBytes), previous: [keys.current] };
      assert.deepEqual(await keksInUse(db), new Map([[keys.current.id, 2]]));
      await rewrapAll(both, planRewrap(both, await storedSubjectKeys(db)), randomBytes, (stored, next) =>
        db.transaction((tx) => replaceSubjectKey(tx, stored, next)),
      );
      assert.deepEqual(await keksInUse(db), new Map([[both.current.id, 2]]));
      assert.equal(await openText(db, { current: both.current, previous: [] }, name('p-1'), sealed), 'Ada');
      await assertRefused(openText(db, keys, name('p-1'), sealed), 'KEY_MISMATCH');
    });
  });
});
