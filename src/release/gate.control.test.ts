import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cleanEnv, newRepository } from '../../test/support/repository.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Json } from '../lib/json.ts';
import type { Instant } from '../lib/time.ts';
import { NO_FACTS } from '../policy/facts.ts';
import { releaseGate } from './gate.control.ts';
import { sumFindings } from './gate.ts';

const now = Date.parse('2026-11-24T09:00:00Z') as Instant;
const commit = '0123456789abcdef0123456789abcdef01234567';
const no = { total: 0, listed: [] };

const facts = (scan: { readonly [key: string]: Json } = {}, tree: { readonly [key: string]: Json } = {}): Json => ({
  at: now,
  tree: {
    state: 'read',
    base: null,
    head: { ref: 'HEAD', commit },
    checkedOut: commit,
    changed: no,
    unwatched: no,
    changedMeanwhile: false,
    branch: null,
    ...tree,
  },
  scan: {
    state: 'scanned',
    advisories: 220_000,
    dataAsOf: Date.parse('2026-11-23T00:00:00Z'),
    inputs: 2,
    withoutInput: no,
    unread: no,
    transitiveUnknown: no,
    findings: sumFindings([]),
    closed: 0,
    decidedOpen: { planned: 0, expired: 0, unapproved: 0, unproven: 0 },
    decisions: 'none',
    ...scan,
  },
  shown: { packages: 1_204 },
});

function bind(params: Json = {}) {
  const bound = releaseGate.bind(params);
  assert.ok(bound.ok, 'the parameters are good');
  return bound.bound;
}

describe('release.gate', () => {
  it('is kept by a release without findings, and says what it does not cover', () => {
    const verdict = bind().judge(facts(), now);
    assert.equal(verdict.verdict, 'kept');
    assert.equal(
      verdict.summary,
      'No open finding at low or above in 2 inputs with 1,204 packages of 0123456789ab, against advisory data of 2026-11-23. Reviews and signatures are not checked yet.',
    );
    assert.equal(verdict.measuredAt, now);
    assert.deepEqual(verdict.evidence['notChecked'], ['review', 'attestation']);
  });

  it('is broken by a finding at its threshold, and not by one below', () => {
    const given = facts({ findings: sumFindings([{ severity: 'medium', malware: false }]) });
    const verdict = bind().judge(given, now);
    assert.equal(verdict.verdict, 'broken');
    assert.match(verdict.summary, /^1 open finding at low or above: 1 medium\. Upgrade as listed.*not checked yet\.$/);
    assert.equal(bind({ failOn: 'high' }).judge(given, now).verdict, 'kept');
  });

  it('turns stale when the same facts are judged after the data has aged, and unknown when more is missing', () => {
    const later = Date.parse('2026-12-01T00:00:01Z') as Instant;
    assert.equal(bind().judge(facts(), later).verdict, 'stale');
    assert.equal(bind({ maxDataAgeDays: 30 }).judge(facts(), later).verdict, 'kept');
    assert.equal(bind().judge(facts({ inputs: 0 }), later).verdict, 'unknown');
    const partial = { transitiveUnknown: { total: 1, listed: ['pom.xml'] } };
    assert.equal(bind().judge(facts(partial), now).verdict, 'unknown');
    assert.equal(bind().judge(facts({}, { changed: { total: 1, listed: ['a'] } }), now).verdict, 'unknown');
  });

  it('reads the repository of the policy, and is unknown without an index', async () => {
    const made = newRepository();
    made.commit('one', { 'a.txt': 'a' });
    const bound = bind({ branch: 'main' });
    const context = {
      root: made.folder,
      facts: NO_FACTS,
      database: join(made.folder, 'absent'),
      release: null,
      env: cleanEnv,
      now,
    };
    const verdict = bound.judge(await bound.gather(context), now);
    assert.equal(verdict.verdict, 'unknown');
    assert.match(verdict.summary, /^Nothing was scanned: .*\[INDEX_NOT_FOUND\]\./);
    canonicalJson(verdict.evidence);
    await assert.rejects(bound.gather({ ...context, release: '--upload-pack=x' }), { code: 'GIT_REF_UNKNOWN' });
  });

  it('takes no parameter that it does not know', () => {
    for (const params of [{ failOn: 'none' }, { maxDataAgeDays: 0 }, { branch: '-x' }, { threshold: 'low' }]) {
      assert.equal(releaseGate.bind(params).ok, false, JSON.stringify(params));
    }
  });
});
