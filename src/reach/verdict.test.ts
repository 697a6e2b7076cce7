import assert from 'node:assert/strict';
import { it } from 'node:test';
import { clears, VERDICTS, VEX_OF_VERDICT, worstVerdict } from './verdict.ts';

it('of several copies the one that can run speaks for all', () => {
  assert.equal(worstVerdict(['never-loaded', 'reachable', 'unknown']), 'reachable');
  assert.equal(worstVerdict(['never-loaded', 'unknown', 'unreachable']), 'unknown');
  assert.equal(worstVerdict(['never-loaded', 'unreachable']), 'unreachable');
});

it('only a verdict that clears says "not affected" to others, with a justification', () => {
  for (const verdict of VERDICTS) {
    const { status, justification, state, cyclonedx } = VEX_OF_VERDICT[verdict];
    assert.equal(status === 'not_affected', clears(verdict));
    assert.equal(justification !== null, clears(verdict));
    assert.equal(state === 'not_affected', clears(verdict));
    assert.equal(cyclonedx !== null, clears(verdict));
  }
  assert.equal(VEX_OF_VERDICT.unknown.status, 'under_investigation');
  assert.equal(VEX_OF_VERDICT.unreachable.justification, 'vulnerable_code_not_in_execute_path');
  assert.equal(VEX_OF_VERDICT['not-shipped'].cyclonedx, 'code_not_present');
});
