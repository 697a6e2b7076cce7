/** Reports among our own findings, over a real index: one problem of one package is one finding. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { component, inventory } from '../../test/support/scan-example.ts';
import { osvRecord, smallIndex } from '../../test/support/small-index.ts';
import { IndexReader } from '../advisory/index-reader.client.ts';
import type { Inventory } from '../inventory/component.ts';
import { matchPackages, packagesOf } from './finding.ts';
import { scannedPackages } from './locate-reported.ts';
import { mergeReports, type Merged, type NamedReport } from './merge-reports.ts';
import { pathFinder } from './paths-of.ts';
import { packageOf, packageOfPurl, PLAIN_FINDING, ratingOf, type ReportedFinding } from './reported-finding.ts';

const CRITICAL = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const MEDIUM = 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:L';
const INDEX = new IndexReader(
  await smallIndex([
    osvRecord('GHSA-aaaa-aaaa-aaaa', 'plank', '1.2.6', { aliases: ['CVE-2026-10001'], score: CRITICAL }),
    osvRecord('GHSA-bbbb-bbbb-bbbb', 'plank', '1.3.0', { aliases: ['CVE-2026-10002'] }),
    osvRecord('GHSA-cccc-cccc-cccc', 'org.shingle:shingle', '1.9', { ecosystem: 'Maven', score: MEDIUM }),
    osvRecord('GHSA-dddd-dddd-dddd', 'beam', '9.0.0', {
      aliases: ['CVE-2026-10004'],
      withdrawn: '2026-02-01T00:00:00Z',
    }),
  ]),
);

const SHOP = inventory({
  components: [
    component({ name: 'plank', version: '1.2.5', purl: 'pkg:npm/plank@1.2.5', location: 'node_modules/plank' }),
    component({
      name: 'plank',
      version: '0.9.0',
      purl: 'pkg:npm/plank@0.9.0',
      location: 'node_modules/beam/node_modules/plank',
    }),
    component({
      name: '@mill/beam',
      version: '2.0.0',
      purl: 'pkg:npm/%40mill/beam@2.0.0',
      location: 'node_modules/@mill/beam',
    }),
    component({
      name: 'chisel',
      version: '3.0.0',
      purl: 'pkg:npm/chisel@3.0.0',
      scope: 'development',
      location: 'node_modules/chisel',
    }),
    component({
      ecosystem: 'Maven',
      name: 'org.shingle:shingle',
      version: '1.5',
      purl: 'pkg:maven/org.shingle/shingle@1.5',
      location: 'x',
    }),
  ],
});

const reported = (
  tool: string,
  ids: readonly string[],
  purl: string,
  more: Partial<ReportedFinding> = {},
): ReportedFinding => ({
  ...PLAIN_FINDING,
  tool,
  ids,
  package: packageOfPurl(purl) ?? { ecosystem: '', name: purl, version: '', purl: '' },
  ...more,
});
const named = (path: string, ...findings: readonly ReportedFinding[]): NamedReport => ({
  path,
  report: { kind: 'trivy', findings, made: null, leftOut: [], failures: [] },
});

function merge(
  reports: readonly NamedReport[],
  { prod = false, inventories = [SHOP] as readonly Inventory[] } = {},
): Merged {
  const packages = packagesOf(inventories, prod);
  const pathsTo = pathFinder();
  const { findings } = matchPackages(packages, INDEX, pathsTo);
  const absent = INDEX.absent();
  const lookup = {
    byId: (id: string) => INDEX.byId(id),
    isWithdrawn: (id: string) => (absent.get(id)?.withdrawn ?? null) !== null,
  };
  return mergeReports(findings, reports, scannedPackages(packagesOf(inventories, false), packages), lookup, pathsTo);
}

/** `id name@version [tools]` */
const brief = ({ findings }: Merged): readonly string[] =>
  findings
    .map(({ id, name, version, sources }) => `${id} ${name}@${version} [${sources.map(({ tool }) => tool).join(' ')}]`)
    .sort();

