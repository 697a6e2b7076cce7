import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { NO_POSTGRES, opener, sharedPostgres, temporaryFolder } from '../../test/support/engines.ts';
import { assertRefused } from '../../test/support/refusal.ts';
import { CANNOT_MOUNT, fillDisk, onSmallDisk } from '../../test/support/small-disk.ts';
import { unprivileged } from '../../test/support/unprivileged.ts';
import { EPOCH } from '../lib/time.ts';
import type { Db } from './db.ts';
import { newKek, parseKek, withKeyBytes, type Kek } from './encryption-key.ts';
import { beginRotation, endRotation, isRotating, openKeyring, restoreKey } from './keyring.ts';
import { migrate } from './migrations.ts';
import { openText, sealText } from './personal-data.ts';
import { eraseSubject, SUBJECT_KEYS } from './subject-keys.ts';

const KEY = Buffer.alloc(32, 'key of a test').toString('base64');
const place = { subject: 'p-1', table: 'person', column: 'name', row: 'p-1' };

const open = opener();
const root = temporaryFolder();
let folders = 0;

interface Installation {
  readonly db: Db;
  readonly folder: string;
}

async function install(): Promise<Installation> {
  const folder = join(root, `${++folders}`);
  mkdirSync(folder, { mode: 0o700 });
  const db = await open({ engine: 'sqlite', path: join(folder, 'holdfast.db') });
  await migrate(db, [SUBJECT_KEYS], EPOCH);
  return { db, folder };
}

const start = ({ db, folder }: Installation, env = {}) => openKeyring({ env, folder }, db, randomBytes);

/** An installation that holds a name. */
async function installUsed() {
  const used = await install();
  const keys = await start(used);
  const sealed = await used.db.transaction((tx) => sealText(tx, keys, randomBytes, place, 'Ada'));
  return { ...used, keys, sealed };
}

const keyFiles = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.startsWith('kek'));
const fileKey = (folder: string, name: string): Kek => {
  const kek = parseKek(readFileSync(join(folder, name), 'utf8'));
  assert.ok(kek.ok);
  return kek.value;
};
const hexOf = ({ key }: Kek): string => withKeyBytes(key, (bytes) => Buffer.from(bytes).toString('hex'));

