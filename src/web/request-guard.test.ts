import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressOf, guard, type Arrival } from './request-guard.ts';

const OURS = addressOf(new URL('https://holdfast.example'));
const HERE = addressOf(new URL('http://localhost:8710'));

const page: Arrival = {
  method: 'GET',
  target: '/people?q=a',
  host: 'holdfast.example',
  origin: null,
  fetchSite: null,
  cameEncrypted: true,
  isLocal: false,
};
const form: Arrival = { ...page, method: 'POST', origin: 'https://holdfast.example', fetchSite: 'same-origin' };

describe('a request', () => {
  it('is ours when it names us and came encrypted', () => {
    assert.deepEqual(guard(OURS, page), { kind: 'ours' });
  });

  it('that came in the clear is sent to the encrypted address if it only reads', () => {
    assert.deepEqual(guard(OURS, { ...page, cameEncrypted: false }), {
      kind: 'moved',
      to: 'https://holdfast.example/people?q=a',
    });
    assert.deepEqual(guard(OURS, { ...form, cameEncrypted: false }), { kind: 'in-the-clear' });
  });

  it('for another name is refused: a foreign page may point its name at us', () => {
    for (const host of ['evil.example', 'holdfast.example.evil.example', 'holdfast.example:8443', null])
      assert.deepEqual(guard(OURS, { ...page, host }), { kind: 'not-ours' });
  });

  it('to an address of this machine goes on to the name that passkeys are bound to', () => {
    for (const host of ['127.0.0.1:8710', '[::1]:8710', 'localhost'])
      assert.deepEqual(guard(HERE, { ...page, host, isLocal: true }), {
        kind: 'moved',
        to: 'http://localhost:8710/people?q=a',
      });
    assert.deepEqual(guard(HERE, { ...page, host: '127.0.0.1:8710', isLocal: false }), { kind: 'not-ours' });
    assert.deepEqual(guard(HERE, { ...page, host: '127.0.0.1.evil.example', isLocal: true }), { kind: 'not-ours' });
  });
});

describe('a form', () => {
  const cases: readonly (readonly [string, Partial<Arrival>, 'ours' | 'foreign-form'])[] = [
    ['of our own page', {}, 'ours'],
    ['of our own page whose browser hides the origin', { origin: 'null' }, 'ours'],
    ['of a program, which sends neither header', { origin: null, fetchSite: null }, 'ours'],
    ['that a person sent again by reloading', { fetchSite: 'none' }, 'ours'],
    ['of another site', { origin: 'https://evil.example', fetchSite: 'cross-site' }, 'foreign-form'],
    ['of a neighbouring name', { origin: 'https://shop.example', fetchSite: 'same-site' }, 'foreign-form'],
    ['of another site that hides its origin', { origin: 'null', fetchSite: 'cross-site' }, 'foreign-form'],
    ['of an old browser on another site', { origin: 'https://evil.example', fetchSite: null }, 'foreign-form'],
    ['of an old browser that hides the origin', { origin: 'null', fetchSite: null }, 'foreign-form'],
    ['of our name in the clear', { origin: 'http://holdfast.example', fetchSite: null }, 'foreign-form'],
  ];
  for (const [what, change, kind] of cases)
    it(`${what} is ${kind === 'ours' ? 'taken' : 'refused'}`, () => {
      assert.deepEqual(guard(OURS, { ...form, ...change }), { kind });
    });
});