const OWN = [
  'GHSA-aaaa-aaaa-aaaa plank@1.2.5 [holdfast]',
  'GHSA-bbbb-bbbb-bbbb plank@1.2.5 [holdfast]',
  'GHSA-cccc-cccc-cccc org.shingle:shingle@1.5 [holdfast]',
];

describe('merging reports', () => {
  it('makes one finding with three more sources of one problem that three tools report', () => {
    const merged = merge([
      named('a.json', reported('npm-audit', ['GHSA-aaaa-aaaa-aaaa'], 'pkg:npm/plank@1.2.5')),
      named('b.json', reported('trivy', ['CVE-2026-10001'], 'pkg:npm/plank@1.2.5')),
      named('c.json', reported('snyk', ['SNYK-JS-PLANK-1', 'CVE-2026-10001'], 'pkg:npm/plank@1.2.5')),
    ]);
    assert.deepEqual(brief(merged), [
      'GHSA-aaaa-aaaa-aaaa plank@1.2.5 [holdfast npm-audit snyk trivy]',
      ...OWN.slice(1),
    ]);
    const finding = merged.findings.find(({ id }) => id === 'GHSA-aaaa-aaaa-aaaa');
    assert.deepEqual(finding?.aliases, ['CVE-2026-10001', 'SNYK-JS-PLANK-1']);
    assert.deepEqual(finding?.sources[2], {
      tool: 'snyk',
      report: 'c.json',
      ids: ['CVE-2026-10001', 'SNYK-JS-PLANK-1'],
      evidence: [],
    });
    assert.deepEqual(
      [finding?.severity, finding?.score, finding?.fixed, finding?.inputs],
      ['critical', 9.8, ['1.2.6'], [SHOP.path]],
    );
  });

  it('does it without our own matching as well, with the rating that the index has', () => {
    const purl = 'pkg:npm/plank@1.2.5';
    const merged = merge(
      [
        named(
          'a.json',
          reported('trivy', ['CVE-2026-10001'], purl, {
            rating: ratingOf({ label: 'low' }),
            fixed: ['1.2.6', '0.9.1'],
          }),
        ),
        named('b.json', reported('grype', ['GHSA-aaaa-aaaa-aaaa'], purl)),
        named(
          'c.json',
          reported('snyk', ['SNYK-JS-PLANK-1'], purl),
          reported('snyk', ['SNYK-JS-PLANK-1', 'CVE-2026-10001'], 'pkg:npm/other@1'),
        ),
      ],
      { inventories: [] },
    );
    assert.deepEqual(brief(merged), [
      'GHSA-aaaa-aaaa-aaaa other@1 [snyk]',
      'GHSA-aaaa-aaaa-aaaa plank@1.2.5 [grype snyk trivy]',
    ]);
    const plank = merged.findings.find(({ name }) => name === 'plank');
    assert.deepEqual([plank?.severity, plank?.vector, plank?.fixed], ['critical', CRITICAL, ['1.2.6']]);
    assert.deepEqual([plank?.inputs, plank?.scope, plank?.purl], [['a.json', 'b.json', 'c.json'], 'unknown', purl]);
  });

  it('keeps what the index does not know, with the worst of what reports say, and says whose word that is', () => {
    const purl = 'pkg:npm/%40mill/beam@2.0.0';
    const merged = merge([
      named(
        'a.json',
        reported('trivy', ['CVE-2026-99999'], purl, { rating: ratingOf({ vectors: [MEDIUM] }), kev: true }),
      ),
      named(
        'b.json',
        reported('grype', ['CVE-2026-99999'], purl, { rating: ratingOf({ vectors: [CRITICAL] }), fixed: ['2.0.1'] }),
      ),
    ]);
    const finding = merged.findings.find(({ id }) => id === 'CVE-2026-99999');
    assert.deepEqual(
      [finding?.name, finding?.severity, finding?.vector, finding?.fixed, finding?.kev, finding?.inputs],
      ['@mill/beam', 'critical', CRITICAL, ['2.0.1'], true, [SHOP.path]],
    );
    assert.ok(
      merged.notes.includes('b.json: 1 finding has the rating of this report, because the advisory index has none.'),
    );
  });

  it('fills a rating that our own record does not give', () => {
    const merged = merge([
      named(
        'a.json',
        reported('trivy', ['CVE-2026-10002'], 'pkg:npm/plank@1.2.5', { rating: ratingOf({ label: 'high' }) }),
      ),
    ]);
    assert.equal(merged.findings.find(({ id }) => id === 'GHSA-bbbb-bbbb-bbbb')?.severity, 'high');
  });

  it('holds different versions and different problems apart', () => {
    const merged = merge([
      named(
        'a.json',
        reported('trivy', ['CVE-2026-10001'], 'pkg:npm/plank@0.9.0'),
        reported('trivy', ['CVE-2026-10001'], 'pkg:npm/plank@1.2.4'),
        reported('trivy', ['CVE-2026-10002', 'CVE-2026-10001'], 'pkg:npm/plank@1.2.5'),
      ),
    ]);
    assert.deepEqual(brief(merged), [
      'GHSA-aaaa-aaaa-aaaa plank@0.9.0 [trivy]',
      'GHSA-aaaa-aaaa-aaaa plank@1.2.4 [trivy]',
      'GHSA-aaaa-aaaa-aaaa plank@1.2.5 [holdfast trivy]',
      'GHSA-bbbb-bbbb-bbbb plank@1.2.5 [holdfast trivy]',
      OWN[2],
    ]);
    const inputs = merged.findings.map(({ version, inputs: [input] }) => `${version} ${input ?? ''}`);
    assert.ok(inputs.includes('0.9.0 shop/package-lock.json') && inputs.includes('1.2.4 a.json'));
    const one = merged.findings.find(({ id, version }) => id === 'GHSA-aaaa-aaaa-aaaa' && version === '1.2.5');
    assert.deepEqual(one?.aliases, ['CVE-2026-10001'], 'the other problem is no alias of this one');
  });

  it('knows a package by its purl in every spelling, and by group:artifact', () => {
    const maven = packageOf('maven', 'org.shingle:shingle', '1.5');
    assert.ok(maven !== null);
    const merged = merge([
      named(
        'a.json',
        reported('trivy', ['GHSA-cccc-cccc-cccc'], 'pkg:maven/org.shingle/shingle@1.5?type=jar'),
        reported('snyk', ['GHSA-cccc-cccc-cccc'], '', { package: maven }),
        reported('grype', ['CVE-2026-77777'], 'pkg:npm/@mill/beam@2.0.0'),
        reported('osv-scanner', ['CVE-2026-77777'], 'pkg:npm/%40mill%2Fbeam@2.0.0'),
      ),
    ]);
    assert.deepEqual(brief(merged).slice(0, 1), ['CVE-2026-77777 @mill/beam@2.0.0 [grype osv-scanner]']);
    assert.ok(brief(merged).includes('GHSA-cccc-cccc-cccc org.shingle:shingle@1.5 [holdfast snyk trivy]'));
  });

  it('lists a file of which only a CPE is known, and matches it with nothing', () => {
    const cpe = 'cpe:2.3:a:plank:plank:1.2.5:*:*:*:*:*:*:* (low confidence)';
    const file = { ecosystem: '', name: 'plank.dll', version: '', purl: '' };
    const merged = merge([
      named('dc.xml', reported('dependency-check', ['CVE-2026-10001'], '', { package: file, evidence: [cpe] })),
    ]);
    assert.deepEqual(brief(merged), ['GHSA-aaaa-aaaa-aaaa plank.dll@ [dependency-check]', ...OWN]);
    const finding = merged.findings.find(({ name }) => name === 'plank.dll');
    assert.deepEqual([finding?.ecosystem, finding?.purl, finding?.inputs], ['', '', ['dc.xml']]);
    assert.deepEqual(finding?.sources[0]?.evidence, [cpe]);
  });

  it('finds the installed versions that npm audit speaks of by folder and range', () => {
    const audit = (range: string, ...places: readonly string[]) =>
      named('audit.json', reported('npm-audit', ['CVE-2026-10001'], 'pkg:npm/plank', { installed: { places, range } }));
    const here = ['node_modules/plank', 'node_modules/beam/node_modules/plank'];
    const seen = (report: NamedReport) => brief(merge([report])).filter((line) => line.includes('npm-audit'));
    assert.deepEqual(seen(audit('>=1.0.0 <1.2.6', ...here)), ['GHSA-aaaa-aaaa-aaaa plank@1.2.5 [holdfast npm-audit]']);
    assert.deepEqual(seen(audit('<1.0.0', ...here)), ['GHSA-aaaa-aaaa-aaaa plank@0.9.0 [npm-audit]']);
    assert.deepEqual(seen(audit('*', 'node_modules/beam/node_modules/plank')), [
      'GHSA-aaaa-aaaa-aaaa plank@0.9.0 [npm-audit]',
    ]);
    assert.deepEqual(seen(audit('<1.0.0', 'elsewhere')), ['GHSA-aaaa-aaaa-aaaa plank@0.9.0 [npm-audit]']);
    const stale = merge([audit('>=7.0.0', ...here)]);
    assert.deepEqual(
      brief(stale).filter((line) => line.includes('npm-audit')),
      ['GHSA-aaaa-aaaa-aaaa plank@ [npm-audit]'],
    );
    assert.ok(stale.notes.includes('audit.json: 1 finding without a version that stands in a scanned input.'));
  });

  it('takes a name without an ecosystem for the one component that is called so', () => {
    const plain = (name: string, version: string) => ({ ecosystem: '', name, version, purl: '' });
    const merged = merge([
      named(
        's.sarif',
        reported('Trivy', ['CVE-2026-10001'], '', { package: plain('plank', '1.2.5') }),
        reported('Trivy', ['CVE-2026-10001'], '', { package: plain('plank', '7.7.7') }),
      ),
    ]);
    assert.deepEqual(brief(merged).slice(0, 2), [
      'GHSA-aaaa-aaaa-aaaa plank@1.2.5 [holdfast Trivy]',
      'GHSA-aaaa-aaaa-aaaa plank@7.7.7 [Trivy]',
    ]);
    const twin = inventory({
      path: 'twin.cdx.json',
      components: [component({ ecosystem: 'pypi', name: 'plank', version: '1.2.5', purl: 'pkg:pypi/plank@1.2.5' })],
    });
    const unclear = merge(
      [named('s.sarif', reported('Trivy', ['CVE-2026-10001'], '', { package: plain('plank', '1.2.5') }))],
      {
        inventories: [SHOP, twin],
      },
    );
    assert.ok(unclear.findings.some(({ ecosystem, inputs }) => ecosystem === '' && inputs[0] === 's.sarif'));
  });

  it('leaves out with --prod what only development needs, and says how much', () => {
    const report = named('a.json', reported('trivy', ['CVE-2026-55555'], 'pkg:npm/chisel@3.0.0'));
    assert.ok(brief(merge([report])).includes('CVE-2026-55555 chisel@3.0.0 [trivy]'));
    const prod = merge([report], { prod: true });
    assert.deepEqual(brief(prod), OWN);
    assert.ok(prod.notes.includes('1 reported finding left out: only development needs the package.'));
  });

  it('keeps a finding whose id its database has withdrawn, with a note', () => {
    const merged = merge([named('a.json', reported('trivy', ['GHSA-dddd-dddd-dddd'], 'pkg:npm/%40mill/beam@2.0.0'))]);
    assert.ok(brief(merged).includes('GHSA-dddd-dddd-dddd @mill/beam@2.0.0 [trivy]'));
    assert.ok(
      merged.notes.includes(
        'Withdrawn by the database that issued it, and kept because a report names it: GHSA-dddd-dddd-dddd in @mill/beam@2.0.0.',
      ),
    );
  });

  it('gives one source for the copies of one report, with every way', () => {
    const way = (...path: readonly string[]) =>
      reported('snyk', ['CVE-2026-66666'], 'pkg:npm/joist@1.0.0', { paths: [path] });
    const merged = merge([
      named('s.json', way('b@1', 'joist@1.0.0'), way('a@1', 'b@1', 'joist@1.0.0'), way('b@1', 'joist@1.0.0')),
    ]);
    const finding = merged.findings.find(({ name }) => name === 'joist');
    assert.equal(finding?.sources.length, 1);
    assert.deepEqual(
      [finding?.paths, finding?.pathCount],
      [
        [
          ['b@1', 'joist@1.0.0'],
          ['a@1', 'b@1', 'joist@1.0.0'],
        ],
        2,
      ],
    );
  });

  it('joins a chain of 60,000 names in time', { timeout: 10_000 }, () => {
    const chain = Array.from({ length: 60_000 }, (_, at) =>
      reported('snyk', [`X-${at}`, `X-${at + 1}`], 'pkg:npm/joist@1'),
    );
    const started = cpuMs();
    const merged = merge([named('a.json', ...chain)]);
    assert.ok(cpuMs() - started < 2_000);
    assert.equal(merged.findings.find(({ name }) => name === 'joist')?.aliases.length, 60_000);
  });

  it('answers the same in whatever order reports and their entries come', () => {
    const finding = fc.record({
      tool: fc.constantFrom('trivy', 'grype', 'snyk'),
      ids: fc.uniqueArray(
        fc.constantFrom('CVE-2026-10001', 'GHSA-aaaa-aaaa-aaaa', 'CVE-2026-10002', 'X-1', 'X-2', 'X-3'),
        { minLength: 1, maxLength: 3 },
      ),
      purl: fc.constantFrom(
        'pkg:npm/plank@1.2.5',
        'pkg:npm/plank@0.9.0',
        'pkg:npm/joist@1',
        'pkg:maven/org.shingle/shingle@1.5',
      ),
      label: fc.constantFrom('low', 'high', 'nonsense'),
      vector: fc.constantFrom(CRITICAL, CRITICAL.replace('3.1', '3.0'), MEDIUM, ''),
      fixed: fc.subarray(['1.2.6', '2.0.0', '1.10.0']),
      paths: fc.array(fc.array(fc.constantFrom('a@1', 'b@1'), { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
    });
    const report = fc.array(finding, { minLength: 1, maxLength: 5 });
    const shuffled = fc.array(report, { minLength: 1, maxLength: 4 }).chain((all) => {
      const reports = all.map((entries, at) =>
        named(
          `${at}.json`,
          ...entries.map(({ tool, ids, purl, label, vector, fixed, paths }) =>
            reported(tool, ids, purl, { rating: ratingOf({ vectors: [vector], label }), fixed, paths }),
          ),
        ),
      );
      const mixed = reports.map(({ path, report: { findings, ...rest } }) =>
        fc
          .shuffledSubarray([...findings], { minLength: findings.length })
          .map((entries): NamedReport => ({ path, report: { ...rest, findings: entries } })),
      );
      return fc.tuple(
        fc.constant(reports),
        fc.tuple(...mixed).chain((parts) => fc.shuffledSubarray(parts, { minLength: parts.length })),
      );
    });
    fc.assert(
      fc.property(shuffled, ([reports, other]) => {
        const merged = merge(reports);
        assert.deepEqual(merge(other), merged);
        // Nothing vanishes: every entry is a source of a finding of its package.
        for (const {
          path,
          report: { findings },
        } of reports)
          for (const entry of findings)
            assert.ok(
              merged.findings.some(
                ({ name, version, sources }) =>
                  name === entry.package.name &&
                  version === entry.package.version &&
                  sources.some(
                    (source) =>
                      source.report === path &&
                      source.tool === entry.tool &&
                      entry.ids.every((id) => source.ids.includes(id)),
                  ),
              ),
            );
      }),
      { numRuns: 300 },
    );
  });
});
