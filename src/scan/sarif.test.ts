import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DECIDED, finding, report } from '../../test/support/scan-example.ts';
import { scanToAnnotations } from './github-annotations.ts';
import { scanToSarif } from './sarif.ts';

describe('SARIF of a scan', () => {
  it('suppresses what a decision closes, with its reason, and nothing that a lapsed or planned one leaves open', () => {
    const [run] = scanToSarif(report({ findings: DECIDED }), '0.1.0').runs;
    const results = run?.results ?? [];
    const names = DECIDED.map(({ name }) => name);
    assert.deepEqual(
      results.flatMap(({ suppressions }, index) => (suppressions?.length === 0 ? [] : [names[index]])),
      ['unused', 'unexplained', 'inline', 'outside', 'accepted', 'other', 'other-unexplained'],
    );
    assert.deepEqual(results[names.indexOf('accepted')]?.suppressions, [
      {
        kind: 'external',
        status: 'accepted',
        justification:
          'Risk accepted, decided on 2026-11-20 by Anke M., approved by Jonas B., until 2027-02-20: Only reachable from the office.',
      },
    ]);
  });

  it('says of every result whether it is suppressed, as SARIF asks for all or none (§3.27.23)', () => {
    const [run] = scanToSarif(report({ findings: DECIDED }), '0.1.0').runs;
    assert.ok(run?.results?.every(({ suppressions }) => Array.isArray(suppressions)));
  });

  it('names the tools that reported a finding', () => {
    const sources = [
      { tool: 'holdfast', report: '', ids: [], evidence: [] },
      { tool: 'snyk', report: 'snyk.json', ids: ['SNYK-JS-PLANK-1'], evidence: [] },
    ];
    const epss = { probability: 0.25, percentile: 0.9 };
    const [run] = scanToSarif(report({ findings: [finding({ sources, epss })] }), '0.1.0').runs;
    const properties = run?.results?.[0]?.properties;
    assert.deepEqual(
      [properties?.['sources'], properties?.['epss'], properties?.['decision']],
      [['holdfast', 'snyk'], 0.25, null],
    );
  });
});

describe('annotations of a scan', () => {
  it('leave out what a decision closes, and keep what it leaves open', () => {
    const lines = scanToAnnotations(report({ findings: DECIDED }), null)
      .trim()
      .split('\n');
    assert.deepEqual(
      lines.map((line) => /in ([\w-]+)@1\.0\.0::/.exec(line)?.[1]),
      [
        'undecided',
        'malicious',
        'planned',
        'late',
        'unused-lapsed',
        'unused-unapproved',
        'mitigated-lapsed',
        'accepted-lapsed',
        'accepted-unapproved',
      ],
    );
  });

  it('gives two files without a purl two fingerprints', () => {
    const file = (name: string) => finding({ purl: '', ecosystem: '', name, version: '', inputs: ['dc.xml'] });
    const { results } = scanToSarif(report({ findings: [file('a.dll'), file('b.dll')] }), '0.1.0').runs[0] ?? {};
    const prints = results?.map(({ partialFingerprints }) => partialFingerprints?.['holdfast/v1']);
    assert.equal(new Set(prints).size, 2);
  });
});
