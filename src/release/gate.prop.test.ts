import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { Instant } from '../lib/time.ts';
import { THRESHOLDS } from '../scan/scan-report.ts';
import { decideGate, sumFindings, type GateFacts, type ScanFacts, type TreeFacts } from './gate.ts';

const DAY_MS = 86_400_000;
const now = Date.parse('2026-11-24T09:00:00Z') as Instant;

const files = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ total: 0, listed: [] }) },
  fc.integer({ min: 1, max: 9 }).map((total) => ({ total, listed: ['a'] })),
);
const rarely = <T, U>(usual: T, other: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const finding = fc.record({
  malware: rarely(false, fc.constant(true)),
  severity: fc.constantFrom(
    'critical' as const,
    'high' as const,
    'medium' as const,
    'low' as const,
    'none' as const,
    'unscored' as const,
  ),
});
const findings = fc.array(finding, { maxLength: 3 });
const failure = { code: 'X', message: 'x', hint: 'x' };

const scan: fc.Arbitrary<ScanFacts> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ state: 'failed' as const, ...failure }) },
  {
    weight: 8,
    arbitrary: fc.record({
      state: fc.constant('scanned' as const),
      advisories: rarely(1000, fc.constant(0)),
      dataAsOf: rarely(
        (now - DAY_MS) as Instant,
        fc.oneof(
          fc.constant(null),
          fc.integer({ min: -30, max: 30 }).map((days) => (now + days * DAY_MS) as Instant),
        ),
      ),
      inputs: fc.integer({ min: 0, max: 3 }),
      withoutInput: files,
      unread: files,
      transitiveUnknown: files,
      findings: findings.map(sumFindings),
      closed: fc.integer({ min: 0, max: 3 }),
      decidedOpen: fc.constant({ planned: 0, expired: 0, unapproved: 0, unproven: 0 }),
      decisions: rarely(
        'none' as const,
        fc.constantFrom('committed' as const, 'uncommitted' as const, 'unread' as const),
      ),
    }),
  },
);
const tree: fc.Arbitrary<TreeFacts> = fc.oneof(
  fc.constant({ state: 'unreadable' as const, ...failure }),
  fc.constantFrom(
    { state: 'no-repository' as const },
    { state: 'no-commit' as const },
    { state: 'no-work-tree' as const },
  ),
  {
    weight: 8,
    arbitrary: fc.record({
      state: fc.constant('read' as const),
      base: fc.constant(null),
      head: fc.constant({ ref: 'HEAD', commit: 'a' }),
      checkedOut: rarely('a', fc.constant('b')),
      changed: files,
      unwatched: files,
      changedMeanwhile: rarely(false, fc.constant(true)),
      branch: rarely(
        null,
        fc.record({
          name: fc.constant('main'),
          holdsHead: fc.constantFrom('yes' as const, 'no' as const, 'unsure' as const, 'no-branch' as const),
        }),
      ),
    }),
  },
);
const facts: fc.Arbitrary<GateFacts> = fc.record({ tree, scan });
const rules = fc.record({ failOn: fc.constantFrom(...THRESHOLDS), maxDataAgeDays: fc.integer({ min: 1, max: 365 }) });

const runs = { numRuns: 2_000 };
const rank = { passed: 0, incomplete: 1, blocked: 2 } as const;

it('never comes nearer to passing by one more finding or one more input that could not be read', () => {
  fc.assert(
    fc.property(rules, facts, finding, fc.boolean(), (rule, before, extra, isError) => {
      if (before.scan.state === 'failed') return;
      const more: ScanFacts = isError
        ? { ...before.scan, unread: { ...before.scan.unread, total: before.scan.unread.total + 1 } }
        : { ...before.scan, findings: add(before.scan.findings, extra) };
      const was = decideGate(rule, before, now).verdict;
      const is = decideGate(rule, { ...before, scan: more }, now).verdict;
      assert.ok(rank[is] >= rank[was], `${was} became ${is}`);
    }),
    runs,
  );
});

function add(sums: ReturnType<typeof sumFindings>, extra: Parameters<typeof sumFindings>[0][number]) {
  const kind = extra.malware ? 'malware' : extra.severity;
  return { ...sums, [kind]: sums[kind] + 1 };
}

it('never blocks less at a lower threshold, and never passes older data that a shorter limit refused', () => {
  fc.assert(
    fc.property(rules, facts, (rule, given) => {
      const at = (failOn: (typeof THRESHOLDS)[number]) => rank[decideGate({ ...rule, failOn }, given, now).verdict];
      assert.ok(at('critical') <= at('high') && at('high') <= at('medium') && at('medium') <= at('low'));
      const shorter = decideGate({ ...rule, maxDataAgeDays: 1 }, given, now).verdict;
      assert.ok(rank[shorter] >= rank[decideGate(rule, given, now).verdict]);
    }),
    runs,
  );
});

it('passes only what was scanned with data of an age, from an input, in a tree that is the commit', () => {
  fc.assert(
    fc.property(rules, facts, (rule, given) => {
      const { verdict, reasons } = decideGate(rule, given, now);
      assert.equal(verdict === 'passed', reasons.length === 0);
      assert.equal(
        verdict === 'blocked',
        reasons.some((reason) => reason.effect === 'blocks'),
      );
      if (verdict !== 'passed') return;
      assert.ok(given.scan.state === 'scanned' && given.scan.dataAsOf !== null);
      assert.ok(
        given.scan.inputs > 0 &&
          given.scan.unread.total === 0 &&
          given.scan.withoutInput.total === 0 &&
          given.scan.transitiveUnknown.total === 0 &&
          given.scan.advisories > 0 &&
          given.scan.decisions !== 'unread' &&
          given.scan.decisions !== 'uncommitted',
      );
      assert.ok(
        given.scan.findings.malware === 0 && given.scan.findings.unscored === 0 && given.scan.findings.critical === 0,
      );
      assert.ok(given.tree.state === 'read' && given.tree.checkedOut === given.tree.head.commit);
      assert.ok(given.tree.changed.total === 0 && given.tree.unwatched.total === 0);
    }),
    runs,
  );
});
