import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { ROOT } from '../../test/support/canary.ts';
import { leavesOf, minute, setUp } from '../../test/support/people.ts';
import { holdfast, type Said } from '../../test/support/project.ts';
import { temporaryFolder } from '../../test/support/repository.ts';
import { openLog } from '../log/log.actions.ts';
import { loadTables } from '../main.ts';
import { openKeyring } from '../platform/keyring.ts';
import { systemRandom } from '../platform/random.ts';
import type { AuthWorld } from './auth.actions.ts';

const NOW = '2026-11-25T09:30:00Z';
const REASON = 'The phone with the only passkey was stolen.';

/** What the service does in the data folder of a test, in its place. */
async function inService<T>(cwd: string, work: (world: AuthWorld) => Promise<T>): Promise<T> {
  const place = { cwd, data: 'data', env: {}, migrations: await loadTables(), random: systemRandom };
  const log = await openLog(place, minute(0));
  try {
    const keys = await openKeyring({ env: {}, folder: log.folder }, log.db, systemRandom);
    return await work({ log, keys, random: systemRandom });
  } finally {
    await log.db.close();
  }
}

/** A data folder, in which Ada owns the service, and the command run beside it. */
async function install() {
  const cwd = temporaryFolder();
  await inService(cwd, setUp);
  const rescue = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> =>
    holdfast(cwd, ['people', 'rescue', ...args], NOW, env);
  return { cwd, rescue };
}

const codeOf = ({ code, err }: Said): readonly (number | string | undefined)[] => [
  code,
  /\[([A-Z_]+)\]/.exec(err)?.[1],
];

describe('holdfast people rescue', () => {
  it('prints a link that is good for an hour, where it opens, and what to do then', async () => {
    const { cwd, rescue } = await install();
    const { code, out, err } = await rescue(['--reason', REASON]);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^Open this link, once, before Wed 25 Nov 2026, 10:30 UTC, to come in as a new owner:$/m);
    assert.match(out, /^ {2}http:\/\/localhost:8710\/rescue\/[\w-]{43}$/m);
    assert.match(out, /HOLDFAST_URL/);
    assert.match(out, /at \/people, end the access of whoever has lost their keys/);
    const leaves = await inService(cwd, leavesOf);
    const [, entry] = /^Entry (\d+) of the log/m.exec(out) ?? assert.fail(out);
    assert.equal(leaves[Number(entry)]?.type, 'rescue.offered');
    assert.ok(
      readFileSync(join(cwd, 'data', 'log.checkpoint'), 'utf8').includes(`\n${leaves.length}\n`),
      'it is signed',
    );
  });

  it('answers in JSON of its published schema, with the address of the settings', async () => {
    const { rescue } = await install();
    const { out } = await rescue(['--reason', REASON, '--json'], {
      HOLDFAST_URL: 'https://holdfast.example',
      HOLDFAST_TLS_PROXY: '127.0.0.1',
    });
    const answer = JSON.parse(out) as { readonly link: string };
    const schema = JSON.parse(
      readFileSync(join(ROOT, 'docs', 'formats', 'people-rescue.schema.json'), 'utf8'),
    ) as object;
    const validate = new Ajv({ allErrors: true }).compile(schema);
    assert.ok(validate(answer), JSON.stringify(validate.errors));
    assert.match(answer.link, /^https:\/\/holdfast\.example\/rescue\//);
  });

  it('makes nothing where there is no service, and says where to look', async () => {
    const cwd = temporaryFolder();
    const { code, out, err } = await holdfast(cwd, ['people', 'rescue', '--reason', REASON, '--data', 'elsewhere']);
    assert.deepEqual([code, out], [2, '']);
    assert.match(
      err,
      /^holdfast: no link was made: there is no database in elsewhere\n {2}Name the data folder .*--data/,
    );
    assert.deepEqual(readdirSync(cwd), []);
  });

  it('names the link of the set-up where nobody owns the service yet, and makes no key', async () => {
    const cwd = temporaryFolder();
    const place = { cwd, data: 'data', env: {}, migrations: await loadTables(), random: systemRandom };
    await (await openLog(place, minute(0))).db.close();
    const { code, err } = await holdfast(cwd, ['people', 'rescue', '--reason', REASON]);
    assert.equal(code, 2);
    assert.match(err, /nobody owns this service yet\n {2}Start it: `holdfast serve` prints the link/);
    assert.deepEqual(
      readdirSync(join(cwd, 'data')).filter((name) => /kek|key/.test(name)),
      [],
    );
  });

  it('makes no link without the key of the data or of the log, and says how each comes back', async () => {
    for (const [key, code] of [
      ['kek', 'KEY_MISSING'],
      ['log.key', 'LOG_KEY_MISSING'],
    ] as const) {
      const { cwd, rescue } = await install();
      renameSync(join(cwd, 'data', key), join(cwd, 'away'));
      assert.deepEqual(codeOf(await rescue(['--reason', REASON])), [1, code]);
      renameSync(join(cwd, 'away'), join(cwd, 'data', key));
      const types = (await inService(cwd, leavesOf)).map(({ type }) => type);
      assert.ok(!types.includes('rescue.offered'), key);
    }
  });

  it('wants a reason of one line, and settings that a service would take', async () => {
    const { rescue } = await install();
    for (const args of [[], ['--reason', ' '], ['--reason', 'two\nlines'], ['--reason', 'x'.repeat(501)]])
      assert.equal((await rescue(args)).code, 64, args.join(' '));
    assert.deepEqual(codeOf(await rescue(['--reason', REASON], { HOLDFAST_URL: 'nowhere' })), [1, 'SETTING_INVALID']);
  });
});
