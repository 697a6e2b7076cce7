/**
 * `holdfast scan --reach` as people start it: the bundle in dist/, in a process of its own, over a product with installed packages. What each
 * verdict rests on is tested in src/reach/; here it is that every output tells it, and that a scan without it loads nothing of it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { digestOfRules } from '../../src/reach/analyser.client.ts';
import { cyclonedxProblems, openvexProblems, ourProblems } from '../support/output-schemas.ts';

const root = join(import.meta.dirname, '..', '..');
const bin = join(root, 'bin', 'holdfast.cjs');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-scan-reach-'));
after(() => rmSync(folder, { recursive: true }));

/** The shipped list knows the function of minimist's advisory, setKey in index.js; of `idle`, which is invented, it knows nothing. */
const VERSIONS = { minimist: '1.2.5', idle: '6.5.1' };
const PRODUCT = {
  'package.json': '{ "name": "shop", "version": "1.0.0", "main": "index.js" }',
  'index.js': "const parse = require('minimist');\nmodule.exports = parse(['--a', '1']);\n",
  'node_modules/minimist/package.json': '{ "name": "minimist", "version": "1.2.5" }',
  'node_modules/minimist/index.js':
    'module.exports = function (args) {\n  function setKey(key) { return key; }\n  return args.map(setKey);\n};\n',
  'node_modules/idle/package.json': '{ "name": "idle", "version": "6.5.1" }',
  'node_modules/idle/index.js': 'exports.parse = function parse() {};\n',
};
const advisory = (id: string, name: string, aliases: readonly string[]) => ({
  schema_version: '1.7.0',
  id,
  aliases,
  modified: '2026-11-20T00:00:00Z',
  affected: [{ package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] }],
});
const ADVISORIES = [
  advisory('GHSA-xvch-5gv4-984h', 'minimist', ['CVE-2021-44906']),
  advisory('GHSA-aaaa-bbbb-cccc', 'idle', []),
];
const lockfile = (packages: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    name: 'shop',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'shop', version: '1.0.0', dependencies: packages },
      ...Object.fromEntries(Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }])),
    },
  });

function plant(files: Readonly<Record<string, string>>, under: string): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, under, path)), { recursive: true });
    writeFileSync(join(folder, under, path), text);
  }
  return join(folder, under);
}

const product = plant({ ...PRODUCT, 'package-lock.json': lockfile(VERSIONS) }, 'product');

