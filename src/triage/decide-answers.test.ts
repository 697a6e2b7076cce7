import assert from 'node:assert/strict';
import { it } from 'node:test';
import { settle, type Ask, type Topic } from './decide-answers.ts';

/** Somebody who types these lines, one after the other, and then leaves. */
function person(...lines: readonly string[]) {
  const asked: (readonly [Topic, string | null, string | null])[] = [];
  const rest = [...lines];
  const ask: Ask = async (topic, suggestion, problem) => {
    asked.push([topic, suggestion, problem]);
    return rest.shift() ?? null;
  };
  return { ask, asked };
}
const settling = (ask: Ask) => ({ today: '2026-11-25', ask, owner: async () => 'Kim Beispiel' });

it('asks only for what is missing, with the name that Git knows and a quarter of a year as suggestions', async () => {
  const { ask, asked } = person('', '');
  const answers = await settle(
    new Map([
      ['decision', 'mitigated'],
      ['reason', 'the proxy refuses such requests'],
    ]),
    settling(ask),
  );
  assert.deepEqual(answers, {
    decision: 'mitigated',
    justification: null,
    owner: 'Kim Beispiel',
    reason: 'the proxy refuses such requests',
    expires: '2027-02-23',
  });
  assert.deepEqual(asked, [
    ['owner', 'Kim Beispiel', null],
    ['expires', '90d', null],
  ]);
});

it('asks again until an answer will do, and for the justification only where it is needed', async () => {
  const { ask, asked } = person(
    'not affected',
    'not-affected',
    'component_not_present',
    ' ',
    'it is not shipped',
    'Ada',
    '2027-02-30',
    '2026-12-24',
  );
  const answers = await settle(new Map(), settling(ask));
  assert.deepEqual(answers, {
    decision: 'not_affected',
    justification: 'component_not_present',
    owner: 'Ada',
    reason: 'it is not shipped',
    expires: '2026-12-24',
  });
  assert.deepEqual(
    asked.map(([topic, , problem]) => [topic, problem?.slice(0, 26) ?? null]),
    [
      ['decision', null],
      ['decision', 'did you mean not_affected?'],
      ['justification', null],
      ['reason', null],
      ['reason', 'write it out'],
      ['owner', null],
      ['expires', null],
      ['expires', 'write a day that exists (Y'],
    ],
  );
});

it('decides nothing when the person leaves in the middle', async () => {
  assert.equal(await settle(new Map(), settling(person('accepted', 'because').ask)), null);
});
