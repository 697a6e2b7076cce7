import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseInstant } from '../lib/time.ts';
import { factsSchema, NO_FACTS, type Facts } from './facts.ts';
import { manual } from './manual.control.ts';

const ATTESTED = { by: 'Ada Example', on: '2026-10-01', until: '2027-03-31' };

async function judge(when: string, params: unknown = ATTESTED, facts: Facts = NO_FACTS) {
  const now = parseInstant(when) ?? assert.fail(when);
  const bind = manual.bind(params);
  if (!bind.ok) assert.fail(JSON.stringify(bind.issues));
  const context = { root: '/nowhere', facts, database: null, release: null, env: {}, now };
  return bind.bound.judge(await bind.bound.gather(context), now);
}

test('an attestation in date is manual, with the name, both days and the note', async () => {
  const verdict = await judge('2026-11-24T09:00:00Z', { ...ATTESTED, note: 'Seen on every desk.' });
  assert.deepEqual(verdict, {
    verdict: 'manual',
    summary: 'Attested by Ada Example on 2026-10-01, until 2027-03-31. Seen on every desk.',
    measuredAt: null,
    evidence: { by: 'Ada Example', on: '2026-10-01', until: '2027-03-31', note: 'Seen on every desk.' },
  });
});

test('an attestation counts from its first day to the end of its last', async () => {
  assert.equal((await judge('2026-10-01T00:00:00Z')).verdict, 'manual');
  assert.equal((await judge('2027-03-31T23:59:59Z')).verdict, 'manual');
  assert.equal((await judge('2027-04-01T00:00:00Z')).verdict, 'stale');
});

test('days are those of the organisation', async () => {
  // Berlin is two hours ahead of UTC on 31 March 2027: its 1 April begins at 22:00Z.
  const berlin = factsSchema.parse({ organisation: { name: 'Example', timezone: 'Europe/Berlin' } });
  assert.equal((await judge('2027-03-31T21:59:59Z', ATTESTED, berlin)).verdict, 'manual');
  assert.equal((await judge('2027-03-31T22:00:00Z', ATTESTED, berlin)).verdict, 'stale');
});

test('a passed attestation is stale and says what to do', async () => {
  assert.equal(
    (await judge('2027-05-01T00:00:00Z')).summary,
    'Attested by Ada Example on 2026-10-01, until 2027-03-31: that day has passed. Have it looked at again, then set `on` and `until`.',
  );
});

test('an attestation dated in the future attests nothing yet', async () => {
  const verdict = await judge('2026-09-30T23:59:59Z');
  assert.equal(verdict.verdict, 'unknown');
  assert.match(verdict.summary, /dated 2026-10-01, which is still to come/);
});

const issuePaths = (params: unknown): readonly string[] => {
  const bind = manual.bind(params);
  return bind.ok ? [] : bind.issues.map(({ path }) => path.join('.'));
};

test('an attestation without a name, a day or an end is refused', () => {
  assert.deepEqual(issuePaths({}), ['by', 'on', 'until']);
  assert.deepEqual(issuePaths({ ...ATTESTED, by: '  ' }), ['by']);
  assert.deepEqual(issuePaths({ ...ATTESTED, on: '2026-02-30' }), ['on']);
});

test('an end before the beginning is refused at the end', () => {
  assert.deepEqual(issuePaths({ ...ATTESTED, until: '2026-09-30' }), ['until']);
  assert.deepEqual(issuePaths({ ...ATTESTED, until: '2026-10-01' }), []);
});

test('an unknown parameter is refused', () =>
  assert.equal(issuePaths({ ...ATTESTED, untill: '2027-01-01' }).length, 1));
