/** Facts of the two controls on findings, judged again later, as a service does. Fresh facts: decisions.test.ts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findingWith } from '../../test/support/finding.ts';
import type { Instant } from '../lib/time.ts';
import { judgeDependencies, type ScannedFacts } from '../scan/dependencies.ts';
import type { Finding } from '../scan/finding.ts';
import type { AppliedDecision, OpenReason } from './decision.ts';
import { judgeTriage, triageFacts } from './complete.ts';

const at = (text: string) => Date.parse(text) as Instant;
const NOW = at('2026-11-25T09:00:00Z');

const scanned = (changes: Partial<ScannedFacts> = {}): ScannedFacts => ({
  at: NOW,
  database: { built: NOW, dataAsOf: at('2026-11-24T00:00:00Z'), advisories: 18_231, digest: 'd' },
  inputs: [{ path: 'package-lock.json', kind: 'package-lock-v3', components: 1_204, digest: 'e' }],
  decisions: { state: 'read', digest: 'f' },
  unread: [],
  transitiveUnknown: [],
  notes: [],
  ...changes,
});
const decided = (expires: string, open: OpenReason | null = null): Finding =>
  findingWith({
    decision: {
      state: open === 'planned' ? 'upgrade' : 'mitigated',
      justification: null,
      owner: 'Kim',
      reason: 'r',
      decided: '2026-11-01',
      expires,
      approvedBy: null,
      proof: null,
      open,
      place: 'holdfast.decisions.yaml:2',
    } satisfies AppliedDecision,
  });
const judge = (
  findings: readonly Finding[],
  now = NOW,
  changes: Partial<ScannedFacts> = {},
  rules: { maxDataAgeDays?: number } = {},
) =>
  judgeTriage(
    { failOn: 'medium', maxDataAgeDays: 7, warnDays: 14, ...rules },
    { ...scanned(changes), zone: 'Europe/Berlin', ...triageFacts(findings, 'medium') },
    now,
  );

describe('triage.complete', () => {
  it('is kept where there is nothing to decide at its level', () => {
    const { verdict, summary } = judge([findingWith({ severity: 'low' })]);
    assert.equal(verdict, 'kept');
    assert.equal(
      summary,
      '1,204 packages in package-lock.json against 18,231 advisories of 2026-11-24 (at most 7 d old): no finding at medium or above.',
    );
  });

  it('counts a planned upgrade as an answer, and malware and unscored findings at every level', () => {
    assert.match(
      judge([decided('2027-01-01', 'planned'), decided('2027-01-01')]).summary,
      /\(1 closed, 1 planned upgrade\)\.$/,
    );
    for (const changes of [{ severity: 'low', malware: true }, { severity: 'unscored' }] as const)
      assert.equal(judge([findingWith(changes)]).verdict, 'broken');
  });

  it('is broken by one undecided finding, whatever else could not be measured', () => {
    const { verdict, summary } = judge([findingWith(), decided('2027-01-01')], NOW, { unread: ['yarn.lock: broken.'] });
    assert.equal(verdict, 'broken');
    assert.match(
      summary,
      /^1 of 2 findings at medium or above has no decision that holds: GHSA-35jh-r3h4-6jhm in lodash@4\.17\.20 \(no decision\)\./,
    );
  });

  it('breaks when a decision has ended since it was measured, in the organisation’s zone', () => {
    const facts = [decided('2026-11-27'), decided('2027-01-01')];
    assert.equal(judge(facts, at('2026-11-27T22:59:00Z')).verdict, 'kept');
    const later = judge(facts, at('2026-11-27T23:00:00Z'));
    assert.equal(later.verdict, 'broken');
    assert.match(later.summary, /^The decision on GHSA-35jh-r3h4-6jhm in lodash@4\.17\.20 ended on 2026-11-27/);
  });

  it('does not know what it could not read, and is stale beyond the policy’s own limit', () => {
    const none: readonly Finding[] = [];
    assert.equal(judge(none, NOW, { unread: ['yarn.lock: broken.'] }).verdict, 'unknown');
    assert.equal(judge(none, NOW, { inputs: [] }).verdict, 'unknown');
    assert.equal(judge(none, NOW, { database: { ...scanned().database, dataAsOf: null } }).verdict, 'unknown');
    const invalid = judge([findingWith()], NOW, {
      decisions: { state: 'invalid', digest: null },
      unread: ['x: 2 mistakes.'],
    });
    assert.equal(invalid.verdict, 'unknown');
    assert.match(
      invalid.summary,
      /^The decisions cannot be read, so which findings are closed is not known: x: 2 mistakes\./,
    );
    const late = at('2026-12-01T00:00:01Z');
    assert.equal(judge(none, late).verdict, 'stale');
    assert.match(judge(none, late).summary, /the data ends 2026-11-24 \(7 d ago; at most 7 d\)/);
    assert.equal(judge(none, late, {}, { maxDataAgeDays: 8 }).verdict, 'kept');
  });
});

describe('scan.dependencies', () => {
  const facts = { ...scanned(), standing: 0, worst: [], below: 2, closed: 3 };
  const limits = { failOn: 'medium', maxDataAgeDays: 7 } as const;

  it('names the policy’s limit on the age of data whether or not it is met, and what decisions close', () => {
    assert.equal(
      judgeDependencies(limits, facts, NOW).summary,
      '1,204 packages in package-lock.json against 18,231 advisories of 2026-11-24 (at most 7 d old): nothing open at medium or above; 2 open findings below that; 3 closed by decisions.',
    );
    const stale = judgeDependencies({ ...limits, maxDataAgeDays: 1 }, facts, at('2026-11-25T09:00:00Z'));
    assert.equal(stale.verdict, 'stale');
    assert.match(stale.summary, /\(33 h ago; at most 1 d\)/);
  });

  it('does not call findings open that a broken file of decisions may close', () => {
    const unread = { ...facts, standing: 1, worst: ['a'], decisions: { state: 'invalid', digest: null } as const };
    assert.equal(judgeDependencies(limits, unread, NOW).verdict, 'unknown');
    assert.equal(judgeDependencies(limits, { ...unread, decisions: null }, NOW).verdict, 'broken');
  });
});
