/**
 * The program as people start it: the bundle in dist/, in a process of its own. `npm test` builds it before.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const root = join(import.meta.dirname, '..', '..');
const bin = join(root, 'bin', 'holdfast.cjs');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-e2e-'));
after(() => rmSync(folder, { recursive: true }));

function holdfast(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly node?: readonly string[] } = {},
) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...(options.node ?? []), bin, ...args], {
    cwd: options.cwd ?? folder,
    env: { ...process.env, HOME: folder, HOLDFAST_DB: '', ...options.env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** minimist 1.2.5 is affected by GHSA-xvch-5gv4-984h (fixed in 1.2.6). */
const vulnerable = join(folder, 'package-lock.json');
writeFileSync(
  vulnerable,
  JSON.stringify({
    name: 'shop',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'shop', version: '1.0.0', dependencies: { mkdirp: '^0.5.5' } },
      'node_modules/mkdirp': { version: '0.5.5', dependencies: { minimist: '^1.2.5' } },
      'node_modules/minimist': { version: '1.2.5' },
    },
  }),
);

describe('holdfast scan', () => {
  it('loads neither commander, zod, yaml nor the CVSS, zip and XML libraries', () => {
    const listing = join(folder, 'list.cjs');
    writeFileSync(
      listing,
      "process.on('exit', () => process.stderr.write(Object.keys(require.cache).map((path) => path.split(/[\\\\/]/).at(-1)).join(' ')));\n",
    );
    const { stderr } = holdfast(['scan', vulnerable], { node: ['--require', listing] });
    const chunks = stderr.split(' ').filter((name) => name.endsWith('.cjs') && name !== 'list.cjs');
    assert.ok(chunks.includes('cli.cjs') && chunks.includes('chunk-scan.cli.cjs'), stderr);
    const heavy = chunks.filter((name) =>
      /class Command |ZodType|parseDocument|isBaseFullyDefined|yauzl|fromMarkdown|SaxesParser/.test(
        readFileSync(name === 'holdfast.cjs' ? bin : join(root, 'dist', name), 'utf8'),
      ),
    );
    assert.deepEqual(heavy, []);
    const bytes = chunks.reduce(
      (sum, name) => sum + readFileSync(name === 'holdfast.cjs' ? bin : join(root, 'dist', name)).length,
      0,
    );
    assert.ok(bytes < 160_000, `a scan loads ${bytes} bytes of program`);
  });

  it('prints a table with the finding, its fix and its way in, and the exact next command', () => {
    const { status, stdout, stderr } = holdfast(['scan', 'package-lock.json']);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^package-lock\.json {2}2 packages \(package-lock-v3\)\nagainst [\d,]+ advisories, newest of \d{4}-\d\d-\d\d, .+ old: the snapshot shipped with Holdfast\n/,
    );
    assert.match(
      stdout,
      /▮▮▮▮ critical.* minimist 1\.2\.5 +GHSA-xvch-5gv4-984h +fixed in 1\.2\.6 +via mkdirp@0\.5\.5\n/,
    );
    assert.match(stdout, /\nNext: holdfast why minimist@1\.2\.5 package-lock\.json\n$/);
    const why = holdfast(['why', 'minimist@1.2.5', 'package-lock.json']);
    assert.equal(why.status, 0);
    assert.match(why.stdout, /your product → mkdirp@0\.5\.5 → minimist@1\.2\.5/);
    assert.match(why.stdout, /Next: npm update minimist\n/);
  });

  it('fails on findings at the threshold, and on unread inputs, and says so in its exit code', () => {
    assert.equal(holdfast(['scan', vulnerable, '--fail-on', 'critical']).status, 2);
    assert.equal(holdfast(['scan', vulnerable, '--fail-on', 'critical', '--prod']).status, 2);
    const broken = join(folder, 'broken', 'package-lock.json');
    mkdirSync(join(folder, 'broken'));
    writeFileSync(broken, '{\n  "lockfileVersion": 3,\n  "packages": {');
    const alone = holdfast(['scan', broken]);
    assert.equal(alone.status, 3);
    assert.match(alone.stdout, /broken[\\/]package-lock\.json:3:\d+/);
    const both = holdfast(['scan', broken, vulnerable, '--fail-on', 'low']);
    assert.equal(both.status, 2);
    assert.match(both.stdout, /minimist 1\.2\.5/);
    assert.equal(holdfast(['scan', vulnerable, '--fail-on', 'severe']).status, 64);
    assert.equal(holdfast(['scan', '--nonsense']).status, 64);
    assert.equal(holdfast(['scan', vulnerable, '--db', 'missing.idx']).status, 1);
  });

  it('reports an input of a kind that is not read instead of passing it over', () => {
    const place = join(folder, 'spdx');
    mkdirSync(place);
    writeFileSync(join(place, 'shop.spdx.json'), '{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}');
    const { status, stdout } = holdfast(['scan', place]);
    assert.equal(status, 3);
    assert.match(stdout, /SPDX 3, JSON.*is not read yet/);
  });

  it('answers in JSON of its published schema', () => {
    const ajv = new Ajv2020({ allErrors: true });
    formats.default(ajv);
    const validate = ajv.compile(
      JSON.parse(readFileSync(join(root, 'docs', 'formats', 'scan.schema.json'), 'utf8')) as object,
    );
    for (const args of [[vulnerable], [vulnerable, join(folder, 'spdx')]]) {
      const { stdout } = holdfast(['scan', '--json', ...args]);
      assert.ok(validate(JSON.parse(stdout)), JSON.stringify(validate.errors));
    }
    const [finding] = (
      JSON.parse(holdfast(['scan', '--json', vulnerable]).stdout) as { findings: Record<string, unknown>[] }
    ).findings;
    assert.equal(finding?.['id'], 'GHSA-xvch-5gv4-984h');
    assert.deepEqual(finding?.['aliases'], ['CVE-2021-44906']);
    assert.deepEqual(finding?.['paths'], [['mkdirp@0.5.5', 'minimist@1.2.5']]);
    assert.deepEqual(
      [finding?.['purl'], finding?.['scope'], finding?.['reach'], finding?.['decision']],
      ['pkg:npm/minimist@1.2.5', 'production', null, null],
    );
  });

  it('writes SARIF that names the advisory, the file and the fix', () => {
    const sarif = JSON.parse(holdfast(['scan', '--format', 'sarif', 'package-lock.json']).stdout);
    assert.equal(sarif.version, '2.1.0');
    const [run] = sarif.runs;
    assert.equal(run.results[0].ruleId, 'GHSA-xvch-5gv4-984h');
    assert.equal(run.tool.driver.rules[run.results[0].ruleIndex].id, 'GHSA-xvch-5gv4-984h');
    assert.equal(run.results[0].locations[0].physicalLocation.artifactLocation.uri, 'package-lock.json');
    assert.match(run.results[0].message.text, /Fixed in 1\.2\.6/);
    assert.equal(run.invocations[0].executionSuccessful, true);
  });

  it('writes annotations whose values cannot start another command', () => {
    const { stdout } = holdfast(['scan', '--format', 'github', 'package-lock.json']);
    assert.match(
      stdout,
      /^::error file=package-lock\.json,title=GHSA-xvch-5gv4-984h in minimist@1\.2\.5::minimist@1\.2\.5: /,
    );
    assert.equal(stdout.trim().split('\n').length, 1);
  });
});

