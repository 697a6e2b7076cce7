import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { findingWith } from '../../test/support/finding.ts';
import { applyDecisions } from './apply-decisions.ts';
import { DECISION_STATES, isOpen, type Decision } from './decision.ts';

/** Few of everything, so that decisions meet findings and each other. */
const ids = fc.constantFrom('GHSA-aaaa-bbbb-cccc', 'CVE-2026-1', 'CVE-2026-2', 'MAL-2026-3');
const names = fc.constantFrom('lodash', 'left');
const versions = fc.constantFrom('1.0.0', '2.0.0');
const days = fc
  .integer({ min: 0, max: 40 })
  .map((day) => new Date(Date.UTC(2026, 10, 1 + day)).toISOString().slice(0, 10));
const people = fc.constantFrom('Kim Beispiel', 'kim beispiel', 'Lee Zweite');
const inputs = fc.constantFrom('apps/web/package-lock.json', 'apps/api/package-lock.json', 'package-lock.json');

const findings = fc.array(
  fc
    .record({
      id: ids,
      aliases: fc.uniqueArray(ids, { maxLength: 2 }),
      name: names,
      version: versions,
      severity: fc.constantFrom(
        'critical' as const,
        'high' as const,
        'medium' as const,
        'low' as const,
        'unscored' as const,
      ),
      malware: fc.boolean(),
      inputs: fc.uniqueArray(inputs, { minLength: 1, maxLength: 3 }),
    })
    .map((some) => findingWith({ ...some, purl: `pkg:npm/${some.name}@${some.version}` })),
  { maxLength: 6 },
);
const decisions = fc.array(
  fc
    .record({
      id: ids,
      aliases: fc.uniqueArray(ids, { maxLength: 1 }),
      name: names,
      version: fc.option(versions),
      paths: fc.uniqueArray(fc.constantFrom('apps/web', 'apps/**', 'package-lock.json'), { maxLength: 2 }),
      state: fc.constantFrom(...DECISION_STATES),
      owner: people,
      approvedBy: fc.option(people),
      decided: days,
      expires: days,
    })
    .map(
      ({ name, version, ...some }): Decision => ({
        ...some,
        package: { purl: `pkg:npm/${name}`, type: 'npm', namespace: '', name, version },
        justification: null,
        reason: 'because',
        evidence: null,
        place: 'holdfast.decisions.yaml:2',
      }),
    ),
  { maxLength: 6 },
);
const runs = { numRuns: 3_000 };
const apply = (some: Parameters<typeof applyDecisions>[0], by: readonly Decision[], today: string) =>
  applyDecisions(some, by, today, (input) => input);

it('never closes a finding by a decision that has expired, lacks its second name, or plans an upgrade', () => {
  fc.assert(
    fc.property(findings, decisions, days, (some, by, today) => {
      for (const { decision, malware, severity } of apply(some, by, today).findings) {
        if (decision === null || decision.open !== null) continue;
        assert.ok(today <= decision.expires);
        assert.notEqual(decision.state, 'upgrade');
        const second =
          decision.approvedBy !== null && decision.approvedBy.toLowerCase() !== decision.owner.toLowerCase();
        if (decision.state === 'accepted' && !['medium', 'low', 'none'].includes(severity)) assert.ok(second);
        if (malware) assert.ok(decision.state === 'wrong_match' && second);
      }
    }),
    runs,
  );
});

it('closes a finding only where some decision speaks of its advisory, its package and each of its inputs', () => {
  fc.assert(
    fc.property(findings, decisions, days, (some, by, today) => {
      for (const finding of apply(some, by, today).findings) {
        if (isOpen(finding)) continue;
        const speaking = by.filter(
          ({ id, aliases, package: { name, version } }) =>
            [id, ...aliases].some((each) => each === finding.id || finding.aliases.includes(each)) &&
            name === finding.name &&
            (version === null || version === finding.version),
        );
        for (const input of finding.inputs) {
          assert.ok(
            speaking.some(
              ({ paths }) => paths.length === 0 || paths.some((path) => input.startsWith(path.replace('/**', ''))),
            ),
            input,
          );
        }
      }
    }),
    runs,
  );
});

it('keeps every finding, changes nothing but its decision, and does not depend on the order of the decisions', () => {
  fc.assert(
    fc.property(findings, decisions, days, (some, by, today) => {
      const done = apply(some, by, today).findings;
      assert.deepEqual(
        done.map((finding) => ({ ...finding, decision: null })),
        some,
      );
      const outcome = (list: typeof done) => list.map(({ decision }) => decision?.open ?? decision?.state ?? 'none');
      const turned = apply(some, by.toReversed(), today).findings;
      assert.deepEqual(outcome(turned).map(openness), outcome(done).map(openness));
    }),
    runs,
  );
});

/** Which of two equal decisions is shown may differ; whether the finding is open may not. */
const openness = (outcome: string): string =>
  ['none', 'planned', 'expired', 'unapproved'].includes(outcome) ? 'open' : 'closed';

it('opens findings again as days go by, and closes none', () => {
  fc.assert(
    fc.property(findings, decisions, days, days, (some, by, one, other) => {
      const [early, late] = one < other ? [one, other] : [other, one];
      const before = apply(some, by, early).findings;
      for (const [index, finding] of apply(some, by, late).findings.entries()) {
        if (!isOpen(finding)) assert.ok(!isOpen(before[index]!));
      }
    }),
    runs,
  );
});