function holdfast(args: readonly string[], cwd = product, node: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, bin, ...args], {
    cwd,
    env: { ...process.env, HOME: folder, HOLDFAST_DB: args[0] === 'db' ? '' : index },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const index = join(folder, 'advisories.idx');
const records = ADVISORIES.map((record) => {
  const path = join(folder, `${record.id}.json`);
  writeFileSync(path, JSON.stringify(record));
  return path;
});
assert.equal(holdfast(['db', 'build', '--out', index, ...records], folder).status, 0);

interface Found {
  readonly id: string;
  readonly name: string;
  readonly reach: { readonly verdict: string; readonly level: string | null; readonly next: string } | null;
}
const findingsIn = (stdout: string): readonly Found[] =>
  (JSON.parse(stdout) as { findings: readonly Found[] }).findings;
const reachOf = (stdout: string, name: string) => findingsIn(stdout).find((finding) => finding.name === name)?.reach;

describe('holdfast scan --reach', () => {
  it('says of each finding whether it can run, with the place, and does not change the exit code', () => {
    const { status, stdout, stderr } = holdfast(['scan', '--reach']);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.match(stdout, /^ {5}reachable: index\.js:2 calls /m);
    assert.match(stdout, /^ {5}never loaded: no entry leads to the file by any name/m);
    assert.match(stdout, /^Can it run\? 1 reachable, 1 never loaded\.$/m);
    assert.match(
      stdout,
      /^Only a decision closes a finding\. For what is shown not to run:\nNext: holdfast reach \. --advisory GHSA-/m,
    );
    assert.equal(holdfast(['scan', '--reach', '--fail-on', 'low']).status, 2);
  });

  it('answers in the published form, and with null where it was not asked', () => {
    const { stdout } = holdfast(['scan', '--reach', '--json']);
    assert.deepEqual(ourProblems('scan', JSON.parse(stdout)), []);
    assert.equal(reachOf(stdout, 'minimist')?.verdict, 'reachable');
    assert.equal(reachOf(stdout, 'idle')?.verdict, 'never-loaded');
    assert.equal(reachOf(holdfast(['scan', '--json']).stdout, 'idle'), null);
  });

  it('loads nothing of the analysis without it', () => {
    const listing = join(folder, 'list.cjs');
    writeFileSync(listing, "process.on('exit', () => process.stderr.write(Object.keys(require.cache).join(' ')));\n");
    const loaded = (args: readonly string[]) => holdfast(args, product, ['--require', listing]).stderr;
    assert.match(loaded(['scan', '--reach']), /oxc-parser/);
    const without = loaded(['scan'])
      .split(' ')
      .map((path) => basename(path));
    assert.deepEqual(without.slice(1), [
      'holdfast.cjs',
      'cli.cjs',
      'chunk-rolldown-runtime.cjs',
      'chunk-lib.cjs',
      'chunk-scan.cli.cjs',
      'chunk-scan-path.cjs',
      'chunk-scan.text.cjs',
    ]);
  });

  it('tells it in VEX documents: what cannot run is not affected, what can is affected', () => {
    const vex = JSON.parse(holdfast(['scan', '--reach', '--format', 'openvex']).stdout);
    assert.deepEqual(openvexProblems(vex), []);
    type Statement = { products: { subcomponents: { '@id': string }[] }[]; status: string; justification?: string };
    const about = (name: string) =>
      (vex.statements as Statement[]).find(({ products }) => products[0]?.subcomponents[0]?.['@id'].includes(name));
    assert.deepEqual(
      [about('idle')?.status, about('idle')?.justification, about('minimist')?.status],
      ['not_affected', 'vulnerable_code_not_in_execute_path', 'affected'],
    );
    const bom = JSON.parse(holdfast(['scan', '--reach', '--format', 'cyclonedx']).stdout);
    assert.deepEqual(cyclonedxProblems(bom), []);
    type Vulnerability = { affects: { ref: string }[]; analysis: { state: string; justification?: string } };
    const analysis = (name: string) =>
      (bom.vulnerabilities as Vulnerability[]).find(({ affects }) => affects[0]?.ref.includes(name))?.analysis;
    assert.deepEqual(
      [analysis('idle')?.state, analysis('idle')?.justification, analysis('minimist')?.state],
      ['not_affected', 'code_not_reachable', 'exploitable'],
    );
  });

  it('tells it in SARIF, with the place in the code, and in annotations', () => {
    const { results } = JSON.parse(holdfast(['scan', '--reach', '--format', 'sarif']).stdout).runs[0];
    type Result = {
      message: { text: string };
      properties: { purl: string; reach: string };
      relatedLocations?: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
    };
    const minimist = (results as Result[]).find(({ properties }) => properties.purl.includes('minimist'));
    assert.equal(minimist?.properties.reach, 'reachable');
    assert.match(minimist?.message.text ?? '', /The product can run the vulnerable code: index\.js:2 calls/);
    assert.deepEqual(minimist?.relatedLocations?.[0]?.physicalLocation, {
      artifactLocation: { uri: 'index.js' },
      region: { startLine: 2 },
    });
    assert.match(
      holdfast(['scan', '--reach', '--format', 'github']).stdout,
      /idle@6\.5\.1: .*The vulnerable code is shown not to run \(never loaded\)/,
    );
    assert.match(holdfast(['scan', '--reach', '--format', 'junit']).stdout, /The product can run the vulnerable code/);
    assert.match(
      holdfast(['scan', '--reach', '--format', 'html']).stdout,
      /<dt>Can it run\?<\/dt><dd>The product can run/,
    );
  });

  it('is unknown, with the next step, where nothing is installed and where an input holds no code', () => {
    const bare = plant({ 'package-lock.json': lockfile(VERSIONS) }, 'bare');
    const { status, stdout } = holdfast(['scan', '--reach', '--json'], bare);
    assert.equal(status, 0);
    assert.deepEqual(
      [reachOf(stdout, 'minimist')?.verdict, reachOf(stdout, 'minimist')?.level, reachOf(stdout, 'minimist')?.next],
      ['unknown', null, 'Install what package-lock.json records first: npm ci'],
    );
    const bom = join(folder, 'shop.cdx.json');
    writeFileSync(bom, holdfast(['scan', '--format', 'cyclonedx']).stdout);
    assert.equal(reachOf(holdfast(['scan', '--reach', '--json', bom]).stdout, 'idle')?.verdict, 'unknown');
    // Beside its lockfile an SBOM is about the same code.
    const beside = plant(
      { ...PRODUCT, 'package-lock.json': lockfile(VERSIONS), 'bom.json': readFileSync(bom, 'utf8') },
      'sbom',
    );
    const { stdout: both } = holdfast(['scan', '--reach', '--json'], beside);
    assert.equal(reachOf(both, 'idle')?.verdict, 'never-loaded');
  });

  it("judges each lockfile's folder by its own entries, and lets the worst speak", () => {
    const both = plant({ ...PRODUCT, 'package-lock.json': lockfile(VERSIONS) }, 'both');
    cpSync(product, join(both, 'second'), { recursive: true });
    writeFileSync(join(both, 'second', 'index.js'), "require('idle').parse('a=1');\n");
    const { stdout } = holdfast(['scan', '--reach', '--json'], both);
    // It is loaded there, and no list names its function.
    assert.equal(reachOf(stdout, 'idle')?.verdict, 'unknown');
    const { stdout: first } = holdfast(['scan', '--reach', '--json', 'package-lock.json'], both);
    assert.equal(reachOf(first, 'idle')?.verdict, 'never-loaded');
  });
});

describe('the digest of the analysis', () => {
  it('is in the bundle, which holds no sources, what the sources say', () => {
    const digest = digestOfRules(join(root, 'src', 'reach'));
    const chunks = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.cjs'));
    assert.ok(chunks.some((name) => readFileSync(join(root, 'dist', name), 'utf8').includes(digest)));
  });
});
