/** A project with a POM, from the files to the verdicts: scan, gate, the control of a policy, and `why`. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { dependencies, dependency, managed, project } from '../../test/support/pom-tree.ts';
import { cleanEnv, newRepository, temporaryFolder, type TestRepository } from '../../test/support/repository.ts';
import { buildIndex } from '../advisory/advisory-build.actions.ts';
import type { Instant } from '../lib/time.ts';
import { NO_FACTS } from '../policy/facts.ts';
import { scanDependencies } from '../scan/dependencies.control.ts';
import { scanPaths } from '../scan/scan.actions.ts';
import { scanExit } from '../scan/scan-report.ts';
import { explainTarget } from '../scan/why.actions.ts';
import { whyText } from '../scan/why.text.ts';
import { runGate } from './gate.actions.ts';

const now = Date.parse('2026-11-24T09:00:00Z') as Instant;

const advisory = {
  schema_version: '1.7.0',
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-11-20T00:00:00Z',
  affected: [
    {
      package: { ecosystem: 'Maven', name: 'org.a:leaky' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.1' }] }],
    },
  ],
  database_specific: { severity: 'HIGH' },
};

const POM = project(dependencies(dependency('org.a:web:2.0')));
const OPEN_POM = project(dependencies(dependency('org.a:web')));
const bom = (...purls: string[]): string =>
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: purls.map((purl) => ({ name: 'x', version: '1', purl })),
  });
const BOM = bom('pkg:maven/org.a/web@2.0', 'pkg:maven/org.a/deep@3.0');

describe('a Maven project', () => {
  let database = '';
  before(async () => {
    const folder = temporaryFolder();
    database = join(folder, 'advisories.idx');
    writeFileSync(join(folder, 'a.json'), JSON.stringify(advisory));
    await buildIndex({ out: database, sources: [join(folder, 'a.json')], built: now, onProgress: () => undefined });
  });

  const committed = (files: Readonly<Record<string, string>>): TestRepository => {
    const made = newRepository();
    made.commit('one', files);
    return made;
  };
  const scan = (made: TestRepository) =>
    scanPaths({ paths: [], cwd: made.folder, ignore: [], database, env: cleanEnv, prod: false, decisions: null });
  const gate = async (made: TestRepository) => {
    const request = { products: [], ignore: [], base: null, head: null, branch: null, prod: false } as const;
    const report = await runGate({
      ...request,
      folder: made.folder,
      database,
      env: cleanEnv,
      now,
      failOn: 'low',
      maxDataAgeDays: 7,
    });
    return [report.decision.verdict, ...report.decision.reasons.map(({ code }) => code)];
  };
  const control = async (made: TestRepository) => {
    const bound = scanDependencies.bind({});
    assert.ok(bound.ok);
    const context = { root: made.folder, facts: NO_FACTS, database, release: null, env: cleanEnv, now };
    return bound.bound.judge(await bound.bound.gather(context), now);
  };

  it('does not pass on its POM alone, though nothing is found', async () => {
    const made = committed({ 'pom.xml': POM, 'm/pom.xml': '<project><artifactId>m</artifactId></project>' });
    const report = await scan(made);
    assert.deepEqual([report.findings, report.errors, scanExit(report, 'low')], [[], [], 0]);
    assert.deepEqual(
      report.inputs.map(({ path, coverage, standIn }) => [path, coverage, standIn]),
      [
        ['pom.xml', 'direct', null],
        ['m/pom.xml', 'whole', null],
      ],
    );
    assert.deepEqual(await gate(made), ['incomplete', 'transitive-unknown']);
    const { verdict, summary } = await control(made);
    assert.equal(verdict, 'unknown');
    assert.match(
      summary,
      /^What the dependencies bring along is not known, because pom\.xml names only what is asked for\./,
    );
  });

  it('passes with the SBOM that its build wrote, and not with that of another', async () => {
    const made = committed({ 'pom.xml': POM, 'bom.json': BOM });
    assert.deepEqual(await gate(made), ['passed']);
    assert.equal((await control(made)).verdict, 'kept');
    assert.deepEqual((await scan(made)).notes, [
      'pom.xml: bom.json names everything that it asks for and stands in for what that brings along.',
    ]);
    const other = committed({ 'pom.xml': POM, 'bom.json': bom('pkg:maven/org.a/deep@3.0') });
    assert.deepEqual(await gate(other), ['incomplete', 'transitive-unknown']);
  });

  it('ends a scan with 3 for a version that stands nowhere, unless its SBOM names it', async () => {
    const open = await scan(committed({ 'pom.xml': OPEN_POM }));
    assert.deepEqual(
      open.errors.map(({ code, message, at }) => `${code} ${at?.file} ${message}`),
      [
        'INVENTORY_INCOMPLETE pom.xml The version of org.a:web (pom.xml, line 5) is not known: it states none, and nothing in the tree manages it',
      ],
    );
    assert.equal(scanExit(open, null), 3);
    const made = committed({ 'pom.xml': OPEN_POM, 'bom.json': BOM });
    const closed = await scan(made);
    assert.deepEqual([closed.errors, scanExit(closed, null)], [[], 0]);
    assert.match(closed.notes[0] ?? '', /stands in for what that brings along and for 1 open version\.$/);
    assert.deepEqual(await gate(made), ['passed']);
  });

  it('is blocked by a finding in what it asks for and in what it only manages, and `why` tells them apart', async () => {
    const made = committed({
      'pom.xml': project(managed(dependency('org.a:leaky:1.0'))),
      'm/pom.xml': project(dependencies(dependency('org.a:leaky:0.9')), { artifact: 'm' }),
    });
    const { findings } = await scan(made);
    assert.deepEqual(
      findings.map(({ version, inputs, paths, scope }) => [version, inputs, paths, scope]),
      [
        ['0.9', ['m/pom.xml'], [['org.a:leaky@0.9']], 'production'],
        ['1.0', ['pom.xml'], [], 'unknown'],
      ],
    );
    assert.equal((await gate(made))[0], 'blocked');
    const target = { type: 'package', name: 'org.a:leaky', version: null } as const;
    const request = { paths: [], cwd: made.folder, ignore: [], database, env: cleanEnv, prod: false, decisions: null };
    const text = whyText('org.a:leaky', await explainTarget(target, request), (_, word) => word);
    assert.match(text, /It is managed, not asked for here/);
    assert.match(text, /Next: set org\.a:leaky to the highest of 1\.1 at pom\.xml:5 dependencyManagement\n/);
    assert.match(text, /your product → org\.a:leaky@0\.9\n/);
    assert.match(text, /Next: set org\.a:leaky to 1\.1 at m\/pom\.xml:5\n/);
    assert.doesNotMatch(text, /npm/);
  });
});
