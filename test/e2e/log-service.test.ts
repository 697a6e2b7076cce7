/** The log of a running service: it begins by itself, is signed before the service ends, is published, and stops where it was rolled back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from '../support/canary.ts';
import { cleanEnv, temporaryFolder } from '../support/repository.ts';
import { type RunningService, startService } from '../support/service.ts';

const POLICY = '# Policy\n\nWe care.\n';

function holdfast(cwd: string, ...args: readonly string[]) {
  const bin = join(ROOT, 'bin', 'holdfast.cjs');
  return spawnSync(process.execPath, [bin, ...args], { cwd, env: cleanEnv, encoding: 'utf8', timeout: 60_000 });
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isSo(); tries++) await pause(20);
  assert.ok(isSo(), 'waited in vain');
}

const get = (service: RunningService, path: string) => fetch(`${service.origin}${path}`, { redirect: 'manual' });

describe('the log of a running service', () => {
  it('begins by itself, is signed when the service ends, and is served and published from then on', async () => {
    const cwd = temporaryFolder();
    const data = join(cwd, 'data');
    writeFileSync(join(cwd, 'SECURITY-POLICY.md'), POLICY);
    const first = await startService({ cwd, data });
    await until(() => existsSync(join(data, 'log.key')));
    assert.equal(await first.stop(), 0, first.errors());
    const note = readFileSync(join(data, 'log.checkpoint'), 'utf8');
    assert.match(note, /^holdfast\/[0-9a-f]{8}\n\d+\n/);
    const second = await startService({ cwd, data });
    try {
      const checkpoint = await get(second, '/.well-known/holdfast/checkpoint');
      assert.deepEqual([checkpoint.status, (await checkpoint.text()).split('\n')[0]], [200, note.split('\n')[0]]);
      const vkey = await (await get(second, '/.well-known/holdfast/log.vkey')).text();
      assert.equal(vkey, readFileSync(join(data, 'log.vkey'), 'utf8'));
      assert.equal((await get(second, '/log')).status, 303, 'entries are for people who are signed in');
      assert.equal((await get(second, '/api/v1/log/checkpoint')).status, 401);
    } finally {
      await second.stop();
    }
    assert.equal(holdfast(cwd, 'log', 'verify').status, 0);
    assert.equal(holdfast(cwd, 'publish', 'public').status, 0);
    const published = (name: string) => readFileSync(join(cwd, 'public', '.well-known', 'holdfast', name), 'utf8');
    const last = readFileSync(join(data, 'log.checkpoint'), 'utf8');
    assert.equal(published('checkpoint'), last);
    assert.ok(published('checkpoints').startsWith(`${JSON.stringify({ note: last, seen: null })}\n`));
    assert.equal(published('log.vkey'), readFileSync(join(data, 'log.vkey'), 'utf8'));
    const trusted = holdfast(cwd, 'log', 'verify', '--history', 'public/.well-known/holdfast/checkpoints');
    assert.match(trusted.stdout, /\d checkpoints? that you gave\n\nVERIFIED/);
  });

  it('stops where the database was put back, says so where it is asked, and does not end', async () => {
    const cwd = temporaryFolder();
    const data = join(cwd, 'data');
    writeFileSync(join(cwd, 'SECURITY-POLICY.md'), POLICY);
    holdfast(cwd, 'check', '--record');
    copyFileSync(join(data, 'holdfast.db'), join(cwd, 'old.db'));
    holdfast(cwd, 'check', '--record');
    for (const suffix of ['-wal', '-shm']) rmSync(join(data, `holdfast.db${suffix}`), { force: true });
    copyFileSync(join(cwd, 'old.db'), join(data, 'holdfast.db'));
    const service = await startService({ cwd, data });
    await until(() => service.errors().includes('log-stopped'));
    const ready = await get(service, '/readyz');
    assert.deepEqual(
      [ready.status, ((await ready.json()) as { checks: unknown }).checks],
      [503, { database: 'ready', log: 'not ready' }],
    );
    assert.equal((await get(service, '/healthz')).status, 200);
    assert.equal(await service.stop(), 0);
    assert.equal(service.errors().split('"log-stopped"').length - 1, 1, 'said once');
    const refused = holdfast(cwd, 'publish', 'public');
    assert.match(refused.stderr, /\[LOG_ROLLED_BACK\]/);
  });
});
