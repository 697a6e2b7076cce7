/** What each format of other tools' reports is read as. The fixtures are ours: invented packages under ids that exist. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readReport } from './read-report.ts';
import type { ReportedFinding } from './reported-finding.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'scan');
const fixture = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8');
const read = (name: string) => readReport(name, fixture(name));
const readJson = (document: unknown) => readReport('report.json', JSON.stringify(document));

const V3_CRITICAL = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const brief = ({ ids, package: { ecosystem, name, version }, rating }: ReportedFinding): string =>
  `${ids.join('=')} in ${ecosystem || '?'} ${name} ${version || '?'}: ${rating.severity} ${rating.score ?? '-'}`;

describe('npm audit, version 1', () => {
  it('is one finding for each installed version, by the ids of GitHub and CVE', () => {
    const { kind, findings, failures } = read('npm-audit-v1.json');
    assert.equal(kind, 'npm-audit');
    assert.deepEqual(failures, []);
    assert.deepEqual(findings.map(brief), [
      'NPM-550 in npm @mill/spool 3.1.0: low -',
      'GHSA-vh95-rmgr-6w4m=CVE-2020-7598 in npm plank 1.2.0: medium 5.6',
      'GHSA-vh95-rmgr-6w4m=CVE-2020-7598 in npm plank 0.2.0: medium 5.6',
    ]);
    assert.deepEqual(findings[1]?.fixed, ['0.2.1', '1.2.3']);
    assert.equal(findings[0]?.package.purl, 'pkg:npm/%40mill/spool@3.1.0');
    assert.deepEqual(findings[0]?.fixed, []);
  });

  it('takes an advisory with several CVEs for several problems', () => {
    const advisory = {
      module_name: 'plank',
      cves: ['CVE-2020-1111', 'CVE-2020-2222'],
      findings: [{ version: '1.0.0' }],
    };
    const { findings } = readJson({
      advisories: { 7: { ...advisory, id: 7, github_advisory_id: 'ghsa-VH95-rmgr-6w4m' } },
    });
    assert.deepEqual(
      findings.map(({ ids, labels }) => [ids, labels]),
      [
        [['CVE-2020-1111'], ['GHSA-vh95-rmgr-6w4m']],
        [['CVE-2020-2222'], ['GHSA-vh95-rmgr-6w4m']],
      ],
    );
  });
});

describe('npm audit, version 2', () => {
  it('gives the folders and the range of each advisory, and no version of its own', () => {
    const { findings } = read('npm-audit-v2.json');
    assert.deepEqual(findings.map(brief), [
      'GHSA-xvch-5gv4-984h in npm plank ?: critical 9.8',
      'GHSA-vh95-rmgr-6w4m in npm plank ?: medium -',
    ]);
    assert.deepEqual(findings[0]?.installed, {
      places: ['node_modules/plank', 'node_modules/beam/node_modules/plank'],
      range: '>=1.0.0 <1.2.6',
    });
    assert.deepEqual(findings[0]?.fixed, ['1.2.6']);
  });

  it('is loud when npm failed, and when an entry says nothing', () => {
    const failed = readJson({ error: { code: 'ENOLOCK', summary: 'This command requires an existing lockfile.' } });
    assert.deepEqual(failed.failures, ['npm audit failed (ENOLOCK): This command requires an existing lockfile.']);
    const odd = readJson({ auditReportVersion: 2, vulnerabilities: { plank: { name: 'plank', via: [] }, beam: 3 } });
    assert.deepEqual(odd.failures, ['2 entries name no problem or no package, and could not be read']);
  });
});

describe('Dependency-Check', () => {
  for (const name of ['dependency-check.json', 'dependency-check.xml']) {
    it(`${name}: takes the purl for the package and keeps the CPE as evidence`, () => {
      const { kind, findings, made, leftOut, failures } = read(name);
      assert.equal(kind, 'dependency-check');
      assert.equal(made, Date.parse('2026-10-10T08:15:00.123Z'));
      assert.deepEqual(findings.map(brief), [
        'CVE-2022-42889 in Maven org.shingle:shingle-text 1.9: critical 9.8',
        'CVE-2014-0107 in ? gutter.dll ?: high 7.5',
      ]);
      const [text, gutter] = findings;
      assert.equal(text?.rating.vector, V3_CRITICAL);
      assert.deepEqual(text?.fixed, ['1.10.0']);
      assert.deepEqual(text?.urls, ['https://example.org/advisory']);
      assert.deepEqual(text?.evidence, [
        'cpe:2.3:a:shingle:text:1.9:*:*:*:*:*:*:* (highest confidence)',
        'reported together with pkg:maven/org.shingle/shingle-io@1.9',
      ]);
      assert.equal(gutter?.package.purl, '');
      assert.deepEqual(gutter?.evidence, ['cpe:2.3:a:gutter:gutter:2.0:*:*:*:*:*:*:* (low confidence)']);
      assert.deepEqual([leftOut, failures], [['1 finding suppressed there (CVE-2021-29425)'], []]);
    });
  }

  it('says that an analyser failed, in both formats', () => {
    const json = readJson({
      scanInfo: { analysisExceptions: [{ exception: { message: 'NVD 403' } }] },
      dependencies: [],
    });
    const xml = readReport(
      'x.xml',
      '<analysis><scanInfo><analysisExceptions><exception><message>NVD 403</message></exception></analysisExceptions></scanInfo><dependencies/></analysis>',
    );
    const said = ['Dependency-Check met an error and may have missed something: NVD 403'];
    assert.deepEqual([json.failures, xml.failures], [said, said]);
  });

  it('keeps problems that have a name and no id', () => {
    const dependency = { fileName: 'a.js', vulnerabilities: [{ name: 'plank issue: 162', severity: 'medium' }] };
    const { findings } = readJson({ scanInfo: {}, dependencies: [dependency] });
    assert.deepEqual(findings.map(brief), ['plank issue: 162 in ? a.js ?: medium -']);
  });
});

describe('OSV-Scanner', () => {
  it('reads whole records, their groups and the names of ecosystems', () => {
    const { kind, findings, leftOut } = read('osv-scanner.json');
    assert.equal(kind, 'osv-scanner');
    assert.deepEqual(findings.map(brief), [
      'GHSA-xvch-5gv4-984h=CVE-2021-44906=SNYK-JS-PLANK-2429795 in npm plank 1.2.5: critical 9.8',
      'PYSEC-2021-9999 in pypi trellis 2.0: high 7.5',
    ]);
    assert.deepEqual(findings[0]?.fixed, ['1.2.6']);
    assert.deepEqual(leftOut, ['1 licence violation']);
  });

  it('has nothing to say where Go wrote null', () => {
    assert.deepEqual(readJson({ results: null }).findings, []);
  });
});

describe('Trivy', () => {
  it('reads purls without what may be a secret, and takes the severity of its own source', () => {
    const { kind, findings, made, leftOut } = read('trivy.json');
    assert.equal(kind, 'trivy');
    assert.equal(made, Date.parse('2026-10-10T08:15:00.500Z'));
    assert.deepEqual(findings.map(brief), [
      'CVE-2021-44906=GHSA-xvch-5gv4-984h in npm @mill/plank 1.2.5: critical 9.8',
      'CVE-2022-42889 in Maven org.shingle:shingle-text 1.9: high -',
      'CVE-2023-5678 in apk gable 3.1.4-r0: unscored -',
    ]);
    assert.equal(findings[0]?.package.purl, 'pkg:npm/%40mill/plank@1.2.5');
    assert.equal(findings[1]?.package.purl, 'pkg:maven/org.shingle/shingle-text@1.9');
    assert.deepEqual(leftOut, ['1 finding closed there (CVE-2020-7598)', '3 misconfigurations, secrets and licences']);
  });
});

describe('Grype', () => {
  it('joins a GHSA with its CVE, but not a bulletin with everything that it fixes', () => {
    const { kind, findings, leftOut } = read('grype.json');
    assert.equal(kind, 'grype');
    assert.deepEqual(findings.map(brief), [
      'GHSA-xvch-5gv4-984h=CVE-2021-44906 in npm plank 1.2.5: critical 9.8',
      'ELSA-2026-1234 in rpm gable 3.0.7: low -',
      'CVE-2014-0107 in generic gutter 2.0: unscored -',
    ]);
    assert.deepEqual(
      findings.map(({ kev }) => kev),
      [true, false, false],
    );
    assert.deepEqual(
      findings.map(({ evidence }) => evidence),
      [
        [],
        ['a bulletin that covers CVE-2023-1111', 'a bulletin that covers CVE-2023-2222'],
        ['cpe:2.3:a:gutter:gutter:2.0:*:*:*:*:*:*:*', 'cpe:2.3:a:gutter:gutter:*:*:*:*:*:*:*:*'],
      ],
    );
    assert.deepEqual(leftOut, ['1 finding ignored there (CVE-2020-7598)']);
  });
});

describe('Snyk', () => {
  it('reads one project with the way of each copy, and counts licences and what was ignored', () => {
    const { kind, findings, leftOut } = read('snyk.json');
    assert.equal(kind, 'snyk');
    assert.deepEqual(
      findings.map(({ paths }) => paths),
      [[['rafter@2.0.0', 'plank@1.2.5']], [['joist@3.0.0', 'plank@1.2.5']]],
    );
    assert.deepEqual(findings[0]?.ids, ['SNYK-JS-PLANK-2429795', 'GHSA-xvch-5gv4-984h', 'CVE-2021-44906']);
    assert.deepEqual(leftOut, ['1 finding ignored there (SNYK-JS-LATH-559764)', '1 licence issue']);
  });

  it('reads several projects, splits an issue of two CVEs, and is loud about a project that failed', () => {
    const { findings, failures } = read('snyk-projects.json');
    assert.deepEqual(findings.map(brief), [
      'CVE-2022-42889 in Maven org.shingle:shingle-text 1.9: high 8.1',
      'CVE-2021-29425 in Maven org.shingle:shingle-text 1.9: high 8.1',
    ]);
    assert.deepEqual(findings[0]?.labels, ['SNYK-JAVA-ORGSHINGLE-3043138']);
    assert.deepEqual(failures, [
      'Snyk could not test /work/shop/admin: Missing node_modules folder: run `npm install`',
    ]);
  });
});

describe('SARIF', () => {
  it('finds the package where each tool writes it, and leaves out what is no vulnerability', () => {
    const { kind, findings, leftOut, failures } = read('findings.sarif');
    assert.equal(kind, 'sarif');
    assert.deepEqual(
      findings.map((finding) => `${finding.tool}: ${brief(finding)}`),
      [
        'Trivy: CVE-2021-44906 in ? plank 1.2.5: critical 9.8',
        'Grype: GHSA-xvch-5gv4-984h in npm @mill/plank 1.2.5: critical 9.8',
        'dependency-check: CVE-2022-42889 in Maven org.shingle:shingle-text 1.9: critical 9.8',
        'dependency-check: CVE-2014-0107 in ? gutter.dll ?: unscored -',
        'Snyk Open Source: SNYK-JS-PLANK-2429795=CVE-2021-44906 in ? plank 1.2.5: critical 9.8',
        'osv-scanner: CVE-2021-44906=GHSA-xvch-5gv4-984h in ? @mill/plank 1.2.5: unscored -',
      ],
    );
    assert.deepEqual(leftOut, ['1 finding suppressed there (CVE-2021-29425)', '3 results that are no vulnerabilities']);
    assert.deepEqual(failures, ['CodeQL says that its run failed: out of memory']);
  });

  it('lets no suppression count that is under review or rejected', () => {
    const result = (status: string) => ({ ruleId: 'CVE-2021-44906', suppressions: [{ kind: 'external', status }] });
    const { findings } = readJson({
      version: '2.1.0',
      runs: [
        { tool: { driver: { name: 'x' } }, results: [result('underReview'), result('rejected'), result('accepted')] },
      ],
    });
    assert.equal(findings.length, 2);
  });
});

describe('a file that is no report', () => {
  const refusal = (text: string): string => {
    try {
      readReport('r.json', text);
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown) return `${String(thrown.code)}: ${thrown.message}`;
      throw thrown;
    }
    return 'it was read';
  };

  it('is refused with its own code, whatever it is', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['', /^IMPORT_MALFORMED: r\.json is empty/],
      ['{"runs": [', /^IMPORT_MALFORMED: r\.json is not JSON: the file ends/],
      ['<analysis><dependencies>', /^IMPORT_MALFORMED: r\.json is not XML/],
      ['<!DOCTYPE a [<!ENTITY b "c">]><analysis>&b;</analysis>', /^IMPORT_MALFORMED: .*document type/],
      ['<analysis/>', /^IMPORT_MALFORMED: the report has no `dependencies`/],
      ['<bom/>', /^IMPORT_UNSUPPORTED: r\.json is XML, but no report of Dependency-Check/],
      ['{}', /^IMPORT_UNSUPPORTED/],
      ['[]', /^IMPORT_UNSUPPORTED/],
      ['3', /^IMPORT_UNSUPPORTED/],
      ['{"bomFormat": "CycloneDX"}', /^IMPORT_UNSUPPORTED: r\.json is an inventory, not a report/],
      ['{"results": [], "errors": []}', /^IMPORT_UNSUPPORTED/],
      ['{"SchemaVersion": 1, "Results": []}', /^IMPORT_UNSUPPORTED: .*schema version/],
      ['[{"Target": "a", "Vulnerabilities": null}]', /^IMPORT_UNSUPPORTED: .*Trivy 0\.19 or older/],
      ['{"auditReportVersion": 3, "vulnerabilities": {}}', /^IMPORT_UNSUPPORTED: .*version that is not read/],
      ['{"version": "2.0.0", "runs": []}', /^IMPORT_UNSUPPORTED: .*SARIF of another version/],
      ['{"SchemaVersion": 2, "Results": {}}', /^IMPORT_MALFORMED/],
      ['{"scanInfo": {}, "dependencies": 1}', /^IMPORT_MALFORMED/],
      ['{"matches": 1, "descriptor": {}}', /^IMPORT_MALFORMED/],
      ['{"type":"auditAdvisory","data":{}}\n{"type":"auditSummary"}', /^IMPORT_UNSUPPORTED: .*yarn audit/],
      [
        '<analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.1.8.xsd"/>',
        /^IMPORT_UNSUPPORTED: .*Dependency-Check 4 or older/,
      ],
      ['['.repeat(5_000_000), /^IMPORT_UNSUPPORTED: .*nested more than 1,000 deep/],
    ];
    for (const [text, expected] of cases) assert.match(refusal(text), expected, text.slice(0, 80));
  });
});
