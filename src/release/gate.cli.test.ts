import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { cleanEnv, newRepository, temporaryFolder, type TestRepository } from '../../test/support/repository.ts';
import type { Instant } from '../lib/time.ts';
import { main } from '../main.ts';

const now = Date.parse('2026-11-24T09:00:00Z');

async function holdfast(cwd: string, args: readonly string[], at = now) {
  const said = { out: '', err: '' };
  const code = await main(args, {
    cwd,
    env: cleanEnv,
    now: () => at as Instant,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    outIsTty: false,
    errIsTty: false,
    columns: 100,
    paintOut: (_, text) => text,
    paintErr: (_, text) => text,
  });
  return { code, ...said };
}

/** One package with a hole below 1.0.1, known since 20 November 2026. */
const advisory = {
  schema_version: '1.7.0',
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-11-20T00:00:00Z',
  affected: [
    {
      package: { ecosystem: 'npm', name: 'leaky' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.0.1' }] }],
    },
  ],
  database_specific: { severity: 'HIGH' },
};

function lockfile(version: string): string {
  const resolved = `https://registry.npmjs.org/leaky/-/leaky-${version}.tgz`;
  return JSON.stringify({
    name: 'app',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'app', version: '1.0.0', dependencies: { leaky: '^1.0.0' } },
      'node_modules/leaky': { version, resolved },
    },
  });
}

function release(version: string): TestRepository {
  const made = newRepository();
  made.commit('one', { 'package-lock.json': lockfile(version) });
  made.annotate('v1.0.0');
  made.commit('two', { 'README.md': 'x' });
  return made;
}

