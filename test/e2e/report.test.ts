/** `holdfast check --report-to` against `holdfast serve`, each a process of its own, with a token as /tokens makes it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { completeSetUp, offerSetUp } from '../../src/auth/registration.actions.ts';
import { createToken } from '../../src/auth/token.actions.ts';
import { days, plus, type Instant } from '../../src/lib/time.ts';
import { openLog } from '../../src/log/log.actions.ts';
import { loadTables } from '../../src/main.ts';
import { openKeyring } from '../../src/platform/keyring.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { ROOT } from '../support/canary.ts';
import { newcomer, valueOf } from '../support/people.ts';
import { cleanEnv, newRepository, temporaryFolder } from '../support/repository.ts';
import { startService } from '../support/service.ts';

const POLICY = `# What we promise

Every change is in Git.[^git] We care.

[^git]: Measured.

    \`\`\`yaml
    control: release.history
    \`\`\`
`;

/** An owner and a token with the scope policy.report, in a database that nobody serves yet. */
async function tokenIn(data: string): Promise<string> {
  const now = Date.now() as Instant;
  const log = await openLog(
    { cwd: data, data, env: cleanEnv, migrations: await loadTables(), random: systemRandom },
    now,
  );
  try {
    const keys = await openKeyring({ env: cleanEnv, folder: log.folder }, log.db, log.random);
    const auth = { log, keys, random: log.random };
    const link = await offerSetUp(auth, now);
    const { person } = valueOf(await completeSetUp(auth, newcomer(link ?? '', 'Ada'), now));
    const creator = { id: person, roles: ['owner'] } as const;
    const request = { label: 'ci', scopes: ['policy.report'], expiresAt: plus(now, days(30)), creator } as const;
    return valueOf(await createToken(auth, request, now)).text;
  } finally {
    await log.db.close();
  }
}

function check(cwd: string, token: string, origin: string) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'bin', 'holdfast.cjs'), 'check', '--report-to', origin],
    { cwd, env: { ...cleanEnv, HOLDFAST_TOKEN: token }, encoding: 'utf8', timeout: 60_000 },
  );
  return { status, entry: /Reported as entry (\d+) of/.exec(stdout)?.[1], stdout, stderr };
}

/** Asks until the page says it: the evaluation follows a report within seconds. */
async function page(origin: string, pattern: RegExp): Promise<string> {
  for (let left = 100; ; left--) {
    const text = await (await fetch(origin)).text();
    if (pattern.test(text)) return text;
    assert.ok(left > 0, text);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('CI and the service', () => {
  it('what a checkout measures stands on the public page, also after the service was killed', async () => {
    const repository = newRepository();
    writeFileSync(join(repository.folder, 'SECURITY-POLICY.md'), POLICY);
    repository.git('add', '.');
    repository.git('commit', '--quiet', '--message', 'Promise');
    const home = temporaryFolder();
    writeFileSync(join(home, 'SECURITY-POLICY.md'), POLICY);
    const data = join(home, 'data');
    const token = await tokenIn(data);

    const service = await startService({ cwd: home, data });
    await page(service.origin, /Nothing was reported yet/);
    const { status, entry, stderr } = check(repository.folder, token, service.origin);
    assert.equal(status, 0, stderr);
    assert.ok(entry !== undefined);
    await page(service.origin, /1 of 2 statements kept/);
    assert.equal(await service.stop('SIGKILL'), null);

    const again = await startService({ cwd: home, data });
    await page(again.origin, /1 of 2 statements kept/);
    assert.equal(again.errors().includes('"level":"error"'), false, again.errors());
    const nobody = check(repository.folder, `${token.slice(0, -4)}AAAA`, again.origin);
    assert.deepEqual([nobody.status, nobody.stdout.includes('● kept')], [1, true]);
    assert.match(nobody.stderr, /The verdicts above hold\. \[REPORT_REFUSED\]/);
    await again.stop();
  });
});
