import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Severity } from '../advisory/advisory.ts';
import type { Instant } from '../lib/time.ts';
import {
  blockingFindings,
  decideGate,
  sumFindings,
  sumsInWords,
  type GateFacts,
  type ScanFacts,
  type TreeFacts,
} from './gate.ts';

const now = Date.parse('2026-11-24T09:00:00Z') as Instant;
const rules = { failOn: 'low', maxDataAgeDays: 7 } as const;
const commit = '0123456789abcdef0123456789abcdef01234567';
const none = sumFindings([]);

type Scanned = Extract<ScanFacts, { state: 'scanned' }>;
type Read = Extract<TreeFacts, { state: 'read' }>;
const scanned: Scanned = {
  state: 'scanned',
  advisories: 220_000,
  dataAsOf: Date.parse('2026-11-20T00:00:00Z') as Instant,
  inputs: 1,
  withoutInput: { total: 0, listed: [] },
  unread: { total: 0, listed: [] },
  transitiveUnknown: { total: 0, listed: [] },
  findings: none,
  closed: 0,
  decidedOpen: { planned: 0, expired: 0, unapproved: 0, unproven: 0 },
  decisions: 'none',
};
const read: Read = {
  state: 'read',
  base: null,
  head: { ref: 'HEAD', commit },
  checkedOut: commit,
  changed: { total: 0, listed: [] },
  unwatched: { total: 0, listed: [] },
  changedMeanwhile: false,
  branch: null,
};
const facts = (scan: Partial<Scanned> = {}, tree: Partial<Read> = {}): GateFacts => ({
  scan: { ...scanned, ...scan },
  tree: { ...read, ...tree },
});
const one = (severity: Severity, malware = false) => sumFindings([{ severity, malware }]);
const decide = (given: GateFacts, rule: Parameters<typeof decideGate>[0] = rules) => {
  const { verdict, reasons } = decideGate(rule, given, now);
  return [verdict, ...reasons.map((reason) => reason.code)];
};

