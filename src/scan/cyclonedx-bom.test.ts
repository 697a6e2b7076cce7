import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cyclonedxProblems } from '../../test/support/output-schemas.ts';
import {
  component,
  DECIDED,
  decision,
  finding,
  graph,
  inventory,
  NOW,
  report,
  unread,
} from '../../test/support/scan-example.ts';
import type { Inventory } from '../inventory/component.ts';
import { scanToCyclonedx, type Issue } from './cyclonedx-bom.ts';
import type { ScanReport } from './scan-report.ts';

const ISSUE: Issue = { at: NOW, toolVersion: '0.1.0', organisation: 'Beispiel Apps GmbH', folder: 'work', prod: false };

interface Bom {
  serialNumber: string;
  metadata: { timestamp: string; component: Record<string, unknown>; properties: { name: string; value: string }[] };
  components: ({ 'bom-ref': string; properties?: { name: string; value: string }[] } & Record<string, unknown>)[];
  dependencies: { ref: string; dependsOn?: string[] }[];
  compositions?: { aggregate: string; dependencies: string[] }[];
  vulnerabilities: ({
    id: string;
    affects: { ref: string; versions: unknown[] }[];
    analysis?: Record<string, unknown>;
  } & Record<string, unknown>)[];
}

/** Every document of these tests is a valid one. */
function bomOf(scan: Partial<ScanReport>, inventories: readonly Inventory[], issue: Partial<Issue> = {}): Bom {
  const bom = scanToCyclonedx(report(scan), inventories, { ...ISSUE, ...issue });
  assert.deepEqual(cyclonedxProblems(JSON.parse(JSON.stringify(bom))), []);
  return bom as unknown as Bom;
}

const rafter = component({ name: 'rafter', version: '2.0.0', purl: 'pkg:npm/rafter@2.0.0', direct: true });
const shop = inventory({ components: [rafter, component({})], graph: () => graph([0], [[1], []]) });

