import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { forEachEngine, opener } from '../../test/support/engines.ts';
import { hour } from '../../test/support/evidence-log.ts';
import { assertRefused } from '../../test/support/refusal.ts';
import { newFolder, openVault, vaultFindings, vaultOf, type Vault } from '../../test/support/vault.ts';
import { fromUtf8 } from '../lib/bytes.ts';
import type { JsonObject } from '../lib/json.ts';
import { readLeaf } from '../log/leaf.ts';
import type { LogTables } from '../log/log-tables.ts';
import type { Db } from '../platform/db.ts';
import { formatKek, newKek, type Kek } from '../platform/encryption-key.ts';
import { isRotating, openKeyring } from '../platform/keyring.ts';
import { openTexts, sealText, type PersonalPlace, type SealedText } from '../platform/personal-data.ts';
import { systemRandom } from '../platform/random.ts';
import { keksInUse } from '../platform/subject-keys.ts';
import type { Keyring } from '../platform/wrapped-key.ts';
import { rotateKeys } from './rotate.actions.ts';

const placeOf = (subject: string): PersonalPlace => ({ subject, table: 'person', column: 'name', row: subject });
const PEOPLE = 1_203;

/** So many people, with their names as they are stored. */
async function fillPeople(db: Db, keys: Keyring, count: number): Promise<readonly SealedText[]> {
  return db.transaction(async (tx) => {
    const stored: SealedText[] = [];
    for (let at = 0; at < count; at++) {
      const place = placeOf(`p-${at}`);
      stored.push({ place, sealed: await sealText(tx, keys, systemRandom, place, `name ${at}`) });
    }
    return stored;
  });
}

const namesOf = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `name ${at}`);

/** The data of each entry `key.rotated`. */
async function rotations(db: Db): Promise<readonly JsonObject[]> {
  const rows = await db.tables<LogTables>().selectFrom('log_entry').select('leaf').orderBy('idx').execute();
  return rows.flatMap(({ leaf }) => {
    const read = readLeaf(leaf);
    assert.ok(read.ok, fromUtf8(leaf) ?? '');
    return read.value.type === 'key.rotated' ? [read.value.data] : [];
  });
}

const kekText = (kek: Kek): string => formatKek(kek).trimEnd();

forEachEngine((engine) => {
  describe('a rotation to a key that the settings name', () => {
    async function withTwoKeys() {
      const vault = await openVault(engine);
      const stored = await fillPeople(vault.log.db, vault.keys, 3);
      const next = newKek(systemRandom);
      const env = { HOLDFAST_KEK: kekText(next), HOLDFAST_PREVIOUS_KEK: kekText(vault.keys.current) };
      return { ...vault, stored, next, env, old: vault.keys.current };
    }

    it('wraps every key again, and says so in the log', async () => {
      const { log, stored, next, env, old, keys } = await withTwoKeys();
      assert.deepEqual(await rotateKeys(log, env, hour(1)), { ok: true, value: { current: next.id, rewrapped: 3 } });
      assert.deepEqual(await keksInUse(log.db), new Map([[next.id, 3]]));
      assert.deepEqual(await openTexts(log.db, { current: next, previous: [] }, stored), namesOf(3));
      await assertRefused(
        openKeyring({ env: { HOLDFAST_KEK: kekText(old) }, folder: log.folder }, log.db, log.random),
        'KEY_MISMATCH',
      );
      assert.deepEqual(await rotations(log.db), [{ from: [old.id], keys: 3, to: next.id }]);
      assert.deepEqual(await vaultFindings({ log, keys }), []);
    });

    it('has nothing to do the second time, and nothing without another key', async () => {
      const { log, next, env } = await withTwoKeys();
      await rotateKeys(log, env, hour(1));
      const refused = { ok: false, error: { code: 'no-other-key', current: next.id } };
      assert.deepEqual(await rotateKeys(log, env, hour(2)), refused);
      assert.deepEqual(await rotateKeys(log, { HOLDFAST_KEK: kekText(next) }, hour(2)), refused);
      assert.equal((await rotations(log.db)).length, 1);
    });

    it('stops at a key that was changed by hand, and leaves it as it is', async () => {
      const { log, env, stored, next, old } = await withTwoKeys();
      const table = log.db.tables<{ subject_key: { subject: string; dek: string } }>();
      const other = await table
        .selectFrom('subject_key')
        .select('dek')
        .where('subject', '=', 'p-0')
        .executeTakeFirstOrThrow();
      await table.updateTable('subject_key').set(other).where('subject', '=', 'p-1').execute();
      const refused = await assertRefused(rotateKeys(log, env, hour(1)), 'DATA_ALTERED');
      assert.match(refused.message, /the key of p-1 was changed/);
      const [first] = stored;
      assert.ok(first !== undefined);
      assert.deepEqual(await openTexts(log.db, { current: next, previous: [old] }, [first]), ['name 0']);
      assert.deepEqual(await rotations(log.db), []);
    });
  });
});

