/** `holdfast people rescue` as people start it: beside a service that runs, on each engine. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { SoftAuthenticator } from '../support/authenticator.ts';
import { ROOT } from '../support/canary.ts';
import { NO_POSTGRES, sharedPostgres } from '../support/engines.ts';
import { postgresSettings } from '../support/kill-service.ts';
import { cleanEnv, temporaryFolder } from '../support/repository.ts';
import { startService, type RunningService } from '../support/service.ts';

const REASON = 'The phone with the only passkey was stolen.';

function rescue(cwd: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const bin = join(ROOT, 'bin', 'holdfast.cjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'people', 'rescue', ...args], {
    cwd,
    env: { ...cleanEnv, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, out: stdout, err: stderr };
}

/** Makes a passkey at a link of the service, as a browser does, and gives the cookie of the session. */
async function comeIn({ origin }: RunningService, path: string, name: string): Promise<string> {
  const page = await (await fetch(`${origin}${path}`)).text();
  const [, escaped = ''] = /data-options="([^"]*)"/.exec(page) ?? [];
  const options = JSON.parse(escaped.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&'));
  const passkey = new SoftAuthenticator(origin, { id: name }).create(options);
  const answer = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { origin },
    body: new URLSearchParams({ name, passkey }),
  });
  assert.equal(answer.status, 200);
  return /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? assert.fail('no cookie');
}

async function rescued(cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const service = await startService({ cwd, data: join(cwd, 'data'), env });
  const link = await service.hear(/\/set-up\/[\w-]{43}/);
  await comeIn(service, link, 'Ada');
  const answered = rescue(cwd, { ...env, HOLDFAST_URL: service.origin }, '--reason', REASON, '--json');
  assert.equal(answered.status, 0, answered.err);
  const answer = JSON.parse(answered.out) as { readonly link: string };
  const schema: object = JSON.parse(
    readFileSync(join(ROOT, 'docs', 'formats', 'people-rescue.schema.json'), 'utf8'),
  ) as object;
  const validate = new Ajv({ allErrors: true }).compile(schema);
  assert.ok(validate(answer), JSON.stringify(validate.errors));
  assert.ok(answer.link.startsWith(`${service.origin}/rescue/`));
  const cookie = await comeIn(service, new URL(answer.link).pathname, 'Cy');
  const page = async (path: string) => (await fetch(`${service.origin}${path}`, { headers: { cookie } })).text();
  assert.match(await page('/today'), /An owner was let in from the machine/);
  assert.match(await page('/people'), new RegExp(REASON));
  assert.equal((await fetch(`${service.origin}/readyz`)).status, 200);
  assert.doesNotMatch(service.errors(), /phone|Cy|\/rescue\/[\w-]{43}/);
  assert.equal(await service.stop(), 0);
  const verified = spawnSync(process.execPath, [join(ROOT, 'bin', 'holdfast.cjs'), 'log', 'verify'], {
    cwd,
    env: { ...cleanEnv, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(verified.status, 0, `${verified.stdout}${verified.stderr}`);
}

describe('holdfast people rescue', () => {
  it('lets an owner in beside a running service on SQLite', () => rescued(temporaryFolder(), {}));

  it('lets an owner in beside a running service on PostgreSQL', { skip: NO_POSTGRES }, async () =>
    rescued(temporaryFolder(), postgresSettings(await (await sharedPostgres()).createDatabase())),
  );
});