describe('the program', () => {
  it('lists what is built, and nothing else', () => {
    const { stdout } = holdfast(['--help']);
    const listed = [...stdout.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(listed, [
      'init',
      'check',
      'publish',
      'scan',
      'why',
      'reach',
      'decide',
      'gate',
      'duties',
      'serve',
      'log',
      'people',
      'keys',
      'backup',
      'restore',
      'db',
      'help',
    ]);
  });

  it('says what an unknown command, or a wrong option, could have been', () => {
    for (const args of [['scna'], ['check', '--nonsense'], ['db', 'build']]) {
      const { status, stderr, stdout } = holdfast(args);
      assert.equal(status, 64, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, /--help/);
    }
  });

  it('says on an old Node which one it needs', () => {
    const old = join(folder, 'old.cjs');
    writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '14.21.3' });\n`);
    const { status, stderr } = holdfast(['scan'], { node: ['--require', old] });
    assert.equal(status, 1);
    assert.match(stderr, /Node\.js 26 or later is needed/);
  });

  it('writes a policy that evaluates at once: nothing is green that was not measured', () => {
    const place = join(folder, 'vendor');
    mkdirSync(place);
    cpSync(vulnerable, join(place, 'package-lock.json'));
    assert.equal(
      holdfast(
        [
          'init',
          '--name',
          'Beispiel Apps GmbH',
          '--country',
          'DE',
          '--state',
          'HE',
          '--hosting',
          'forge',
          '--contact',
          'security@beispiel.example',
        ],
        { cwd: place },
      ).status,
      0,
    );
    const { status, stdout, stderr } = holdfast(['check', '--json'], { cwd: place });
    assert.equal(stderr, '');
    assert.equal(status, 2);
    const report = JSON.parse(stdout) as {
      statements: { id: string; verdict: string }[];
      counts: Record<string, number>;
    };
    const verdicts = new Map(report.statements.map(({ id, verdict }) => [id, verdict]));
    assert.equal(verdicts.get('libraries'), 'broken');
    assert.equal(verdicts.get('pentest'), 'broken');
    assert.equal(verdicts.get('history'), 'unknown');
    assert.equal(verdicts.get('ssh'), 'unbound');
    assert.equal(report.counts['kept'], 0);
    assert.equal(holdfast(['init'], { cwd: place }).status, 2);
  });
});

describe('the package', () => {
  it('installs elsewhere without the development runtime, and runs', { timeout: 60_000 }, () => {
    const place = join(folder, 'installed');
    mkdirSync(place);
    const packed = spawnSync('npm', ['pack', '--pack-destination', place, '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    assert.equal(packed.status, 0, packed.stderr);
    const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    assert.ok(paths.includes('dist/cli.cjs') && paths.includes('data/advisories.idx') && paths.includes('NOTICE'));
    assert.deepEqual(
      paths.filter((path) => /^(runtime|src|test)\//.test(path)),
      [],
    );
    // Unpacked as npm would: the bundle needs nothing from node_modules.
    assert.equal(spawnSync('tar', ['xzf', filename], { cwd: place }).status, 0);
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(place, 'package', 'bin', 'holdfast.cjs'), 'scan', vulnerable],
      { encoding: 'utf8', cwd: place, env: { ...process.env, HOME: place } },
    );
    assert.equal(status, 0);
    assert.match(stdout, /minimist 1\.2\.5/);
    const check = spawnSync(
      process.execPath,
      [join(place, 'package', 'bin', 'holdfast.cjs'), 'check', root, '--json'],
      { encoding: 'utf8', cwd: place, env: { ...process.env, HOME: place } },
    );
    assert.notEqual(check.status, 1, check.stderr);
    assert.equal((JSON.parse(check.stdout) as { schema: string }).schema, 'holdfast.check/1');
  });
});
