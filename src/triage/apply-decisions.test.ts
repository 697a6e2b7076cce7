import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findingWith } from '../../test/support/finding.ts';
import type { Finding } from '../scan/finding.ts';
import { applyDecisions, type ProofOf } from './apply-decisions.ts';
import { openWords, type Decision } from './decision.ts';

const decisionWith = (changes: Partial<Decision> = {}): Decision => ({
  id: 'GHSA-35jh-r3h4-6jhm',
  aliases: [],
  package: { purl: 'pkg:npm/lodash', type: 'npm', namespace: '', name: 'lodash', version: null },
  paths: [],
  state: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
  owner: 'Kim Beispiel',
  reason: 'template() is never called with user text',
  decided: '2026-11-01',
  expires: '2027-02-25',
  approvedBy: null,
  evidence: null,
  place: 'holdfast.decisions.yaml:2',
  ...changes,
});
const ofVersion = (version: string | null): Decision['package'] => ({ ...decisionWith().package, version });

const apply = (finding: Finding, decisions: readonly Decision[], today = '2026-11-25', proofOf?: ProofOf) =>
  applyDecisions([finding], decisions, today, (input) => (input.startsWith('..') ? null : input), proofOf);
const decisionOn = (finding: Finding, decisions: readonly Decision[], today?: string, proofOf?: ProofOf) =>
  apply(finding, decisions, today, proofOf).findings[0]?.decision ?? null;
const outcome = (finding: Partial<Finding>, decision: Partial<Decision>, today?: string, proofOf?: ProofOf) => {
  const applied = decisionOn(findingWith(finding), [decisionWith(decision)], today, proofOf);
  return applied === null ? 'none' : (applied.open ?? 'closed');
};

