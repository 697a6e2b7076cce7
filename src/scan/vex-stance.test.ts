import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { reachWith } from '../../test/support/finding.ts';
import { DECIDED, decision, finding } from '../../test/support/scan-example.ts';
import type { Verdict } from '../reach/verdict.ts';
import { DECISION_STATES, VEX_JUSTIFICATIONS, type OpenReason, type VexJustification } from '../triage/decision.ts';
import { contradictions } from './contradicted.ts';
import { decisionSentence, remedy, stanceOf } from './vex-stance.ts';

const OPEN: readonly (OpenReason | null)[] = [null, 'planned', 'expired', 'unapproved'];

const anyDecision = fc
  .record({
    state: fc.constantFrom(...DECISION_STATES),
    justification: fc.constantFrom(null, ...VEX_JUSTIFICATIONS),
    open: fc.constantFrom(...OPEN),
  })
  .map(decision);

describe('what is said to others about a finding', () => {
  it('follows from the decision, and from nothing where there is none', () => {
    assert.deepEqual(
      DECIDED.map((item) => {
        const stance = stanceOf(item);
        const more =
          stance.status === 'affected' ? stance.response : stance.status === 'under_investigation' ? stance.why : '';
        return `${item.name}: ${stance.status} ${more}`.trim();
      }),
      [
        'undecided: under_investigation undecided',
        'malicious: affected remove',
        'planned: affected update',
        'late: affected update',
        'unused: not_affected',
        'unexplained: not_affected',
        'unused-lapsed: under_investigation lapsed',
        'unused-unapproved: under_investigation lapsed',
        'inline: not_affected',
        'outside: affected workaround',
        'mitigated-lapsed: under_investigation lapsed',
        'accepted: affected accepted',
        'accepted-lapsed: affected none',
        'accepted-unapproved: affected none',
        'other: not_affected',
        'other-unexplained: not_affected',
      ],
    );
  });

  it('never calls an accepted risk or a planned upgrade not affected, whatever else the decision says', () => {
    fc.assert(
      fc.property(anyDecision, fc.boolean(), (given, malware) => {
        const { status } = stanceOf({ decision: given, malware, reach: null });
        if (given.state === 'accepted' || given.state === 'upgrade') assert.equal(status, 'affected');
      }),
    );
  });

  it('lets no decision that has lapsed close anything', () => {
    fc.assert(
      fc.property(anyDecision, (given) => {
        if (given.open === 'expired' || given.open === 'unapproved')
          assert.notEqual(stanceOf({ decision: given, malware: false, reach: null }).status, 'not_affected');
      }),
    );
  });

  it('is what reach has shown where nobody has decided, and never for malicious code', () => {
    const said = (verdict: Verdict, malware = false): string => {
      const stance = stanceOf({ decision: null, malware, reach: reachWith({ verdict }) });
      return `${stance.status} ${stance.status === 'not_affected' ? (stance.justification ?? '') : ''}`.trim();
    };
    assert.equal(said('never-loaded'), 'not_affected vulnerable_code_not_in_execute_path');
    assert.equal(said('not-shipped'), 'not_affected component_not_present');
    assert.equal(said('unknown'), 'under_investigation');
    assert.equal(said('reachable'), 'affected');
    assert.equal(said('never-loaded', true), 'affected');
  });

  it('names a decision that a way to the code disproves, and no other', () => {
    const reach = reachWith({ verdict: 'reachable' });
    const held = decision({ justification: 'vulnerable_code_not_in_execute_path' });
    const cases = [
      finding({ reach, decision: held }),
      finding({ reach: reachWith({ verdict: 'unknown' }), decision: held }),
      finding({ reach, decision: decision({ ...held, open: 'expired' }) }),
      finding({ reach, decision: decision({ state: 'accepted' }) }),
      finding({ reach, decision: null }),
    ];
    assert.deepEqual(contradictions(cases), [
      'holdfast.decisions.yaml:4 says that the product does not run what GHSA-aaaa-bbbb-cccc in plank@1.0.0 is about, and reach shows a way on which it does: look at the decision again.',
    ]);
  });

  it('does not pass on a decision that a way to the code disproves', () => {
    const stance = (justification: VexJustification) =>
      stanceOf({
        decision: decision({ justification }),
        malware: false,
        reach: reachWith({ verdict: 'reachable' }),
      });
    assert.deepEqual(stance('vulnerable_code_not_in_execute_path'), {
      status: 'under_investigation',
      why: 'contradicted',
    });
    // That nobody can control what reaches it is not disproved by a way that reaches it.
    assert.equal(stance('vulnerable_code_cannot_be_controlled_by_adversary').status, 'not_affected');
  });

  it('gives owner, day, end and reason, and first of all that a decision no longer counts', () => {
    assert.equal(
      decisionSentence(
        decision({ state: 'accepted', approvedBy: 'Jonas B.', reason: 'Only reachable from the office.' }),
      ),
      'Risk accepted, decided on 2026-11-20 by Anke M., approved by Jonas B., until 2027-02-20: Only reachable from the office.',
    );
    assert.match(
      decisionSentence(decision({ open: 'expired', expires: '2026-11-01' })),
      /^This decision expired on 2026-11-01 and no longer counts\. Not affected, decided on 2026-11-20/,
    );
  });

  it('names every version that ends it, and says when none is known', () => {
    assert.equal(remedy(finding({ fixed: ['1.0.1', '2.0.0'] })), 'Upgrade plank from 1.0.0 to 1.0.1 or 2.0.0.');
    assert.equal(
      remedy(finding({ fixed: [] })),
      'No fixed version of plank is known. Replace it, or keep the vulnerable code out of use.',
    );
    assert.match(remedy(finding({ malware: true })), /^Remove plank 1\.0\.0\. It is malicious: replace every secret/);
  });
});
