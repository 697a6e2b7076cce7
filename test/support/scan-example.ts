/** One scan with every kind of answer in it, for the outputs' tests. All names are invented, ids have the shape of real ones. */
import type { Component, Graph, Inventory } from '../../src/inventory/component.ts';
import { HoldfastError } from '../../src/lib/errors.ts';
import { parseInstant, type Instant } from '../../src/lib/time.ts';
import type { Finding } from '../../src/scan/finding.ts';
import type { ScanReport } from '../../src/scan/scan-report.ts';
import type { AppliedDecision } from '../../src/triage/decision.ts';

export const NOW = parseInstant('2026-11-24T09:05:00Z') ?? (0 as Instant);

export const decision = (given: Partial<AppliedDecision>): AppliedDecision => ({
  state: 'not_affected',
  justification: null,
  owner: 'Anke M.',
  reason: 'The template function is never called.',
  decided: '2026-11-20',
  expires: '2027-02-20',
  approvedBy: null,
  proof: null,
  open: null,
  place: 'holdfast.decisions.yaml:4',
  ...given,
});

export const finding = (given: Partial<Finding>): Finding => ({
  id: 'GHSA-aaaa-bbbb-cccc',
  aliases: ['CVE-2026-10001'],
  purl: 'pkg:npm/plank@1.0.0',
  ecosystem: 'npm',
  name: 'plank',
  version: '1.0.0',
  severity: 'high',
  score: 7.5,
  vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H',
  malware: false,
  kev: false,
  fixed: ['1.0.1'],
  scope: 'production',
  paths: [['rafter@2.0.0', 'plank@1.0.0']],
  pathCount: 1,
  reach: null,
  decision: null,
  sources: [{ tool: 'holdfast', report: '', ids: [], evidence: [] }],
  epss: null,
  cwes: ['CWE-79'],
  urls: ['https://example.org/advisories/1'],
  derived: false,
  inputs: ['shop/package-lock.json'],
  ...given,
});

export const component = (given: Partial<Component>): Component => ({
  ecosystem: 'npm',
  name: 'plank',
  version: '1.0.0',
  purl: 'pkg:npm/plank@1.0.0',
  scope: 'production',
  integrity: null,
  origin: { kind: 'registry', host: null },
  direct: false,
  location: 'node_modules/plank',
  ...given,
});

export const graph = (roots: readonly number[], needs: readonly (readonly number[])[]): Graph => ({
  roots,
  needs,
  wanted: new Map(),
  rangeOf: () => null,
});

export const inventory = (given: Partial<Inventory>): Inventory => ({
  path: 'shop/package-lock.json',
  kind: 'package-lock-v3',
  product: { name: 'shop', version: '4.18.2' },
  components: [],
  coverage: 'whole',
  gaps: [],
  graph: () => null,
  ...given,
});

export const report = (given: Partial<ScanReport>): ScanReport => ({
  database: {
    path: 'data/advisories.idx',
    chosenBy: 'snapshot',
    built: parseInstant('2026-11-23T03:00:00Z') ?? (0 as Instant),
    dataAsOf: parseInstant('2026-11-22T18:00:00Z'),
    advisories: 12_345,
    sources: ['npm.zip'],
    digest: 'd'.repeat(64),
  },
  inputs: [
    {
      path: 'shop/package-lock.json',
      kind: 'package-lock-v3',
      components: 12,
      coverage: 'whole',
      standIn: null,
      digest: () => 'a'.repeat(64),
    },
  ],
  findings: [],
  decisions: null,
  notes: [],
  errors: [],
  ...given,
});

export const unread = new HoldfastError('INVENTORY_MALFORMED', 'the lockfile ends in the middle', {
  hint: 'Restore it.',
  at: { file: 'broken/package-lock.json', line: 3, column: 7 },
});

/** One finding for each decision that there is, and for none; the names say which. */
export const DECIDED: readonly Finding[] = [
  named('undecided', null),
  named('malicious', null, {
    malware: true,
    severity: 'unscored',
    score: null,
    vector: null,
    fixed: [],
    id: 'MAL-2026-77',
  }),
  named('planned', decision({ state: 'upgrade', open: 'planned' })),
  named('late', decision({ state: 'upgrade', open: 'expired', expires: '2026-11-01' })),
  named('unused', decision({ justification: 'vulnerable_code_not_in_execute_path' })),
  named('unexplained', decision({})),
  named('unused-lapsed', decision({ justification: 'vulnerable_code_not_present', open: 'expired' })),
  named('unused-unapproved', decision({ justification: 'vulnerable_code_not_present', open: 'unapproved' })),
  named('inline', decision({ state: 'mitigated', justification: 'inline_mitigations_already_exist' })),
  named('outside', decision({ state: 'mitigated', justification: null, reason: 'The proxy blocks it.' })),
  named(
    'mitigated-lapsed',
    decision({ state: 'mitigated', justification: 'inline_mitigations_already_exist', open: 'expired' }),
  ),
  named('accepted', decision({ state: 'accepted', approvedBy: 'Jonas B.', reason: 'Only reachable from the office.' })),
  named('accepted-lapsed', decision({ state: 'accepted', open: 'expired' })),
  named('accepted-unapproved', decision({ state: 'accepted', open: 'unapproved' })),
  named(
    'other',
    decision({ state: 'wrong_match', justification: 'component_not_present', reason: 'Another package.' }),
  ),
  named('other-unexplained', decision({ state: 'wrong_match', reason: 'Another package.' })),
];

function named(name: string, given: AppliedDecision | null, more: Partial<Finding> = {}): Finding {
  return finding({
    name,
    purl: `pkg:npm/${name}@1.0.0`,
    paths: [[`${name}@1.0.0`]],
    decision: given,
    ...more,
  });
}