describe('a decision', () => {
  it('closes the finding of its advisory and package, and shows who took it', () => {
    assert.deepEqual(decisionOn(findingWith(), [decisionWith()]), {
      state: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
      owner: 'Kim Beispiel',
      reason: 'template() is never called with user text',
      decided: '2026-11-01',
      expires: '2027-02-25',
      approvedBy: null,
      proof: null,
      open: null,
      place: 'holdfast.decisions.yaml:2',
    });
  });

  it('speaks of every id of the alias group, however it is spelt', () => {
    assert.equal(outcome({}, { id: 'cve-2021-23337' }), 'closed');
    assert.equal(outcome({}, { id: 'SNYK-JS-LODASH-1040724', aliases: ['CVE-2021-23337'] }), 'closed');
    assert.equal(outcome({}, { id: 'CVE-2021-23338' }), 'none');
  });

  it('speaks of its package only, and of one version only where it names one', () => {
    assert.equal(outcome({ purl: 'pkg:npm/lodash-es@4.17.20' }, {}), 'none');
    assert.equal(outcome({ purl: 'pkg:npm/%40acme/lodash@4.17.20' }, {}), 'none');
    assert.equal(outcome({ purl: 'pkg:maven/lodash@4.17.20' }, {}), 'none');
    assert.equal(outcome({ purl: '' }, {}), 'none');
    assert.equal(outcome({}, { package: ofVersion('4.17.20') }), 'closed');
    assert.equal(outcome({}, { package: ofVersion('4.17.19') }), 'none');
  });

  it('that rests on a proof closes what the proof clears, and nothing while it does not hold or was not checked', () => {
    const digest = `sha256:${'ab'.repeat(32)}`;
    const rests = { state: 'not_affected', evidence: { digest, file: 'p.json' } } as const;
    const proof =
      (fails: string | null): ProofOf =>
      () => ({ file: 'p.json', digest, run: null, fails });
    assert.equal(outcome({}, rests), 'unproven');
    assert.equal(outcome({}, rests, undefined, proof('the code has changed')), 'unproven');
    assert.equal(outcome({}, rests, undefined, proof(null)), 'closed');
    assert.equal(outcome({}, rests, '2027-06-01', proof(null)), 'expired');
    assert.equal(outcome({ malware: true }, rests, undefined, proof(null)), 'unapproved');
    // Kept elsewhere: nobody here can check it, so it is what a person says.
    assert.equal(outcome({}, { state: 'not_affected', evidence: { digest, file: null } }), 'closed');
  });

  it('holds on its last day and is open as expired on the day after, whatever it is', () => {
    for (const state of ['upgrade', 'not_affected', 'mitigated', 'accepted', 'wrong_match'] as const) {
      const decision = { state, expires: '2026-11-25', approvedBy: 'Lee Zweite' };
      assert.equal(outcome({}, decision, '2026-11-25'), state === 'upgrade' ? 'planned' : 'closed');
      assert.equal(outcome({}, decision, '2026-11-26'), 'expired');
    }
  });

  it('never closes a finding by a planned upgrade', () => {
    assert.equal(outcome({ severity: 'low' }, { state: 'upgrade', approvedBy: 'Lee Zweite' }), 'planned');
  });

  it('accepts a critical, high or unscored risk only with a second name', () => {
    for (const severity of ['critical', 'high', 'unscored'] as const) {
      assert.equal(outcome({ severity }, { state: 'accepted' }), 'unapproved');
      assert.equal(outcome({ severity }, { state: 'accepted', approvedBy: 'kim  BEISPIEL' }), 'unapproved');
      assert.equal(outcome({ severity }, { state: 'accepted', approvedBy: 'Lee Zweite' }), 'closed');
    }
    for (const severity of ['medium', 'low', 'none'] as const) {
      assert.equal(outcome({ severity }, { state: 'accepted' }), 'closed');
    }
  });

  it('never accepts or mitigates malicious code, and calls it a wrong match only with a second name', () => {
    const approvedBy = 'Lee Zweite';
    for (const state of ['accepted', 'mitigated', 'not_affected'] as const) {
      assert.equal(outcome({ malware: true, severity: 'low' }, { state, approvedBy }), 'unapproved');
    }
    assert.equal(outcome({ malware: true }, { state: 'wrong_match' }), 'unapproved');
    assert.equal(outcome({ malware: true }, { state: 'wrong_match', approvedBy }), 'closed');
    assert.equal(outcome({ malware: true }, { state: 'upgrade' }), 'planned');
  });

  it('gives way to a narrower one, then to a newer one', () => {
    const broad = decisionWith({ place: 'broad', decided: '2026-11-20' });
    const forPath = decisionWith({ place: 'path', paths: ['apps/web/**'] });
    const forVersion = decisionWith({ place: 'version', package: ofVersion('4.17.20') });
    const both = decisionWith({ place: 'both', package: ofVersion('4.17.20'), paths: ['apps/web/**'] });
    const newer = decisionWith({ place: 'newer', decided: '2026-11-21' });
    const at = (decisions: readonly Decision[]) =>
      decisionOn(findingWith({ inputs: ['apps/web/package-lock.json'] }), decisions)?.place;
    assert.equal(at([broad, newer]), 'newer');
    assert.equal(at([newer, broad, forPath]), 'path');
    assert.equal(at([newer, forPath, forVersion]), 'version');
    assert.equal(at([forVersion, both, newer]), 'both');
  });

  it('that is narrower and has expired leaves the finding open, although a broad one would close it', () => {
    const narrow = decisionWith({ package: ofVersion('4.17.20'), expires: '2026-11-24' });
    assert.equal(decisionOn(findingWith(), [decisionWith(), narrow])?.open, 'expired');
  });

  it('that two ids of one group contradict leaves the finding as open as the stricter one says', () => {
    const accepted = decisionWith({ id: 'CVE-2021-23337', state: 'accepted' });
    assert.equal(decisionOn(findingWith(), [decisionWith(), accepted])?.open, 'unapproved');
    assert.equal(decisionOn(findingWith(), [accepted, decisionWith()])?.open, 'unapproved');
  });

  it('for some paths closes a finding only when every input is decided on', () => {
    const web = decisionWith({ paths: ['apps/web'] });
    const api = decisionWith({ paths: ['apps/api/**'], place: 'api', expires: '2026-12-01' });
    const inputs = ['apps/web/package-lock.json', 'apps/api/package-lock.json'];
    assert.equal(decisionOn(findingWith({ inputs: [inputs[0]!] }), [web])?.open, null);
    const root = decisionWith({ paths: ['package-lock.json'] });
    assert.equal(decisionOn(findingWith({ inputs: [inputs[0]!] }), [root]), null, 'a pattern starts at the folder');
    assert.equal(decisionOn(findingWith(), [root])?.open, null);
    const partly = apply(findingWith({ inputs }), [web]);
    assert.equal(partly.findings[0]?.decision, null);
    assert.deepEqual(partly.notes, [
      'holdfast.decisions.yaml:2 decides on GHSA-35jh-r3h4-6jhm in lodash@4.17.20 for some inputs only; it is open because of apps/api/package-lock.json.',
    ]);
    assert.equal(decisionOn(findingWith({ inputs }), [web, api])?.place, 'api', 'what ends first is shown');
    assert.equal(decisionOn(findingWith({ inputs: ['../package-lock.json'] }), [web]), null);
    assert.equal(decisionOn(findingWith({ inputs: ['../package-lock.json'] }), [decisionWith()])?.open, null);
  });

  it('that matches no finding is reported as unused; one that a narrower one overrides is not', () => {
    const other = decisionWith({ id: 'CVE-2020-0001' });
    const narrow = decisionWith({ package: ofVersion('4.17.20') });
    assert.deepEqual(apply(findingWith(), [decisionWith(), narrow, other]).unused, [other]);
  });

  it('says in words why the finding is still open', () => {
    const words = (finding: Partial<Finding>, decision: Partial<Decision>) => {
      const applied = decisionOn(findingWith(finding), [decisionWith(decision)]);
      return applied === null ? '' : openWords(applied);
    };
    assert.equal(words({}, { state: 'accepted', expires: '2026-11-01' }), 'risk accepted until 2026-11-01, expired');
    assert.equal(words({}, { state: 'accepted' }), 'risk accepted until 2027-02-25, not approved by a second person');
    assert.equal(words({}, { state: 'upgrade' }), 'upgrade planned until 2027-02-25 by Kim Beispiel');
    assert.equal(words({}, {}), 'not affected until 2027-02-25 by Kim Beispiel');
  });
});
