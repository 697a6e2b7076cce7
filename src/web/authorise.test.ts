import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Instant } from '../lib/time.ts';
import { authorise } from './authorise.ts';
import type { Access, PersonViewer, TokenViewer } from './route.ts';

const NOW = Date.UTC(2026, 10, 25, 12) as Instant;
const owner: PersonViewer = {
  kind: 'person',
  person: 'p1',
  name: 'Anke',
  roles: ['owner'],
  session: 's1',
  authenticatedAt: (NOW - 60_000) as Instant,
};
const auditor: PersonViewer = { ...owner, roles: ['auditor'] };
const token: TokenViewer = { kind: 'token', token: 't1', scopes: ['policy.report'] };

const change: Access = { kind: 'staff', capability: 'people.change', fresh: false };
const freshChange: Access = { kind: 'staff', capability: 'people.change', fresh: true };
const report: Access = { kind: 'token', scope: 'policy.report' };

describe('who may use a route', () => {
  it('is everybody where it is public', () => {
    for (const viewer of [null, owner, token])
      assert.deepEqual(authorise({ kind: 'public' }, viewer, NOW), { kind: 'admitted' });
  });

  it('is who has the capability, and a refusal names it', () => {
    assert.deepEqual(authorise(change, owner, NOW), { kind: 'admitted' });
    assert.deepEqual(authorise(change, auditor, NOW), { kind: 'refused', capability: 'people.change' });
    assert.deepEqual(authorise(change, null, NOW), { kind: 'sign-in' });
  });

  it('is never a machine where a person is asked for, nor a person where a machine is', () => {
    assert.deepEqual(authorise(change, token, NOW), { kind: 'sign-in' });
    assert.deepEqual(authorise({ kind: 'person', fresh: false }, token, NOW), { kind: 'sign-in' });
    assert.deepEqual(authorise(report, owner, NOW), { kind: 'token-needed' });
    assert.deepEqual(authorise(report, token, NOW), { kind: 'admitted' });
    assert.deepEqual(authorise({ kind: 'token', scope: 'log.read' }, token, NOW), {
      kind: 'scope-needed',
      scope: 'log.read',
    });
  });

  it('needs a passkey that was used within five minutes for what is dangerous', () => {
    const at = (ms: number): PersonViewer => ({ ...owner, authenticatedAt: (NOW + ms) as Instant });
    assert.deepEqual(authorise(freshChange, at(-300_000), NOW), { kind: 'admitted' });
    assert.deepEqual(authorise(freshChange, at(-300_001), NOW), { kind: 'confirm' });
    assert.deepEqual(authorise(freshChange, at(1), NOW), { kind: 'confirm' });
    assert.deepEqual(authorise(freshChange, { ...at(-300_001), roles: ['auditor'] }, NOW), {
      kind: 'refused',
      capability: 'people.change',
    });
  });
});