describe('a CycloneDX BOM of a scan', () => {
  it('names the product, who made it and every component with its edges', () => {
    const bom = bomOf({}, [shop]);
    assert.deepEqual(bom.metadata.component, {
      type: 'application',
      'bom-ref': 'pkg:npm/shop@4.18.2',
      name: 'shop',
      version: '4.18.2',
      purl: 'pkg:npm/shop@4.18.2',
      properties: [{ name: 'holdfast:input', value: 'shop/package-lock.json' }],
    });
    assert.deepEqual(
      bom.components.map((item) => item['bom-ref']),
      ['pkg:npm/rafter@2.0.0', 'pkg:npm/plank@1.0.0'],
    );
    assert.deepEqual(bom.dependencies, [
      { ref: 'pkg:npm/shop@4.18.2', dependsOn: ['pkg:npm/rafter@2.0.0'] },
      { ref: 'pkg:npm/rafter@2.0.0', dependsOn: ['pkg:npm/plank@1.0.0'] },
      { ref: 'pkg:npm/plank@1.0.0' },
    ]);
    assert.equal(bom.compositions, undefined);
  });

  it('splits scopes and groups off, and gives hashes in hexadecimal and the scope in its words', () => {
    const scoped = component({
      name: '@beispiel/beam',
      purl: 'pkg:npm/%40beispiel/beam@1.0.0',
      scope: 'development',
      integrity: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    });
    const maven = component({
      ecosystem: 'Maven',
      name: 'com.example:joist',
      purl: 'pkg:maven/com.example/joist@1.0.0',
      scope: 'unknown',
      integrity: 'nonsense',
    });
    const [beam, joist] = bomOf({}, [inventory({ components: [scoped, maven] })]).components;
    assert.deepEqual([beam?.['group'], beam?.['name'], beam?.['scope']], ['@beispiel', 'beam', 'excluded']);
    assert.deepEqual(beam?.['hashes'], [
      { alg: 'SHA-256', content: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    ]);
    assert.deepEqual(
      [joist?.['group'], joist?.['name'], joist?.['scope'], joist?.['hashes']],
      ['com.example', 'joist', undefined, undefined],
    );
    assert.deepEqual(joist?.properties, [
      { name: 'holdfast:input', value: 'shop/package-lock.json' },
      { name: 'holdfast:integrity', value: 'nonsense' },
      { name: 'holdfast:scope', value: 'unknown' },
    ]);
  });

  it('joins what stands in two inputs: one component, the stronger scope, the edges of both', () => {
    const api = inventory({
      path: 'api/package-lock.json',
      product: { name: 'api', version: '1.0.0' },
      components: [component({ scope: 'development' }), component({ name: 'peg', purl: 'pkg:npm/peg@1.0.0' })],
      graph: () => graph([0], [[1], []]),
    });
    const bom = bomOf({}, [shop, api]);
    const plank = bom.components.find((item) => item['bom-ref'] === 'pkg:npm/plank@1.0.0');
    assert.equal(plank?.['scope'], 'required');
    const other = bomOf({}, [api, shop]).components.find((item) => item['bom-ref'] === 'pkg:npm/plank@1.0.0');
    assert.equal(other?.['scope'], 'required');
    assert.deepEqual(
      plank?.properties?.map(({ value }) => value),
      ['shop/package-lock.json', 'api/package-lock.json'],
    );
    const needs = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    assert.deepEqual(needs.get('pkg:npm/plank@1.0.0'), ['pkg:npm/peg@1.0.0']);
    assert.equal(bom.metadata.component['name'], 'work');
    assert.deepEqual(needs.get(bom.metadata.component['bom-ref'] as string), [
      'pkg:npm/api@1.0.0',
      'pkg:npm/shop@4.18.2',
    ]);
  });

  it('counts the inputs of a component beyond the first 50', () => {
    const locks = Array.from({ length: 60 }, (_, index) =>
      inventory({ path: `app-${index + 1}/package-lock.json`, components: [component({})] }),
    );
    const properties = bomOf({}, locks).components[0]?.properties ?? [];
    assert.equal(properties.length, 51);
    assert.deepEqual(properties.at(-1), { name: 'holdfast:more-inputs', value: '10' });
  });

  it('never says that something needs nothing where that is not known', () => {
    const direct = inventory({
      kind: 'maven-pom',
      product: { name: 'com.example:shop', version: '2.0.0' },
      components: [component({})],
      coverage: 'direct',
      graph: () => graph([0], [[]]),
    });
    const pom = bomOf({}, [direct]);
    assert.deepEqual(pom.dependencies, [
      { ref: 'pkg:maven/com.example/shop@2.0.0', dependsOn: ['pkg:npm/plank@1.0.0'] },
    ]);
    assert.deepEqual(pom.compositions, [
      { aggregate: 'incomplete', dependencies: ['pkg:maven/com.example/shop@2.0.0'] },
      { aggregate: 'unknown', dependencies: ['pkg:npm/plank@1.0.0'] },
    ]);
    const edgeless = bomOf({}, [inventory({ components: [component({})] })]);
    assert.deepEqual(edgeless.dependencies, []);
    assert.deepEqual(edgeless.compositions, [
      { aggregate: 'unknown', dependencies: ['pkg:npm/plank@1.0.0', 'pkg:npm/shop@4.18.2'] },
    ]);
  });

  it('says in itself what could not be read, and that it is incomplete then', () => {
    const bom = bomOf({ errors: [unread], notes: ['Something was not matched.'] }, [shop]);
    assert.deepEqual(bom.compositions, [{ aggregate: 'incomplete', dependencies: ['pkg:npm/shop@4.18.2'] }]);
    const said = bom.metadata.properties.map(({ name, value }) => `${name}=${value}`);
    assert.ok(
      said.some((line) =>
        /^holdfast:not-read=broken\/package-lock\.json:3:7: .*Restore it\. \[INVENTORY_MALFORMED\]$/.test(line),
      ),
    );
    assert.ok(said.includes('holdfast:note=Something was not matched.'));
  });

  it('leaves out what only development needs when the findings do', () => {
    const lock = inventory({
      components: [rafter, component({ scope: 'development' })],
      graph: () => graph([0, 1], [[1], []]),
    });
    const bom = bomOf({}, [lock], { prod: true });
    assert.deepEqual(
      bom.components.map((item) => item['bom-ref']),
      ['pkg:npm/rafter@2.0.0'],
    );
    assert.deepEqual(bom.dependencies, [
      { ref: 'pkg:npm/shop@4.18.2', dependsOn: ['pkg:npm/rafter@2.0.0'] },
      { ref: 'pkg:npm/rafter@2.0.0' },
    ]);
    assert.ok(bom.metadata.properties.some(({ name }) => name === 'holdfast:left-out'));
  });

  it('has the same bytes for the same scan but for the time, and another serial number for another scan', () => {
    const [first, later] = [bomOf({}, [shop]), bomOf({}, [shop], { at: (NOW + 86_400_000) as Issue['at'] })];
    assert.match(first.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual({ ...later, metadata: { ...later.metadata, timestamp: first.metadata.timestamp } }, first);
    assert.notEqual(bomOf({ notes: ['more'] }, [shop]).serialNumber, first.serialNumber);
  });
});

describe('the vulnerabilities of a BOM', () => {
  it('carry ids, rating, weaknesses, remedy and the components they are in', () => {
    const found = finding({
      kev: true,
      epss: { probability: 0.5, percentile: 0.97 },
      cwes: ['CWE-79', 'NVD-CWE-noinfo'],
    });
    const [vulnerability] = bomOf({ findings: [found] }, [shop]).vulnerabilities;
    assert.deepEqual(vulnerability, {
      'bom-ref': 'GHSA-aaaa-bbbb-cccc in pkg:npm/plank@1.0.0',
      id: 'GHSA-aaaa-bbbb-cccc',
      source: { name: 'GitHub Advisories', url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc' },
      references: [
        { id: 'CVE-2026-10001', source: { name: 'NVD', url: 'https://nvd.nist.gov/vuln/detail/CVE-2026-10001' } },
      ],
      ratings: [
        { score: 7.5, severity: 'high', method: 'CVSSv31', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' },
      ],
      cwes: [79],
      recommendation: 'Upgrade plank from 1.0.0 to 1.0.1.',
      advisories: [
        { url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc' },
        { url: 'https://example.org/advisories/1' },
      ],
      affects: [{ ref: 'pkg:npm/plank@1.0.0', versions: [{ version: '1.0.0', status: 'affected' }] }],
      properties: [
        { name: 'holdfast:malware', value: 'false' },
        { name: 'holdfast:kev', value: 'true' },
        { name: 'holdfast:scope', value: 'production' },
        { name: 'holdfast:epss:probability', value: '0.5' },
        { name: 'holdfast:epss:percentile', value: '0.97' },
        { name: 'holdfast:reported-by', value: 'holdfast' },
      ],
    });
  });

  it('are rated by the method of their vector, as unknown where nobody rated them, and malware as our word', () => {
    const rated = (given: Parameters<typeof finding>[0]): unknown =>
      bomOf({ findings: [finding(given)] }, [shop]).vulnerabilities[0]?.['ratings'];
    assert.deepEqual(rated({ vector: 'CVSS:4.0/AV:N', score: 9.3, severity: 'critical' }), [
      { score: 9.3, severity: 'critical', method: 'CVSSv4', vector: 'CVSS:4.0/AV:N' },
    ]);
    assert.deepEqual(rated({ vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P', score: 7.5 }), [
      { score: 7.5, severity: 'high', method: 'CVSSv2', vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' },
    ]);
    assert.deepEqual(rated({ vector: null, score: null, severity: 'unscored' }), [{ severity: 'unknown' }]);
    assert.deepEqual(rated({ vector: null, score: null, severity: 'unscored', malware: true }), [
      {
        source: { name: 'Holdfast' },
        severity: 'critical',
        method: 'other',
        justification: 'The package is malicious code; no database has rated it.',
      },
    ]);
  });

  it('have the analysis that the decision supports, and none where nobody decided', () => {
    const analyses = bomOf({ findings: DECIDED }, [shop]).vulnerabilities.map(({ affects, analysis }) => {
      const name = affects[0]?.ref.replace(/^pkg:npm\/|@.*$/g, '');
      if (analysis === undefined) return `${name}: none`;
      return `${name}: ${String(analysis['state'])} ${JSON.stringify(analysis['response'] ?? analysis['justification'] ?? null)}`;
    });
    assert.deepEqual(analyses, [
      'undecided: none',
      'malicious: none',
      'planned: exploitable ["update"]',
      'late: exploitable ["update"]',
      'unused: not_affected "code_not_reachable"',
      'unexplained: not_affected null',
      'unused-lapsed: in_triage null',
      'unused-unapproved: in_triage null',
      'inline: not_affected "protected_by_mitigating_control"',
      'outside: exploitable ["workaround_available"]',
      'mitigated-lapsed: in_triage null',
      'accepted: exploitable ["will_not_fix"]',
      'accepted-lapsed: exploitable null',
      'accepted-unapproved: exploitable null',
      'other: false_positive null',
      'other-unexplained: false_positive null',
    ]);
  });

  it('carry owner and end of a decision, in words and as properties', () => {
    const accepted = finding({
      decision: decision({ state: 'accepted', approvedBy: 'Jonas B.', reason: 'Office only.' }),
    });
    const [vulnerability] = bomOf({ findings: [accepted] }, [shop]).vulnerabilities;
    assert.match(
      String(vulnerability?.analysis?.['detail']),
      /by Anke M\., approved by Jonas B\., until 2027-02-20: Office only\.$/,
    );
    const properties = vulnerability?.['properties'] as { name: string; value: string }[];
    const value = (name: string): string | undefined =>
      properties.find((item) => item.name === `holdfast:${name}`)?.value;
    assert.deepEqual([value('decision'), value('owner'), value('expires')], ['accepted', 'Anke M.', '2027-02-20']);
  });

  it('speak of every component of that name and version, and list one that only another tool saw', () => {
    const forked = component({
      purl: 'pkg:npm/plank@1.0.0?vcs_url=git%2Bssh://git.example/plank',
      origin: { kind: 'git', location: 'git+ssh://git.example/plank' },
    });
    const lock = inventory({ components: [component({}), forked] });
    const foreign = finding({
      ecosystem: 'Maven',
      name: 'com.example:joist',
      purl: '',
      inputs: ['dependency-check.xml'],
    });
    const bom = bomOf({ findings: [finding({}), foreign] }, [lock]);
    assert.deepEqual(
      bom.vulnerabilities.map(({ affects }) => affects.map(({ ref }) => ref)),
      [
        ['pkg:npm/plank@1.0.0', 'pkg:npm/plank@1.0.0?vcs_url=git%2Bssh://git.example/plank'],
        ['pkg:generic/com.example:joist@1.0.0'],
      ],
    );
    const refs = new Set(bom.components.map((item) => item['bom-ref']));
    assert.ok(bom.vulnerabilities.every(({ affects }) => affects.every(({ ref }) => refs.has(ref))));
  });
});