describe('a release', () => {
  it('passes when everything was measured and nothing was found', () => {
    assert.deepEqual(decide(facts()), ['passed']);
  });

  it('passes with findings below the threshold, and with those that are rated as none', () => {
    assert.deepEqual(decide(facts({ findings: one('none') })), ['passed']);
    assert.deepEqual(decide(facts({ findings: one('medium') }), { ...rules, failOn: 'high' }), ['passed']);
  });

  for (const severity of ['critical', 'high', 'medium', 'low', 'unscored'] as const) {
    it(`is blocked by a finding that is ${severity}`, () => {
      assert.deepEqual(decide(facts({ findings: one(severity) })), ['blocked', 'findings']);
    });
  }

  for (const failOn of ['critical', 'high', 'medium', 'low'] as const) {
    it(`is blocked at ${failOn} by what nobody has rated, and by malware whatever its rating`, () => {
      const rule = { ...rules, failOn };
      assert.deepEqual(decide(facts({ findings: one('unscored') }), rule), ['blocked', 'findings']);
      assert.deepEqual(decide(facts({ findings: one('none', true) }), rule), ['blocked', 'findings']);
    });
  }

  it('says how many findings block, and of how many', () => {
    const findings = { ...none, malware: 1, critical: 2, low: 3, unscored: 1 };
    assert.equal(blockingFindings(findings, 'high'), 4);
    const [reason] = decideGate({ ...rules, failOn: 'high' }, facts({ findings }), now).reasons;
    assert.equal(reason?.text, '4 open findings at high or above: 1 malware, 2 critical, 1 unscored.');
    assert.equal(sumsInWords(none), '');
  });

  it('passes with data of exactly the allowed age and is incomplete a moment later', () => {
    const dataAsOf = (text: string) => facts({ dataAsOf: Date.parse(text) as Instant });
    assert.deepEqual(decide(dataAsOf('2026-11-17T09:00:00Z')), ['passed']);
    assert.deepEqual(decide(dataAsOf('2026-11-17T08:59:59Z')), ['incomplete', 'data-stale']);
    const [reason] = decideGate(rules, dataAsOf('2026-11-10T00:00:00Z'), now).reasons;
    assert.equal(reason?.text, 'The advisory data is of 2026-11-10, 14 days old; 7 are allowed.');
  });

  it('is incomplete with data from the future, without an age, or without a record', () => {
    assert.deepEqual(decide(facts({ dataAsOf: Date.parse('2026-11-25T09:00:00Z') as Instant })), ['passed']);
    assert.deepEqual(decide(facts({ dataAsOf: Date.parse('2026-11-25T09:00:01Z') as Instant })), [
      'incomplete',
      'data-from-future',
    ]);
    assert.deepEqual(decide(facts({ dataAsOf: null })), ['incomplete', 'data-age-unknown']);
    assert.deepEqual(decide(facts({ advisories: 0 })), ['incomplete', 'empty-index']);
  });

  it('is incomplete without an input, or with one that could not be read', () => {
    assert.deepEqual(decide(facts({ inputs: 0 })), ['incomplete', 'no-input']);
    assert.deepEqual(decide(facts({ inputs: 0, unread: { total: 1, listed: ['a'] } })), ['incomplete', 'unread-input']);
    assert.deepEqual(decide(facts({ withoutInput: { total: 1, listed: ['apps/b'] } })), ['incomplete', 'no-input']);
    assert.deepEqual(decide(facts({ unread: { total: 1, listed: ['yarn.lock'] } })), ['incomplete', 'unread-input']);
  });

  it('is incomplete when an input leaves open what its dependencies bring along', () => {
    const given = facts({ transitiveUnknown: { total: 2, listed: ['pom.xml', 'api/pom.xml'] } });
    assert.deepEqual(decide(given), ['incomplete', 'transitive-unknown']);
    const [reason] = decideGate(rules, given, now).reasons;
    assert.equal(
      reason?.text,
      '2 inputs name only what is asked for, not what that brings along: pom.xml, api/pom.xml.',
    );
    assert.match(reason?.next ?? '', /SBOM/);
  });

  it('is incomplete when nothing could be scanned', () => {
    const scan = {
      state: 'failed',
      code: 'INDEX_NOT_FOUND',
      message: 'there is no index',
      hint: 'Build one.',
    } as const;
    const { verdict, reasons } = decideGate(rules, { scan, tree: read }, now);
    assert.equal(verdict, 'incomplete');
    assert.deepEqual(reasons, [
      {
        effect: 'incomplete',
        code: 'not-scanned',
        text: 'Nothing was scanned: there is no index [INDEX_NOT_FOUND].',
        next: 'Build one.',
      },
    ]);
  });

  it('is incomplete when the measured tree is not the released one', () => {
    assert.deepEqual(decide(facts({}, { checkedOut: commit.replace('0', '1') })), ['incomplete', 'other-commit']);
    assert.deepEqual(decide(facts({}, { changed: { total: 1, listed: ['a'] } })), [
      'incomplete',
      'uncommitted-changes',
    ]);
    assert.deepEqual(decide(facts({}, { unwatched: { total: 1, listed: ['a'] } })), ['incomplete', 'unwatched-files']);
    assert.deepEqual(decide(facts({}, { changedMeanwhile: true })), ['incomplete', 'changed-meanwhile']);
  });

  it('is incomplete where no commit names the tree', () => {
    for (const state of ['no-repository', 'no-commit', 'no-work-tree'] as const) {
      assert.deepEqual(decide({ scan: scanned, tree: { state } }), ['incomplete', state]);
    }
    const tree = {
      state: 'unreadable',
      code: 'GIT_UNAVAILABLE',
      message: 'git could not be started',
      hint: 'Install it.',
    } as const;
    const [reason] = decideGate(rules, { scan: scanned, tree }, now).reasons;
    assert.equal(reason?.text, 'Git could not be started [GIT_UNAVAILABLE].');
  });

  it('is blocked off the branch that releases come from, and incomplete where that cannot be seen', () => {
    const branch = (holdsHead: NonNullable<Read['branch']>['holdsHead']) =>
      facts({}, { branch: { name: 'main', holdsHead } });
    assert.deepEqual(decide(branch('yes')), ['passed']);
    assert.deepEqual(decide(branch('no')), ['blocked', 'off-branch']);
    assert.deepEqual(decide(branch('unsure')), ['incomplete', 'branch-unknown']);
    assert.deepEqual(decide(branch('no-branch')), ['incomplete', 'branch-unknown']);
  });

  it('is blocked rather than incomplete when it is both, and names what blocks first', () => {
    const both = facts({ findings: one('low'), inputs: 1, dataAsOf: null }, { changed: { total: 1, listed: ['a'] } });
    assert.deepEqual(decide(both), ['blocked', 'findings', 'data-age-unknown', 'uncommitted-changes']);
  });
});