describe('holdfast gate', () => {
  let index = '';
  before(async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'GHSA-aaaa-bbbb-cccc.json'), JSON.stringify(advisory));
    index = join(folder, 'advisories.idx');
    const built = await holdfast(folder, ['db', 'build', '--out', index, join(folder, 'GHSA-aaaa-bbbb-cccc.json')]);
    assert.equal(built.code, 0, built.err);
  });
  const gate = (made: TestRepository, args: readonly string[] = [], at = now) =>
    holdfast(made.folder, ['gate', '--db', index, ...args], at);
  /** A command that proves by a file that it ran, and ends with `code`. */
  const proof = (code: number) => {
    const trace = join(temporaryFolder(), 'ran');
    const script = `require("fs").writeFileSync(${JSON.stringify(trace)}, JSON.stringify(process.argv.slice(1))); process.exit(${code})`;
    return { trace, command: [process.execPath, '-e', script, '--'] };
  };

  it('passes a release in which nothing is found, and says what it measured', async () => {
    const made = release('1.0.1');
    const { code, out, err } = await gate(made);
    assert.equal(code, 0, out);
    assert.equal(err, '');
    assert.match(out, /^● passed: no open finding at low or above\.$/m);
    assert.match(
      out,
      new RegExp(`^commit ${made.git('rev-parse', 'HEAD').slice(0, 12)} \\(HEAD\\), since v1\\.0\\.0 `, 'm'),
    );
    assert.match(out, /^1 input, 1 package; no open findings$/m);
    assert.match(out, /^against 1 advisories, newest of 2026-11-20/m);
    assert.match(out, /Only the findings and the decisions on them are checked so far/);
  });

  it('blocks a release with a finding, and names the way out', async () => {
    const { code, out } = await gate(release('1.0.0'));
    assert.equal(code, 2);
    assert.match(out, /^■ blocked/);
    assert.match(out, /leaky 1\.0\.0 {2}GHSA-aaaa-bbbb-cccc {2}high/);
    assert.match(out, /fix: npm install leaky@1\.0\.1/);
  });

  it('passes what is below the threshold', async () => {
    assert.equal((await gate(release('1.0.0'), ['--fail-on', 'critical'])).code, 0);
  });

  it('starts the command when the release passes, and ends with its exit code', async () => {
    const { trace, command } = proof(7);
    const { code, err } = await gate(release('1.0.1'), ['--', ...command, '--json', '--base', '--', 'x y']);
    assert.equal(code, 7);
    assert.deepEqual(JSON.parse(readFileSync(trace, 'utf8')), ['--json', '--base', '--', 'x y']);
    assert.match(err, /^holdfast: the gate passed, starting /);
  });

  it('never starts the command when the release is blocked', async () => {
    const { trace, command } = proof(0);
    const { code, err } = await gate(release('1.0.0'), ['--', ...command]);
    assert.equal(code, 2);
    assert.equal(existsSync(trace), false);
    assert.match(err, /was not started: the gate blocks this release\.$/m);
  });

  it('never starts it when something could not be measured, and says which', async () => {
    const { trace, command } = proof(0);
    const incomplete = async (made: TestRepository, reason: RegExp, args: readonly string[] = [], at = now) => {
      const { code, out, err } = await gate(made, [...args, '--', ...command], at);
      assert.equal(code, 3, out);
      assert.match(out, reason);
      assert.match(err, /was not started: the gate could not measure everything\.$/m);
      assert.equal(existsSync(trace), false);
    };
    const clean = release('1.0.1');
    const day = 86_400_000;
    await incomplete(clean, /The advisory data is of 2026-11-20, 8 days old; 7 are allowed/, [], now + 4 * day);
    await incomplete(clean, /is checked out: what was measured is not what is released/, ['--head', 'v1.0.0']);
    const dirty = release('1.0.1');
    dirty.write({ 'README.md': 'changed' });
    await incomplete(dirty, /1 tracked file differs from the commit: README\.md/);
    const broken = release('1.0.1');
    broken.commit('cut off', { 'sub/package-lock.json': '{"lockfileVersion": 3' });
    await incomplete(broken, /1 input could not be read: .*sub\/package-lock\.json/);
    const empty = newRepository();
    empty.commit('nothing to scan', { 'README.md': 'x' });
    await incomplete(empty, /There is no lockfile and no SBOM to read/);
    await incomplete(clean, /Nothing was scanned/, ['--db', join(temporaryFolder(), 'absent.idx')]);
  });

  it('is blocked rather than incomplete when it is both', async () => {
    const made = release('1.0.0');
    made.write({ 'README.md': 'changed' });
    assert.equal((await gate(made)).code, 2);
  });

  it('measures the whole release from a folder inside it', async () => {
    const made = release('1.0.0');
    made.commit('three', { 'docs/index.md': 'x' });
    assert.equal((await holdfast(join(made.folder, 'docs'), ['gate', '--db', index])).code, 2);
  });

  it('marks an input that no commit holds', async () => {
    const made = release('1.0.1');
    made.commit('ignore', { '.gitignore': 'build\n' });
    made.write({ 'build/package-lock.json': lockfile('1.0.1') });
    const { code, out } = await gate(made);
    assert.equal(code, 0, out);
    assert.match(out, /^note: build\/package-lock\.json is in no commit: it was made in this checkout\.$/m);
  });

  it('answers in JSON that fits its schema', async () => {
    const schema = JSON.parse(readFileSync(new URL('../../docs/formats/gate.schema.json', import.meta.url), 'utf8'));
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
    formats.default(ajv);
    const validate = ajv.compile(schema);
    for (const [version, verdict] of [
      ['1.0.0', 'blocked'],
      ['1.0.1', 'passed'],
    ] as const) {
      const made = release(version);
      const answer = JSON.parse((await gate(made, ['--json'])).out);
      assert.equal(validate(answer), true, JSON.stringify(validate.errors));
      assert.equal(answer.verdict, verdict);
      assert.deepEqual(answer.head, { ref: 'HEAD', commit: made.git('rev-parse', 'HEAD') });
      assert.deepEqual(answer.base, { ref: 'v1.0.0', commit: made.git('rev-parse', 'v1.0.0^{commit}') });
      assert.deepEqual(answer.notChecked, ['review', 'attestation']);
      assert.equal(answer.inputs[0].committed, true);
    }
  });

  it('gives 1 for a command that cannot be started, and for a ref that does not exist', async () => {
    const made = release('1.0.1');
    const missing = await gate(made, ['--', 'holdfast-no-such-program']);
    assert.equal(missing.code, 1);
    assert.match(missing.err, /"holdfast-no-such-program" could not be started.*\[COMMAND_NOT_STARTED\]/s);
    const hostile = await gate(made, ['--head', '--upload-pack=x']);
    assert.equal(hostile.code, 1);
    assert.match(hostile.err, /"--upload-pack=x" names no commit .*\[GIT_REF_UNKNOWN\]/s);
  });
});

describe('holdfast gate, used wrongly', () => {
  for (const args of [
    ['--'],
    ['deploy'],
    ['--fail-on', 'none'],
    ['--fail-on', 'toString'],
    ['--max-data-age', '0'],
    ['--max-data-age', '1e2'],
    ['--nope'],
    ['--base'],
  ]) {
    it(`gives 64 for: gate ${args.join(' ')}`, async () => {
      const { code, out, err } = await holdfast(temporaryFolder(), ['gate', ...args]);
      assert.equal(code, 64, err);
      assert.equal(out, '');
      assert.match(err, /\[USAGE\]/);
    });
  }
});
