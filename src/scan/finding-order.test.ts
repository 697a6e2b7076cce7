import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AdvisoryDetail, Candidate } from '../advisory/index-layout.ts';
import type { Component, Inventory } from '../inventory/component.ts';
import { matchPackages, packagesOf } from './finding.ts';

const component: Component = {
  ecosystem: 'npm',
  name: 'left',
  version: '1.0.0',
  purl: 'pkg:npm/left@1.0.0',
  scope: 'production',
  origin: { kind: 'registry', host: 'registry.npmjs.org' },
} as Component;
const inventory = { path: 'package-lock.json', components: [component] } as unknown as Inventory;

const detail = (id: string, more: Partial<AdvisoryDetail>): AdvisoryDetail => ({
  id,
  aliases: [],
  group: 'CVE-2024-0001',
  modified: '2026-01-01T00:00:00Z',
  published: null,
  cwes: [],
  urls: [],
  malware: false,
  kev: false,
  epss: null,
  derived: false,
  ratings: [{ severity: 'high', score: null, vector: null }],
  ...more,
});
const details = [
  detail('GHSA-b', { cwes: ['CWE-2'], urls: ['https://b.example/'], epss: { probability: 0.2, percentile: 0.7 } }),
  detail('CVE-2024-0001', { cwes: ['CWE-3'], urls: ['https://c.example/'], epss: null }),
  detail('GHSA-a', { cwes: ['CWE-1'], urls: ['https://a.example/'], epss: { probability: 0.1, percentile: 0.5 } }),
];

it('a finding is told the same in whatever order an index keeps its advisories, with the highest EPSS score', () => {
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ]) {
    const candidates: Candidate[] = order.map((advisory) => ({ advisory, rating: 0, ranges: [], versions: ['1.0.0'] }));
    const { findings } = matchPackages(
      packagesOf([inventory], false),
      { candidates: () => candidates, detail: (advisory) => details[advisory] ?? detail('none', {}) },
      () => ({ paths: [], total: 0 }),
    );
    const [finding] = findings;
    assert.equal(findings.length, 1);
    assert.equal(finding?.id, 'GHSA-a');
    assert.deepEqual(finding.cwes, ['CWE-1', 'CWE-2', 'CWE-3']);
    assert.deepEqual(finding.urls, ['https://a.example/', 'https://b.example/', 'https://c.example/']);
    assert.deepEqual(finding.epss, { probability: 0.2, percentile: 0.7 });
  }
});
