import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { VERDICT_ORDER, worstVerdict } from './evaluate.ts';

const verdicts = fc.array(fc.constantFrom(...VERDICT_ORDER), { maxLength: 8 });

test('a statement is kept exactly when it has controls and every one of them is', () => {
  fc.assert(
    fc.property(verdicts, (answers) => {
      const allKept = answers.length > 0 && answers.every((answer) => answer === 'kept');
      assert.equal(worstVerdict(answers) === 'kept', allKept);
    }),
  );
});

test('neither the order of the footnotes nor a repeated one changes a verdict', () => {
  fc.assert(
    fc.property(verdicts, (answers) => {
      assert.equal(worstVerdict([...answers.toReversed(), ...answers]), worstVerdict(answers));
    }),
  );
});

test('one more footnote never hides what is broken', () => {
  fc.assert(
    fc.property(verdicts, (answers) => {
      assert.equal(worstVerdict([...answers, 'broken']), 'broken');
    }),
  );
});
