import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { ROOT } from '../../test/support/canary.ts';
import { holdfast, type Said } from '../../test/support/project.ts';
import { temporaryFolder } from '../../test/support/repository.ts';
import { inFolder, recordName } from '../../test/support/vault.ts';
import type { PersonalDatum } from '../log/leaf.ts';
import { revealPersonal } from '../log/personal.actions.ts';
import { formatKek, newKek } from '../platform/encryption-key.ts';
import { systemRandom } from '../platform/random.ts';

const NOW = '2026-11-25T09:00:00Z';
const PASSPHRASE = 'sieben müde Otter suchen Regen';

/** A folder in which Ada is stored, a passphrase file, and what runs commands there. */
async function install() {
  const cwd = temporaryFolder();
  const passphrase = join(cwd, 'passphrase');
  writeFileSync(passphrase, `${PASSPHRASE}\n`, { mode: 0o600 });
  const run = (...args: readonly string[]): Promise<Said> =>
    holdfast(cwd, ['keys', ...args], NOW, { HOLDFAST_PASSPHRASE_FILE: passphrase });
  // The first use makes the tables and the key.
  assert.equal((await run('export', 'first.txt')).code, 0);
  const ada = await inFolder(join(cwd, 'data'), (vault) => recordName(vault, 'p-1', 'Ada Beispiel'));
  return { cwd, run, ada, kek: join(cwd, 'data', 'kek') };
}

const nameOf = (cwd: string, datum: PersonalDatum): Promise<readonly (string | null)[]> =>
  inFolder(join(cwd, 'data'), ({ log, keys }) => revealPersonal(log.db, keys, [datum]));

const idOf = ({ out }: Said): string => /\b[0-9a-f]{8}\b/.exec(out)?.[0] ?? assert.fail(out);

async function statusJson(run: (...args: readonly string[]) => Promise<Said>, ...args: readonly string[]) {
  const { out, err } = await run(...args, '--json');
  const answer: unknown = JSON.parse(out || assert.fail(err));
  const schema = JSON.parse(readFileSync(join(ROOT, 'docs', 'formats', 'keys.schema.json'), 'utf8')) as object;
  const validate = new Ajv({ allErrors: true }).compile(schema);
  assert.ok(validate(answer), JSON.stringify(validate.errors));
  return answer as Readonly<Record<string, unknown>>;
}

describe('holdfast keys status', () => {
  it('says which key protects what, and never shows it', async () => {
    const { run, kek } = await install();
    const said = await run('status');
    assert.equal(said.code, 0);
    assert.match(said.out, /^Key      [0-9a-f]{8}, from the file kek in data$/m);
    assert.match(said.out, /^People   1 key wrapped under it$/m);
    assert.ok(!said.out.includes(readFileSync(kek, 'utf8').trim()));
    const { source, current, wrapped } = await statusJson(run, 'status');
    assert.deepEqual([source, wrapped], ['folder', [{ key: current, people: 1 }]]);
  });

  it('makes neither a key nor a database where nothing was started yet', async () => {
    const cwd = temporaryFolder();
    const run = (...args: readonly string[]) => holdfast(cwd, ['keys', ...args]);
    assert.equal((await run('status')).out, 'No key yet: the first start makes one in data.\n');
    assert.equal((await statusJson(run, 'status'))['current'], null);
    assert.deepEqual(readdirSync(cwd), []);
  });

  it('says what stops a start', async () => {
    const { run, kek } = await install();
    chmodSync(kek, 0o640);
    const exposed = await run('status');
    assert.deepEqual([exposed.code, /\[KEY_EXPOSED\]/.test(exposed.err)], [1, true], exposed.err);
    rmSync(kek);
    const gone = await run('status');
    assert.match(gone.err, /is encrypted under the key [0-9a-f]{8}, and the key file kek of the data folder is gone/);
    assert.match(gone.err, /holdfast keys restore FILE.* \[KEY_MISSING\]/);
  });
});

