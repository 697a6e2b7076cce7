/** `holdfast serve` as people start it: the bundle in dist/, in a process of its own, asked over loopback. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from '../support/canary.ts';
import { cleanEnv, temporaryFolder } from '../support/repository.ts';
import { startService } from '../support/service.ts';

const refused = (env: Readonly<Record<string, string>>) => {
  const folder = temporaryFolder();
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin', 'holdfast.cjs'), 'serve'], {
    cwd: folder,
    env: { ...cleanEnv, ...env },
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, code: /\[([A-Z_]+)\]/.exec(stderr)?.[1] };
};

describe('holdfast serve', () => {
  it('serves on a free port, is alive and ready, and ends when asked', async () => {
    const folder = temporaryFolder();
    const service = await startService({ cwd: folder, data: join(folder, 'data') });
    for (const probe of ['/healthz', '/readyz']) assert.equal((await fetch(`${service.origin}${probe}`)).status, 200);
    const front = await fetch(`${service.origin.replace('localhost', '127.0.0.1')}/readyz?x`, { redirect: 'manual' });
    assert.equal(front.status, 200, 'balancers ask by address');
    assert.equal(await service.stop(), 0);
  });

  it('says everything as one JSON line each, where no person watches', async () => {
    const folder = temporaryFolder();
    const service = await startService({ cwd: folder, data: join(folder, 'data') });
    await fetch(`${service.origin}/people/anke?q=secret`, { redirect: 'manual' });
    await service.stop();
    const events = service
      .errors()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; route?: string });
    assert.deepEqual([events[0]?.event, events.at(-1)?.event], ['started', 'stopping']);
    assert.doesNotMatch(service.errors(), /secret|anke|127\.0\.0\.1/);
  });

  it('refuses to start where others would reach it in the clear', () => {
    assert.deepEqual(refused({ HOLDFAST_HOST: '0.0.0.0' }), { status: 1, code: 'LISTENER_CLEARTEXT' });
  });

  it('refuses a PostgreSQL elsewhere without verified TLS', () => {
    const { status, code } = refused({ HOLDFAST_DATABASE_URL: 'postgres://holdfast@db.example/holdfast' });
    assert.deepEqual({ status, code }, { status: 1, code: 'DB_INSECURE' });
  });

  it('ends when it cannot serve after all, instead of keeping the port', () => {
    const env = { HOLDFAST_PORT: '0', HOLDFAST_URL: 'https://192.0.2.1', HOLDFAST_TLS_PROXY: '127.0.0.1' };
    assert.deepEqual(refused(env), { status: 1, code: 'SETTING_INVALID' });
  });
});