describe('the keys of a data folder', () => {
  it('are made by the first start, for their owner only, and are the same at the next one', async () => {
    const installation = await install();
    const { current, previous } = await start(installation);
    assert.deepEqual(keyFiles(installation.folder), ['kek']);
    assert.equal(statSync(join(installation.folder, 'kek')).mode & 0o777, 0o600);
    assert.equal((await start(installation)).current.id, current.id);
    assert.deepEqual(previous, []);
    assert.notEqual((await start(await install())).current.id, current.id, 'each installation has its own');
  });

  it('are one key when two processes start at once', async () => {
    const installation = await install();
    const [one, other] = await Promise.all([start(installation), start(installation)]);
    assert.equal(one.current.id, other.current.id);
    assert.deepEqual(keyFiles(installation.folder), ['kek']);
  });

  it('are not made anew where data is encrypted: the way back is named', async () => {
    const installation = await installUsed();
    const { id } = installation.keys.current;
    rmSync(join(installation.folder, 'kek'));
    const refused = await assertRefused(start(installation), 'KEY_MISSING');
    assert.match(refused.message, new RegExp(`under the key ${id}`));
    assert.match(refused.hint, /holdfast keys restore FILE/);
    assert.deepEqual(keyFiles(installation.folder), []);
  });

  it('are made anew when everybody was erased, because nothing is left to open', async () => {
    const { db, folder } = await installUsed();
    await db.transaction((tx) => eraseSubject(tx, 'p-1', EPOCH));
    rmSync(join(folder, 'kek'));
    await start({ db, folder });
    assert.deepEqual(keyFiles(folder), ['kek']);
  });

  it('are refused when they are the wrong ones', async () => {
    const installation = await installUsed();
    rmSync(join(installation.folder, 'kek'));
    restoreKey(installation.folder, newKek(randomBytes), randomBytes);
    await assertRefused(start(installation), 'KEY_MISMATCH');
    await assertRefused(start(installation, { HOLDFAST_KEK: KEY }), 'KEY_MISMATCH');
  });

  it('are refused when others may read them', { skip: process.platform === 'win32' }, async () => {
    const installation = await installUsed();
    chmodSync(join(installation.folder, 'kek'), 0o644);
    const refused = await assertRefused(start(installation), 'KEY_EXPOSED');
    assert.match(refused.hint, /chmod 600/);
  });

  it('are not looked at when a setting names a key, also where that one is missing', async () => {
    const installation = await install();
    assert.equal((await start(installation, { HOLDFAST_KEK: KEY })).previous.length, 0);
    await assertRefused(start(installation, { HOLDFAST_KEK_FILE: join(root, 'nowhere') }), 'KEY_MISSING');
    await assertRefused(start(installation, { HOLDFAST_KEK: '' }), 'KEY_MISSING');
    await assertRefused(start(installation, { HOLDFAST_PREVIOUS_KEK: KEY }), 'KEY_MISSING');
    assert.deepEqual(keyFiles(installation.folder), []);
  });

  it('are refused, not made, where the folder cannot be written or entered', {
    skip: process.platform === 'win32',
  }, async () => {
    const installation = await install();
    for (const above of [root, installation.folder]) chmodSync(above, 0o555);
    await assertRefused(
      unprivileged(() => start(installation)),
      'FILE_UNWRITABLE',
    );
    chmodSync(installation.folder, 0o000);
    await assertRefused(
      unprivileged(() => start(installation)),
      'FILE_UNREADABLE',
    );
    for (const above of [installation.folder, root]) chmodSync(above, 0o700);
  });

  it('are made whole or not at all on a full disk', { skip: CANNOT_MOUNT }, async () => {
    const { db } = await install();
    const folder = join(root, 'full');
    await onSmallDisk(folder, 64, async () => {
      fillDisk(folder);
      await assertRefused(start({ db, folder }), 'FILE_UNWRITABLE');
      assert.deepEqual(readdirSync(folder), ['filler']);
      rmSync(join(folder, 'filler'));
      assert.equal((await start({ db, folder })).previous.length, 0);
    });
  });

  it('follow a rotation that another process makes, and keep the old key under its id', async () => {
    const { db, folder, keys, sealed } = await installUsed();
    const old = keys.current;
    beginRotation(folder, randomBytes);
    beginRotation(folder, randomBytes);
    assert.equal(isRotating(folder), true);
    const next = fileKey(folder, 'kek.next');
    assert.equal(keys.current.id, next.id, 'new keys are wrapped under the new one at once');
    assert.equal(await openText(db, keys, place, sealed), 'Ada');
    endRotation(folder);
    assert.equal(isRotating(folder), false);
    assert.equal(hexOf(fileKey(folder, 'kek')), hexOf(next));
    assert.equal(hexOf(fileKey(folder, `kek.${old.id}`)), hexOf(old));
    assert.deepEqual([keys.current.id, keys.previous.map(({ id }) => id)], [next.id, [old.id]]);
    assert.equal(await openText(db, keys, place, sealed), 'Ada', 'also what came back with an older backup');
  });

  it('end a rotation that was killed between its two last steps', async () => {
    const { folder, keys } = await installUsed();
    beginRotation(folder, randomBytes);
    const old = keys.previous[0]?.id ?? '';
    writeFileSync(join(folder, `kek.${old}`), readFileSync(join(folder, 'kek')), { mode: 0o600 });
    endRotation(folder);
    assert.deepEqual(keyFiles(folder).toSorted(), ['kek', `kek.${old}`]);
  });

  it('come back from a recovery beside a key that is in use, under the id', async () => {
    const { folder, keys, sealed, db } = await installUsed();
    const lost = keys.current;
    renameSync(join(folder, 'kek'), join(root, `lost-${folders}`));
    restoreKey(folder, newKek(randomBytes), randomBytes);
    restoreKey(folder, lost, randomBytes);
    assert.ok(existsSync(join(folder, `kek.${lost.id}`)));
    assert.equal(await openText(db, await start({ db, folder }), place, sealed), 'Ada');
    const current = fileKey(folder, 'kek');
    assert.throws(() => restoreKey(folder, current, randomBytes), { code: 'FILE_EXISTS' });
  });

  it('leave nothing of a person who was erased in the file of the database', async () => {
    const { db, folder } = await installUsed();
    const wrapped = await db
      .tables<{ subject_key: { dek: string } }>()
      .selectFrom('subject_key')
      .select('dek')
      .executeTakeFirstOrThrow();
    const file = join(folder, 'holdfast.db');
    await db.transaction((tx) => eraseSubject(tx, 'p-1', EPOCH));
    await db.close();
    const bytes = readFileSync(file);
    const pieces = Array.from({ length: wrapped.dek.length - 24 - 12 }, (_, at) => wrapped.dek.slice(12 + at, 36 + at));
    assert.deepEqual(
      pieces.filter((piece) => bytes.includes(piece)),
      [],
    );
  });
});

describe('the keys of a PostgreSQL', { skip: NO_POSTGRES }, () => {
  it('are never made by a process of its own, and are taken from the settings', async () => {
    const db = await open(await (await sharedPostgres()).createDatabase());
    await migrate(db, [SUBJECT_KEYS], EPOCH);
    const folder = join(root, 'postgres');
    mkdirSync(folder, { mode: 0o700 });
    const refused = await assertRefused(start({ db, folder }), 'KEY_MISSING');
    assert.match(refused.hint, /HOLDFAST_KEK_FILE/);
    assert.deepEqual(keyFiles(folder), []);
    assert.equal((await start({ db, folder }, { HOLDFAST_KEK: KEY })).previous.length, 0);
  });
});