describe('a rotation in a data folder', () => {
  const open = opener();

  async function install(people: number): Promise<Vault & { readonly stored: readonly SealedText[] }> {
    const folder = newFolder();
    const db = await open({ engine: 'sqlite', path: join(folder, 'holdfast.db') });
    const { log } = await vaultOf(db, folder);
    const keys = await openKeyring({ env: {}, folder }, db, systemRandom);
    return { log, keys, stored: await fillPeople(db, keys, people) };
  }

  it('makes the new key, and a service that runs meanwhile reads and writes all along', async () => {
    const { log, keys, stored } = await install(PEOPLE);
    const old = keys.current.id;
    const lefts: number[] = [];
    const during: Promise<string>[] = [];
    const place = placeOf('p-new');
    await rotateKeys(log, {}, hour(1), (left) => {
      lefts.push(left);
      if (left === 703) during.push(log.db.transaction((tx) => sealText(tx, keys, systemRandom, place, 'New')));
    });
    assert.deepEqual(lefts, [703, 203, 0]);
    const [sealed = ''] = await Promise.all(during);
    assert.deepEqual(await openTexts(log.db, keys, [...stored, { place, sealed }]), [...namesOf(PEOPLE), 'New']);
    assert.notEqual(keys.current.id, old);
    assert.deepEqual(await keksInUse(log.db), new Map([[keys.current.id, PEOPLE + 1]]));
    assert.equal(isRotating(log.folder), false);
    assert.deepEqual(
      readdirSync(log.folder).filter((name) => name.startsWith('kek')),
      ['kek', `kek.${old}`],
    );
  });

  it('changes the key of an installation in which nobody is stored yet', async () => {
    const { log, keys } = await install(0);
    const old = keys.current.id;
    await rotateKeys(log, {}, hour(1));
    assert.notEqual(keys.current.id, old);
    assert.equal((await rotations(log.db)).length, 1);
  });

  for (const pieces of [0, 1, 2, 3]) {
    it(`that was killed after ${pieces} pieces opens everything, and is ended by the next run`, async () => {
      const { log, keys, stored } = await install(PEOPLE);
      const old = keys.current.id;
      await killRotation(log.folder, pieces);
      assert.deepEqual(await openTexts(log.db, keys, stored), namesOf(PEOPLE));
      const restarted = await openKeyring({ env: {}, folder: log.folder }, log.db, systemRandom);
      assert.deepEqual(await openTexts(log.db, restarted, stored), namesOf(PEOPLE));

      await rotateKeys(log, {}, hour(4));
      assert.deepEqual(await openTexts(log.db, keys, stored), namesOf(PEOPLE));
      assert.deepEqual(await keksInUse(log.db), new Map([[keys.current.id, PEOPLE]]));
      assert.deepEqual(await rotations(log.db), [{ from: [old], keys: PEOPLE, to: keys.current.id }], 'once');
      assert.equal(isRotating(log.folder), false);
    });
  }
});

async function killRotation(folder: string, pieces: number): Promise<void> {
  const program = join(import.meta.dirname, '..', '..', 'test', 'support', 'rotate-process.ts');
  const child = spawn(process.execPath, [program, folder, `${pieces}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'close');
  child.stdout.once('data', () => child.kill('SIGKILL'));
  assert.deepEqual(await gone, [null, 'SIGKILL']);
}
