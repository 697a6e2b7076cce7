/** The error with which an input is refused; a test fails where it is read instead. */
import assert from 'node:assert/strict';
import { HoldfastError } from '../../src/lib/errors.ts';

export function refusal(read: () => unknown): HoldfastError {
  try {
    read();
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError, String(thrown));
    return thrown;
  }
  assert.fail('it was read');
}
