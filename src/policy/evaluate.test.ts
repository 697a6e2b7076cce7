import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instant } from '../lib/time.ts';
import type { BoundControl, VerdictName } from './control.ts';
import { countVerdicts, evaluateStatement, policyExit, worstVerdict, type StatementVerdict } from './evaluate.ts';
import type { Binding } from './statement.ts';

const bound = (id: string): BoundControl => ({
  id,
  title: id,
  where: 'repo',
  params: {},
  factsLastDays: 7,
  shared: (facts) => facts,
  readFacts: () => assert.fail('read elsewhere'),
  gather: async () => null,
  judge: () => assert.fail('judged elsewhere'),
});

/** One statement whose footnotes answer with these verdicts; `null` is a control that is not built. */
function reportOf(answers: readonly (VerdictName | null)[]) {
  const bindings = answers.map((answer, index): Binding => {
    const control = `control.${index}`;
    return { label: `n${index}`, control, explanation: '', bound: answer === null ? null : bound(control) };
  });
  return evaluateStatement({ id: 'n0', line: 7, text: 'We do it.', bindings }, ({ id }) => ({
    verdict: answers[Number(id.slice('control.'.length))] ?? assert.fail(id),
    summary: 'It was looked at.',
    measuredAt: 5 as Instant,
    evidence: {},
  }));
}

test('the worst control decides: broken, unknown, stale, unbound, no case, manual, kept', () => {
  const order: readonly StatementVerdict[] = ['broken', 'unknown', 'stale', 'unbound', 'no-case', 'manual', 'kept'];
  for (const [rank, worse] of order.entries()) {
    for (const better of order.slice(rank)) {
      assert.equal(worstVerdict([better, worse]), worse, `${worse} with ${better}`);
      assert.equal(worstVerdict([worse, better]), worse, `${better} with ${worse}`);
    }
  }
});

test('a sentence without a footnote is unbound', () => assert.equal(reportOf([]).verdict, 'unbound'));

test('a promise with no case yet is not kept, even beside a control that is', () => {
  assert.equal(reportOf(['kept', 'no-case']).verdict, 'no-case');
});

test('a control that is not built says so, and keeps its statement from being kept or manual', () => {
  const alone = reportOf([null]);
  assert.equal(alone.verdict, 'unbound');
  assert.deepEqual(alone.controls, [
    {
      id: 'control.0',
      label: 'n0',
      verdict: 'unbound',
      summary: 'control control.0 is not built yet',
      measuredAt: null,
      evidence: {},
    },
  ]);
  assert.equal(reportOf(['kept', null]).verdict, 'unbound');
  assert.equal(reportOf([null, 'manual']).verdict, 'unbound');
});

test('a control that is not built does not hide what another one found', () => {
  assert.equal(reportOf([null, 'broken']).verdict, 'broken');
  assert.equal(reportOf([null, 'unknown']).verdict, 'unknown');
  assert.equal(reportOf([null, 'stale']).verdict, 'stale');
});

const exitOf = (...answers: readonly (VerdictName | null)[]) => {
  const statements = answers.map((answer) => reportOf([answer]));
  return policyExit({ statements, counts: countVerdicts(statements) });
};

test('the exit code is 2 for broken, 3 for unknown or stale, 0 for the rest, and 2 beats 3', () => {
  assert.equal(exitOf('kept', 'manual', 'no-case', null), 0);
  assert.equal(exitOf('kept', 'stale'), 3);
  assert.equal(exitOf('unknown', 'kept'), 3);
  assert.equal(exitOf('stale', 'unknown', 'broken'), 2);
});

test('a policy without a sentence measured nothing, which is not success', () => assert.equal(exitOf(), 3));

test('each statement is counted once, under its own verdict', () => {
  const statements = [reportOf(['kept', 'stale']), reportOf(['kept']), reportOf(['kept']), reportOf([])];
  assert.deepEqual(countVerdicts(statements), {
    kept: 2,
    broken: 0,
    stale: 1,
    unknown: 0,
    manual: 0,
    'no-case': 0,
    unbound: 1,
  });
});
