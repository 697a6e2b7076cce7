/** A finding for tests that care about one or two of its members. */
import type { FindingReach } from '../../src/reach/finding-reach.ts';
import type { Finding } from '../../src/scan/finding.ts';

export const findingWith = (changes: Partial<Finding> = {}): Finding => ({
  id: 'GHSA-35jh-r3h4-6jhm',
  aliases: ['CVE-2021-23337'],
  purl: 'pkg:npm/lodash@4.17.20',
  ecosystem: 'npm',
  name: 'lodash',
  version: '4.17.20',
  severity: 'high',
  score: 7.2,
  vector: null,
  malware: false,
  kev: false,
  fixed: ['4.17.21'],
  scope: 'production',
  paths: [['lodash@4.17.20']],
  pathCount: 1,
  reach: null,
  decision: null,
  sources: [{ tool: 'holdfast', report: '', ids: [], evidence: [] }],
  epss: null,
  cwes: [],
  urls: [],
  derived: false,
  inputs: ['package-lock.json'],
  ...changes,
});

/** What reach says of a finding, for tests that care about one or two of its members. */
export const reachWith = (changes: Partial<FindingReach> = {}): FindingReach => ({
  verdict: 'unknown',
  level: 'functions',
  claim: 'it cannot be excluded that the function is called',
  place: { kind: 'site', file: 'src/index.js', line: 3, says: 'the name is not known here' },
  next: 'Write a constant name there.',
  asked: [],
  ...changes,
});
