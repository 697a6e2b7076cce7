/** Every output over real lockfiles and SBOMs, which are not in the repository (HOLDFAST_CORPUS), against the shipped snapshot. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CORPUS, NO_CORPUS, readableInputs } from '../../test/support/corpus.ts';
import { cyclonedxProblems, openvexProblems } from '../../test/support/output-schemas.ts';
import { NOW } from '../../test/support/scan-example.ts';
import { childrenOf, parseXml } from '../lib/xml.ts';
import { scanToCyclonedx } from './cyclonedx-bom.ts';
import { scanToJunit } from './junit.ts';
import { scanToOpenvex } from './openvex.ts';
import { MOST_FINDINGS } from './scan-findings.page.tsx';
import { scanToPage } from './scan.page.tsx';
import { scanInventories } from './scan.actions.ts';

const ISSUE = { at: NOW, toolVersion: '0.1.0', organisation: null, folder: 'corpus', prod: false };
const database = join(import.meta.dirname, '..', '..', 'data', 'advisories.idx');

interface Bom {
  metadata: { component: { 'bom-ref': string } };
  components: { 'bom-ref': string }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
  vulnerabilities: { affects: { ref: string }[] }[];
}

const scan = (paths: readonly string[]) =>
  scanInventories({ paths, cwd: '/', ignore: [], database, env: {}, prod: false, decisions: null });

async function assertOutputs(paths: readonly string[]): Promise<void> {
  const { report, inventories } = await scan(paths);
  const bom = scanToCyclonedx(report, inventories, ISSUE);
  assert.deepEqual(cyclonedxProblems(bom), []);
  const { metadata, components, dependencies, vulnerabilities } = bom as unknown as Bom;
  const refs = [metadata.component['bom-ref'], ...components.map((item) => item['bom-ref'])];
  const known = new Set(refs);
  assert.equal(known.size, refs.length, 'a bom-ref names one component');
  const named = [
    ...dependencies.flatMap(({ ref, dependsOn }) => [ref, ...(dependsOn ?? [])]),
    ...vulnerabilities.flatMap(({ affects }) => affects.map(({ ref }) => ref)),
  ];
  assert.deepEqual(
    named.filter((ref) => !known.has(ref)),
    [],
  );
  assert.equal(vulnerabilities.length, report.findings.length);
  const vex = scanToOpenvex(report, inventories, ISSUE);
  assert.deepEqual(openvexProblems(vex), []);
  const junit = parseXml(scanToJunit(report, null, NOW));
  assert.ok(junit.ok);
  const failures = childrenOf(junit.value, 'testsuite')
    .flatMap((suite) => childrenOf(suite, 'testcase'))
    .filter((item) => item.children[0]?.name === 'failure').length;
  assert.equal(
    failures,
    report.findings.reduce((sum, { inputs }) => sum + inputs.length, 0),
  );
  const page = scanToPage(report, { now: NOW, toolVersion: '0.1.0', organisation: null, folder: 'corpus', style: '' });
  assert.equal((page.match(/<details class="entry">/g) ?? []).length, Math.min(MOST_FINDINGS, report.findings.length));
}

describe('the outputs over real inputs', { skip: NO_CORPUS }, () => {
  for (const path of CORPUS === null ? [] : readableInputs(CORPUS)) {
    it(`are valid and whole for ${path.split('/').at(-1)}`, async () => assertOutputs([path]));
  }

  it('are valid and whole for all of them at once', async () => assertOutputs(readableInputs(CORPUS ?? '')));
});