describe('a key that is lost', () => {
  it('comes back from its recovery file and passphrase, and everything opens', async () => {
    const { cwd, run, ada, kek } = await install();
    const exported = await run('export', 'recovery.txt');
    assert.equal(exported.code, 0, exported.err);
    assert.equal(statSync(join(cwd, 'recovery.txt')).mode & 0o777, 0o600);
    const before = readFileSync(kek, 'utf8');
    rmSync(kek);
    assert.equal((await run('status')).code, 1);

    const restored = await run('restore', 'recovery.txt');
    assert.equal(restored.code, 0, restored.err);
    assert.equal(
      restored.out,
      `Wrote the key ${idOf(exported)} to the data folder data.\n1 key of people in the database is wrapped under it.\n`,
    );
    assert.equal(readFileSync(kek, 'utf8'), before);
    assert.deepEqual(await nameOf(cwd, ada), ['Ada Beispiel']);
  });

  it('can be written where a setting points', async () => {
    const { cwd, run, kek } = await install();
    await run('export', 'recovery.txt');
    const before = readFileSync(kek, 'utf8');
    assert.equal((await run('restore', 'recovery.txt', '--out', 'elsewhere')).code, 0);
    assert.equal(readFileSync(join(cwd, 'elsewhere'), 'utf8'), before);
    assert.equal(statSync(join(cwd, 'elsewhere')).mode & 0o777, 0o600);
  });

  it('stays lost without the passphrase, and nothing is written', async () => {
    const { cwd, run, kek } = await install();
    await run('export', 'recovery.txt');
    rmSync(kek);
    writeFileSync(join(cwd, 'passphrase'), 'another one that is long\n');
    const refused = await run('restore', 'recovery.txt');
    assert.deepEqual([refused.code, refused.out], [2, '']);
    assert.match(refused.err, /the passphrase is not the one of this file, or the file was changed/);
    assert.equal(existsSync(kek), false);
  });

  it('is not written over a file', async () => {
    const { cwd, run } = await install();
    writeFileSync(join(cwd, 'recovery.txt'), 'a letter');
    const refused = await run('export', 'recovery.txt');
    assert.deepEqual([refused.code, /\[FILE_EXISTS\]/.test(refused.err)], [1, true]);
    assert.equal(readFileSync(join(cwd, 'recovery.txt'), 'utf8'), 'a letter');
  });

  it('says when the recovery file is that of another installation', async () => {
    const { cwd, run } = await install();
    const other = await install();
    await other.run('export', 'recovery.txt');
    renameSync(join(other.cwd, 'recovery.txt'), join(cwd, 'recovery.txt'));
    const said = await run('restore', 'recovery.txt');
    assert.match(said.out, /^Nothing in the database is encrypted under it/m);
    assert.equal((await run('status')).code, 0, 'the key in use is in use still');
  });
});

describe('the passphrase', () => {
  it('is taken from no argument, and missed where nobody can be asked', async () => {
    const { cwd } = await install();
    const refused = await holdfast(cwd, ['keys', 'export', 'recovery.txt']);
    assert.deepEqual([refused.code, /\[PASSPHRASE_MISSING\]/.test(refused.err)], [1, true], refused.err);
    assert.equal((await holdfast(cwd, ['keys', 'export', 'recovery.txt', PASSPHRASE])).code, 64);
    assert.equal((await holdfast(cwd, ['keys', 'export', 'recovery.txt', '--passphrase', PASSPHRASE])).code, 64);
  });

  it('is refused when it is short, or when others can read its file', async () => {
    const { cwd, run } = await install();
    writeFileSync(join(cwd, 'passphrase'), 'müde Otter 14\n');
    assert.match((await run('export', 'recovery.txt')).err, /fewer than 15 characters/);
    writeFileSync(join(cwd, 'passphrase'), PASSPHRASE);
    chmodSync(join(cwd, 'passphrase'), 0o644);
    const exposed = await run('export', 'recovery.txt');
    assert.match(exposed.err, /\[KEY_EXPOSED\]/);
    assert.ok(!exposed.err.includes('Otter'));
    assert.equal(existsSync(join(cwd, 'recovery.txt')), false);
  });
});

describe('holdfast keys rotate', () => {
  it('goes over to a new key, and the old recovery file is for older backups only', async () => {
    const { cwd, run, ada } = await install();
    const old = idOf(await run('export', 'recovery.txt'));
    const { current, rewrapped, wrapped } = await statusJson(run, 'rotate');
    assert.notEqual(current, old);
    assert.deepEqual([rewrapped, wrapped], [1, [{ key: current, people: 1 }]]);
    assert.deepEqual(await nameOf(cwd, ada), ['Ada Beispiel']);
    assert.match((await run('status')).out, new RegExp(`^Earlier  ${old}$`, 'm'));
    assert.match((await holdfast(cwd, ['log', 'list'])).out, /key\.rotated/);
  });

  it('asks for the other key where settings name one', async () => {
    const { cwd } = await install();
    const kek = formatKek(newKek(systemRandom)).trim();
    const refused = await holdfast(cwd, ['keys', 'rotate', '--data', 'fresh'], NOW, { HOLDFAST_KEK: kek });
    assert.equal(refused.code, 2);
    assert.match(refused.err, /HOLDFAST_PREVIOUS_KEK_FILE/);
    assert.ok(!refused.err.includes(kek));
  });
});

describe('holdfast keys erase', () => {
  it('erases a person for good, when it is meant', async () => {
    const { cwd, run, ada } = await install();
    assert.equal((await run('erase', 'p-1')).code, 64);
    assert.deepEqual(await nameOf(cwd, ada), ['Ada Beispiel']);
    assert.equal((await run('erase', 'p-1', '--yes')).code, 0);
    assert.deepEqual(await nameOf(cwd, ada), [null]);
    const again = await run('erase', 'p-1', '--yes');
    assert.deepEqual([again.code, again.err], [2, 'holdfast: p-1 was not erased: they were erased before\n']);
    assert.equal((await holdfast(cwd, ['log', 'verify'])).code, 0);
  });
});
