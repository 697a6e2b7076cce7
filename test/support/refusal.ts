/** The error with which an input is refused; a test fails where it is read instead. */
import assert from 'node:assert/strict';
import { type ErrorCode, HoldfastError } from '../../src/lib/errors.ts';

export function refusal(read: () => unknown): HoldfastError {
  try {
    read();
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError, String(thrown));
    return thrown;
  }
  assert.fail('it was read');
}

/** The same for what is waited for, and which code it has. */
export async function assertRefused(work: Promise<unknown>, code: ErrorCode): Promise<HoldfastError> {
  const thrown = await work.then(
    () => assert.fail('it was done'),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof HoldfastError, String(thrown));
  assert.equal(thrown.code, code, thrown.message);
  return thrown;
}
