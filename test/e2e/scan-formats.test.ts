/**
 * The documents of `holdfast scan --format …` as people get them: from the bundle in dist/, in a process of its own. What stands in
 * them is tested beside their code; here it is that they come out, whole, and that an unread input is loud in each.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseXml } from '../../src/lib/xml.ts';
import { cyclonedxProblems, openvexProblems } from '../support/output-schemas.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-formats-'));
after(() => rmSync(folder, { recursive: true }));

/** minimist 1.2.5 is affected by GHSA-xvch-5gv4-984h (fixed in 1.2.6). */
writeFileSync(
  join(folder, 'package-lock.json'),
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
writeFileSync(join(folder, 'holdfast.yaml'), 'organisation:\n  name: Beispiel Apps GmbH\n');
mkdirSync(join(folder, 'broken'));
writeFileSync(join(folder, 'broken', 'package-lock.json'), '{');

function scan(args: readonly string[], bin = join(root, 'bin', 'holdfast.cjs')) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'scan', ...args], {
    cwd: folder,
    env: { ...process.env, HOME: folder, HOLDFAST_DB: '' },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('the documents of a scan', () => {
  it('are a valid CycloneDX BOM of the product, its components and its finding', () => {
    const { status, stdout, stderr } = scan(['package-lock.json', '--format', 'cyclonedx']);
    assert.deepEqual([status, stderr], [0, '']);
    const bom = JSON.parse(stdout);
    assert.deepEqual(cyclonedxProblems(bom), []);
    assert.deepEqual(
      [bom.metadata.component.purl, bom.metadata.supplier.name, bom.components.length],
      ['pkg:npm/shop@1.0.0', 'Beispiel Apps GmbH', 2],
    );
    assert.deepEqual(
      [bom.vulnerabilities[0].id, bom.vulnerabilities[0].affects[0].ref, bom.vulnerabilities[0].analysis],
      ['GHSA-xvch-5gv4-984h', 'pkg:npm/minimist@1.2.5', undefined],
    );
    const again = join(folder, 'again.cdx.json');
    writeFileSync(again, stdout);
    const read = JSON.parse(scan([again, '--json']).stdout);
    assert.deepEqual(read.findings[0].paths, [['mkdirp@0.5.5', 'minimist@1.2.5']]);
  });

  it('are an OpenVEX document by the organisation in holdfast.yaml', () => {
    const { stdout } = scan(['package-lock.json', '--format', 'openvex']);
    const vex = JSON.parse(stdout);
    assert.deepEqual(openvexProblems(vex), []);
    assert.equal(vex.author, 'Beispiel Apps GmbH');
    assert.equal(vex.statements[0].status, 'under_investigation');
    assert.equal(vex.statements[0].products[0]['@id'], 'pkg:npm/shop@1.0.0');
  });

  it('are JUnit results that obey --fail-on, as the exit code does', () => {
    const failing = scan(['package-lock.json', '--format', 'junit', '--fail-on', 'critical']);
    assert.equal(failing.status, 2);
    assert.match(
      failing.stdout,
      /<testcase [^>]*name="minimist@1\.2\.5 GHSA-xvch-5gv4-984h" time="0"><failure type="critical"/,
    );
    assert.equal(parseXml(failing.stdout).ok, true);
  });

  it('are a page with its stylesheet inside', () => {
    const { status, stdout } = scan(['package-lock.json', '--format', 'html']);
    assert.equal(status, 0);
    assert.match(stdout, /^<!doctype html>/);
    assert.match(stdout, /<style>\/\* Holdfast\. One stylesheet/);
    assert.match(stdout, /<h1>1 finding is open<\/h1>/);
  });

  it('say on the other stream as well what could not be read, and end with exit code 3', () => {
    for (const format of ['cyclonedx', 'openvex', 'junit', 'html']) {
      const { status, stdout, stderr } = scan(['broken', 'package-lock.json', '--format', format]);
      assert.equal(status, 3, format);
      assert.match(stderr, /^not read: broken[\\/]package-lock\.json:1:/, format);
      if (format !== 'openvex') assert.match(stdout, /INVENTORY_MALFORMED/, format);
      assert.match(stdout, /GHSA-xvch-5gv4-984h/, format);
    }
  });

  it('are all written by the published package, which brings its stylesheet along', { timeout: 60_000 }, () => {
    const place = join(folder, 'packed');
    mkdirSync(place);
    const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    const [{ files }] = JSON.parse(packed.stdout) as [{ files: { path: string }[] }];
    assert.ok(files.some(({ path }) => path === 'dist/style.css'));
    for (const { path } of files) cpSync(join(root, path), join(place, path));
    const bin = join(place, 'bin', 'holdfast.cjs');
    assert.match(scan(['package-lock.json', '--format', 'html'], bin).stdout, /<style>\/\* Holdfast\. One stylesheet/);
  });
});
