import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInstant } from '../lib/time.ts';
import { awarenessFrom, type SignKind } from './awareness.ts';

/** Signs at the given times of 20 November 2026, in UTC. */
const told = (...signs: readonly (readonly [SignKind, string])[]) =>
  awarenessFrom(signs.map(([kind, time]) => ({ kind, at: parseInstant(`2026-11-20T${time}:00Z`)! })));

describe('an organisation is aware (EDPB Guidelines 9/2022)', () => {
  it('when its check confirms the alert, not when the alert rings', () => {
    const { by } = told(['suspicion', '17:02'], ['investigating', '17:20'], ['confirmed', '21:35']);
    assert.equal(by?.kind, 'confirmed');
  });

  it('when it reads proof from outside, whatever it learns of the cause later; the cautious start is the receipt', () => {
    const { by, cautious } = told(['evidence-received', '08:10'], ['evidence-read', '09:00'], ['cause-found', '14:00']);
    assert.equal(by?.kind, 'evidence-read');
    assert.equal(cautious?.kind, 'evidence-received');
  });

  it('when the loss of an unencrypted stick is noticed, not when the search is given up', () => {
    assert.equal(told(['loss-noticed', '07:50'], ['investigating', '16:00']).by?.kind, 'loss-noticed');
  });

  it('when the check after a ransom letter confirms the attack', () => {
    assert.equal(told(['suspicion', '03:12'], ['confirmed', '11:40']).by?.kind, 'confirmed');
  });

  it('when the processor told the controller', () => {
    assert.equal(told(['told-by-processor', '10:00'], ['confirmed', '12:00']).by?.kind, 'told-by-processor');
  });

  it('not at all when complete logs show no access, or nobody used the flaw', () => {
    assert.equal(told(['vulnerability-only', '14:00'], ['ruled-out', '16:00']).by, null);
    assert.match(told(['vulnerability-only', '14:00']).why, /nothing to notify/);
  });

  it('not yet when the logs do not reach back: assess, write down, open again', () => {
    const { by, why } = told(['vulnerability-only', '14:00'], ['cannot-tell', '16:00']);
    assert.equal(by, null);
    assert.match(why, /open it again/);
  });

  it('by the first sign in order of time, in whatever order they were typed in', () => {
    assert.equal(told(['confirmed', '12:00'], ['evidence-read', '09:00']).by?.kind, 'evidence-read');
  });
});
