import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem } from './errors.ts';

test('a problem is one line with its place, and carries no control characters of the file', () => {
  const at = { file: 'holdfast.yaml', line: 3, column: 5 };
  assert.equal(
    formatProblem({ at, message: 'unknown key "na\u001b[2Jme"', hint: 'Did you mean name?' }),
    'holdfast.yaml:3:5: unknown key "na\ufffd[2Jme". Did you mean name?',
  );
});
