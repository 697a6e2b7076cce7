import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DECIDED, finding, NOW, report, unread } from '../../test/support/scan-example.ts';
import { HoldfastError } from '../lib/errors.ts';
import { childrenOf, parseXml, type XmlElement } from '../lib/xml.ts';
import type { Finding } from './finding.ts';
import { scanToJunit } from './junit.ts';
import type { ScanReport, Threshold } from './scan-report.ts';

function suitesOf(scan: Partial<ScanReport>, threshold: Threshold | null = null): readonly XmlElement[] {
  const parsed = parseXml(scanToJunit(report(scan), threshold, NOW));
  assert.ok(parsed.ok, parsed.ok ? '' : JSON.stringify(parsed.error));
  const suites = childrenOf(parsed.value, 'testsuite');
  for (const element of [parsed.value, ...suites]) assertCounts(element);
  return suites;
}

/** The sums that CI servers show before they have read the cases. */
function assertCounts(element: XmlElement): void {
  const cases =
    element.name === 'testsuites'
      ? childrenOf(element, 'testsuite').flatMap((suite) => childrenOf(suite, 'testcase'))
      : childrenOf(element, 'testcase');
  const having = (name: string): number => cases.filter((item) => childrenOf(item, name).length > 0).length;
  assert.deepEqual(
    ['tests', 'failures', 'errors'].map((name) => element.attributes.get(name)),
    [cases.length, having('failure'), having('error')].map(String),
  );
  // Jenkins' schema has no such attribute for the whole.
  const skipped = element.name === 'testsuites' ? undefined : String(having('skipped'));
  assert.equal(element.attributes.get('skipped'), skipped);
  for (const item of cases) assert.ok(item.children.length <= 1, 'Jenkins and GitLab keep one outcome for each case');
}

const outcomes = (suite: XmlElement | undefined): readonly string[] =>
  suite === undefined
    ? []
    : childrenOf(suite, 'testcase').map(
        (item) => `${item.attributes.get('name')}: ${item.children[0]?.name ?? 'passed'}`,
      );

describe('JUnit results of a scan', () => {
  it('fail for every open finding, and count what is clean as one passed case', () => {
    const [suite, ...others] = suitesOf({ findings: [finding({})] });
    assert.deepEqual(others, []);
    assert.equal(suite?.attributes.get('name'), 'shop/package-lock.json');
    assert.deepEqual(outcomes(suite), [
      'plank@1.0.0 GHSA-aaaa-bbbb-cccc: failure',
      '11 packages without findings: passed',
    ]);
    const failure = childrenOf(suite!, 'testcase')[0]?.children[0];
    assert.equal(
      failure?.attributes.get('message'),
      'plank@1.0.0: GHSA-aaaa-bbbb-cccc, high (7.5) vulnerability. Fixed in 1.0.1. It comes through rafter@2.0.0 → plank@1.0.0.',
    );
    assert.match(
      failure?.text ?? '',
      /\nhttps:\/\/github\.com\/advisories\/GHSA-aaaa-bbbb-cccc\nAlso known as CVE-2026-10001\.$/,
    );
  });

  it('fail from the threshold on, and are skipped below it: never passed', () => {
    const findings = [
      finding({ severity: 'low', name: 'lint' }),
      finding({}),
      finding({ severity: 'unscored', name: 'unrated' }),
    ];
    assert.deepEqual(outcomes(suitesOf({ findings }, 'high')[0]).slice(0, 3), [
      'lint@1.0.0 GHSA-aaaa-bbbb-cccc: skipped',
      'plank@1.0.0 GHSA-aaaa-bbbb-cccc: failure',
      'unrated@1.0.0 GHSA-aaaa-bbbb-cccc: failure',
    ]);
  });

  it('are skipped with the reason for what a decision closes, and fail for what it leaves open', () => {
    const [suite] = suitesOf({ findings: DECIDED }, 'low');
    const skipped = childrenOf(suite!, 'testcase').filter((item) => item.children[0]?.name === 'skipped');
    assert.deepEqual(
      skipped.map((item) => item.attributes.get('name')?.split('@')[0]),
      ['unused', 'unexplained', 'inline', 'outside', 'accepted', 'other', 'other-unexplained'],
    );
    assert.match(
      skipped[4]?.children[0]?.attributes.get('message') ?? '',
      /^Risk accepted, decided on 2026-11-20 by Anke M\., approved by Jonas B\., until 2027-02-20: Only reachable/,
    );
  });

  it('are errors for what could not be read, in a suite of that input', () => {
    const gap = new HoldfastError('INVENTORY_INCOMPLETE', 'joist has no version', {
      hint: 'Bring it in.',
      at: { file: 'shop/package-lock.json', line: null, column: null },
    });
    const [shop, broken] = suitesOf({ errors: [unread, gap] });
    assert.deepEqual(outcomes(shop), ['not read: INVENTORY_INCOMPLETE: error', '12 packages without findings: passed']);
    assert.equal(broken?.attributes.get('name'), 'broken/package-lock.json');
    assert.deepEqual(outcomes(broken), ['not read: INVENTORY_MALFORMED: error']);
  });

  it('pass nothing where nothing was compared, and say when only direct dependencies were', () => {
    const [input] = report({}).inputs;
    assert.deepEqual(outcomes(suitesOf({ inputs: [{ ...input!, components: 0 }] })[0]), [
      'nothing to compare: skipped',
    ]);
    assert.deepEqual(outcomes(suitesOf({ inputs: [{ ...input!, coverage: 'direct' }] })[0]), [
      '12 packages that are asked for directly without findings: passed',
    ]);
  });

  it('pass nothing where every package has a finding', () => {
    const [input] = report({}).inputs;
    assert.deepEqual(outcomes(suitesOf({ inputs: [{ ...input!, components: 1 }], findings: [finding({})] })[0]), [
      'plank@1.0.0 GHSA-aaaa-bbbb-cccc: failure',
    ]);
  });

  it('keep findings whose input is a report of another tool', () => {
    const foreign = finding({ inputs: ['dependency-check.xml'] });
    const [, suite] = suitesOf({ findings: [foreign] });
    assert.equal(suite?.attributes.get('name'), 'dependency-check.xml');
    assert.deepEqual(outcomes(suite), ['plank@1.0.0 GHSA-aaaa-bbbb-cccc: failure']);
  });

  it('are XML whatever stands in names, paths and messages, and lose no finding', () => {
    const hostile = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom('"/><script>', '&bomb;', ']]>', '\u0000\u001b[31m', '\ud800', '\uffff'),
    );
    const anyFinding: fc.Arbitrary<Finding> = fc
      .record({
        name: hostile,
        version: hostile,
        id: hostile,
        inputs: fc.constantFrom(['shop/package-lock.json'], ['other']),
      })
      .map(finding);
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 5 }), (findings) => {
        const cases = suitesOf({ findings }).flatMap((suite) => childrenOf(suite, 'testcase'));
        assert.equal(cases.filter((item) => item.children[0]?.name === 'failure').length, findings.length);
      }),
    );
  });
});
