/** Imported reports in a whole scan: files on disk, a real index, and what a person or a script gets to see. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { cyclonedxProblems, openvexProblems } from '../../test/support/output-schemas.ts';
import { osvRecord, smallIndex } from '../../test/support/small-index.ts';
import type { Json } from '../lib/json.ts';
import { parseXml } from '../lib/xml.ts';
import { scanToAnnotations } from './github-annotations.ts';
import { scanToJunit } from './junit.ts';
import { scanToCyclonedx } from './cyclonedx-bom.ts';
import { scanToOpenvex } from './openvex.ts';
import { scanToSarif } from './sarif.ts';
import { scanToJson } from './scan-json.ts';
import { scanToPage } from './scan.page.tsx';
import { scanExit } from './scan-report.ts';
import { scanText } from './scan.text.ts';
import { scanInventories } from './scan.actions.ts';
import { NOW } from '../../test/support/scan-example.ts';

const root = join(import.meta.dirname, '..', '..');
const FIXTURES = join(root, 'test', 'fixtures', 'scan');
const fixture = (name: string): string => join(FIXTURES, name);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-imports-'));
after(() => rmSync(folder, { recursive: true }));
const database = await smallIndex([
  osvRecord('GHSA-xvch-5gv4-984h', 'plank', '1.2.6', {
    aliases: ['CVE-2021-44906'],
    score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  }),
]);

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}
write(
  'package-lock.json',
  JSON.stringify({
    name: 'shop',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'shop', version: '1.0.0', dependencies: { rafter: '^2.0.0' } },
      'node_modules/rafter': { version: '2.0.0', dependencies: { plank: '^1.2.5' } },
      'node_modules/plank': { version: '1.2.5' },
      'node_modules/beam/node_modules/plank': { version: '0.2.0' },
    },
  }),
);

const scan = (
  files: readonly string[],
  options: { readonly paths?: readonly string[]; readonly folderMayBeEmpty?: boolean; readonly cwd?: string } = {},
) =>
  scanInventories({
    paths: options.paths ?? ['package-lock.json'],
    cwd: options.cwd ?? folder,
    ignore: [],
    database,
    env: {},
    prod: false,
    decisions: null,
    imports: { files, folderMayBeEmpty: options.folderMayBeEmpty ?? false },
  });

const EVERY = [
  'npm-audit-v1.json',
  'npm-audit-v2.json',
  'dependency-check.json',
  'dependency-check.xml',
  'osv-scanner.json',
  'trivy.json',
  'grype.json',
  'snyk.json',
  'snyk-projects.json',
  'findings.sarif',
].map(fixture);

describe('a scan with imported reports', () => {
  it('joins what seven tools say of one package into one finding of the lockfile', async () => {
    const { report } = await scan(EVERY);
    const plank = report.findings.filter(({ name, version }) => name === 'plank' && version === '1.2.5');
    assert.equal(plank.length, 1);
    assert.deepEqual(
      plank[0]?.sources.map(({ tool }) => tool),
      ['holdfast', 'Snyk Open Source', 'Trivy', 'grype', 'npm-audit', 'osv-scanner', 'snyk'],
    );
    assert.deepEqual(plank[0]?.inputs, ['package-lock.json']);
    assert.deepEqual(plank[0]?.paths, [['rafter@2.0.0', 'plank@1.2.5']]);
    assert.deepEqual(plank[0]?.aliases, ['CVE-2021-44906', 'SNYK-JS-PLANK-2429795']);
    const old = report.findings.find(({ name, version }) => name === 'plank' && version === '0.2.0');
    assert.deepEqual(
      [old?.id, old?.sources.map(({ report: from }) => from)],
      ['GHSA-vh95-rmgr-6w4m', [fixture('npm-audit-v1.json'), fixture('npm-audit-v2.json')]],
    );
    assert.deepEqual(old?.fixed, ['0.2.1', '1.2.3']);
    const dll = report.findings.filter(({ name }) => name === 'gutter.dll');
    assert.deepEqual(
      dll.map(({ id, sources }) => [id, sources.length]),
      [['CVE-2014-0107', 3]],
    );
    assert.deepEqual(
      report.inputs
        .slice(1)
        .map(({ kind }) => kind)
        .sort(),
      [
        'dependency-check',
        'dependency-check',
        'grype',
        'npm-audit',
        'npm-audit',
        'osv-scanner',
        'sarif',
        'snyk',
        'snyk',
        'trivy',
      ],
    );
    assert.deepEqual(
      report.errors.map(({ code }) => code),
      ['IMPORT_INCOMPLETE', 'IMPORT_INCOMPLETE'],
    );
    assert.equal(scanExit(report, null), 3);
    assert.equal(scanExit(report, 'critical'), 2);
    const trivy = fixture('trivy.json');
    assert.ok(report.notes.includes(`${trivy}: a report by trivy of 2026-10-10, with 3 findings.`));
    assert.ok(report.notes.includes(`${trivy}: left out: 1 finding closed there (CVE-2020-7598).`));
    const dataAsOf = report.database.dataAsOf;
    assert.equal(dataAsOf, Date.parse('2026-01-02T03:04:05Z'), 'the age of our data is not that of a report');
  });

  it('gives every output that it can be written as, valid by its schema', async () => {
    const { report, inventories } = await scan(EVERY);
    const ajv = new Ajv2020({ allErrors: true });
    formats.default(ajv);
    const validate = ajv.compile(
      JSON.parse(readFileSync(join(root, 'docs', 'formats', 'scan.schema.json'), 'utf8')) as object,
    );
    assert.ok(validate(JSON.parse(JSON.stringify(scanToJson(report)))), JSON.stringify(validate.errors));
    const issue = { at: NOW, toolVersion: '0.1.0', organisation: null, folder: 'shop', prod: false };
    const bom = JSON.parse(JSON.stringify(scanToCyclonedx(report, inventories, issue))) as Json;
    assert.deepEqual(cyclonedxProblems(bom), []);
    assert.deepEqual(openvexProblems(JSON.parse(JSON.stringify(scanToOpenvex(report, inventories, issue)))), []);
    assert.ok(parseXml(scanToJunit(report, null, NOW)).ok);
    const prints = scanToSarif(report, '0.1.0').runs[0]?.results?.map(({ partialFingerprints }) =>
      JSON.stringify(partialFingerprints),
    );
    assert.equal(new Set(prints).size, prints?.length, 'no two results share a fingerprint');
    const page = scanToPage(report, { now: NOW, toolVersion: '0.1.0', organisation: null, folder: 'shop', style: '' });
    assert.match(page, /10 reports of other tools were added/);
    const text = scanText(report, null, { columns: 160, paint: (_, plain) => plain, now: NOW });
    assert.match(text, /^.*trivy\.json {2}imported report \(trivy\)$/m);
    assert.match(text, /via rafter@2\.0\.0; also .*grype/);
    assert.match(text, /gutter\.dll .*no known way; only dependency-check/);
    assert.match(text, /^Next: holdfast why plank@1\.2\.5 package-lock\.json$/m);
    for (const output of [text, page, scanToAnnotations(report, null)]) assert.doesNotMatch(output, /gutter\.dll@/);
    const junit = scanToJunit(report, null, NOW);
    assert.doesNotMatch(junit, /classname="[^"]*\.(?:sarif|xml)"[^>]*\/>/, 'no report passes a test');
  });

  it('reads what PowerShell wrote, and the same file once', async () => {
    const text = readFileSync(fixture('trivy.json'), 'utf8');
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    write('le.json', little);
    write('be.json', Buffer.from(little).swap16());
    write('bom.json', `\ufeff${text}`);
    for (const name of ['le.json', 'be.json', 'bom.json']) {
      const { report } = await scan([name, `./${name}`]);
      assert.deepEqual([report.errors, report.inputs.length], [[], 2], name);
      assert.ok(
        report.findings.some(({ name: found }) => found === '@mill/plank'),
        name,
      );
    }
  });

  it('reports what cannot be read, and goes on with the rest', async () => {
    write('cut.json', '{"SchemaVersion": 2, "Results": [');
    write('other.json', '{"hello": "world"}');
    write('latin.json', Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x7d]));
    const { report } = await scan(['cut.json', 'missing.json', 'other.json', 'latin.json', fixture('grype.json'), '.']);
    assert.deepEqual(
      report.errors.map(({ code, at }) => `${code} ${at?.file ?? ''}`),
      [
        'FILE_UNREADABLE .',
        'IMPORT_MALFORMED cut.json',
        'IMPORT_MALFORMED latin.json',
        'FILE_NOT_FOUND missing.json',
        'IMPORT_UNSUPPORTED other.json',
      ],
    );
    assert.deepEqual([report.errors[1]?.at?.line, report.errors[1]?.at?.column], [1, 34]);
    assert.ok(report.findings.some(({ sources }) => sources.some(({ tool }) => tool === 'grype')));
    assert.equal(scanExit(report, null), 3);
  });

  it('needs no lockfile where no path was named, and says that nothing was compared', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'holdfast-empty-'));
    after(() => rmSync(empty, { recursive: true }));
    const alone = await scan([fixture('trivy.json')], { paths: ['.'], cwd: empty, folderMayBeEmpty: true });
    assert.deepEqual(alone.report.errors, []);
    assert.equal(alone.report.findings.length, 3);
    assert.ok(alone.report.notes.some((note) => /nothing was compared with the advisory index/.test(note)));
    const asked = await scan([fixture('trivy.json')], { paths: ['.'], cwd: empty });
    assert.deepEqual(
      asked.report.errors.map(({ code }) => code),
      ['INVENTORY_NOT_FOUND'],
    );
    writeFileSync(join(empty, 'clean.json'), '{"SchemaVersion": 2}');
    const clean = await scan(['clean.json'], { paths: ['.'], cwd: empty, folderMayBeEmpty: true });
    const text = scanText(clean.report, null, { columns: 120, paint: (_, plain) => plain, now: NOW });
    assert.match(text, /Nothing was compared; the imported reports name no vulnerability\./);
    assert.doesNotMatch(text, /No known vulnerability/);
  });

  it('counts a finding of a report alone like any other', async () => {
    write(
      'one.json',
      JSON.stringify({
        SchemaVersion: 2,
        Results: [
          {
            Type: 'npm',
            Vulnerabilities: [
              { VulnerabilityID: 'CVE-2026-4242', PkgName: 'rafter', InstalledVersion: '2.0.0', Severity: 'HIGH' },
            ],
          },
        ],
      }),
    );
    const { report } = await scan(['one.json']);
    const rafter = report.findings.find(({ name }) => name === 'rafter');
    assert.deepEqual([rafter?.severity, rafter?.scope, rafter?.paths], ['high', 'production', [['rafter@2.0.0']]]);
    assert.equal(scanExit({ ...report, findings: rafter === undefined ? [] : [rafter] }, 'high'), 2);
  });
});
