/** The key of an installation and erasures, as `holdfast serve` meets them at a start: the bundle in dist/, in processes of their own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Instant } from '../../src/lib/time.ts';
import { revealPersonal } from '../../src/log/personal.actions.ts';
import { ROOT } from '../support/canary.ts';
import { cleanEnv, temporaryFolder } from '../support/repository.ts';
import { startService } from '../support/service.ts';
import { inFolder, recordName } from '../support/vault.ts';

const PERSON = 'p-1f0c6a2b';

function holdfast(cwd: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin', 'holdfast.cjs'), ...args], {
    cwd,
    env: { ...cleanEnv, HOLDFAST_PORT: '0' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr, code: /\[([A-Z_]+)\]/.exec(stderr)?.[1] };
}

/** A data folder that a service was started in once, and in which Ada is stored. */
async function served() {
  const cwd = temporaryFolder();
  const data = join(cwd, 'data');
  const first = await startService({ cwd, data });
  assert.equal(await first.stop(), 0);
  const ada = await inFolder(data, (vault) => recordName(vault, PERSON, 'Ada Beispiel', Date.now() as Instant));
  assert.equal(holdfast(cwd, 'log', 'checkpoint').status, 0);
  const name = () => inFolder(data, ({ log, keys }) => revealPersonal(log.db, keys, [ada]));
  return { cwd, data, name };
}

describe('holdfast serve', () => {
  it('makes a key for itself, and never a second one for data that is encrypted', async () => {
    const { cwd, data, name } = await served();
    assert.equal(statSync(join(data, 'kek')).mode & 0o777, 0o600);
    assert.deepEqual(await name(), ['Ada Beispiel']);
    rmSync(join(data, 'kek'));
    const { status, code, stderr } = holdfast(cwd, 'serve');
    assert.deepEqual([status, code], [1, 'KEY_MISSING'], stderr);
    assert.match(stderr, /holdfast keys restore FILE/);
    assert.equal(readdirSync(data).includes('kek'), false);
  });

  it('goes on while its key is changed beside it', async () => {
    const { cwd, data, name } = await served();
    const service = await startService({ cwd, data });
    const rotated = holdfast(cwd, 'keys', 'rotate');
    assert.equal(rotated.status, 0, rotated.stderr);
    assert.equal((await fetch(`${service.origin}/readyz`)).status, 200);
    assert.equal(await service.stop(), 0);
    assert.deepEqual(await name(), ['Ada Beispiel']);
    const again = await startService({ cwd, data });
    assert.equal(await again.stop(), 0);
  });

  it('erases again whoever was erased, before it serves a database from before', async () => {
    const { cwd, data, name } = await served();
    assert.equal(holdfast(cwd, 'backup', 'old.gz').status, 0);
    assert.equal(holdfast(cwd, 'keys', 'erase', PERSON, '--yes').status, 0);
    assert.deepEqual(await name(), [null]);
    const restored = holdfast(cwd, 'restore', 'old.gz', '--data', 'elsewhere');
    assert.equal(restored.status, 0, restored.stderr);
    for (const each of readdirSync(data)) if (each.startsWith('holdfast.db')) rmSync(join(data, each));
    // By hand, past `holdfast restore`: the file of the database alone, as a person in a hurry does it.
    copyFileSync(join(cwd, 'elsewhere', 'holdfast.db'), join(data, 'holdfast.db'));
    assert.deepEqual(await name(), ['Ada Beispiel']);
    const reopened = holdfast(cwd, 'log', 'reopen', '--reason', 'The disk failed.');
    assert.equal(reopened.status, 0, reopened.stderr);
    const service = await startService({ cwd, data });
    assert.match(service.errors(), /"event":"erasures-replayed","erased":1,"recorded":1,"unrecorded":0/);
    assert.equal(await service.stop(), 0);
    assert.deepEqual(await name(), [null]);
  });
});
