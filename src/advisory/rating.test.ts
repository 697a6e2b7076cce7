import assert from 'node:assert/strict';
import test from 'node:test';
import { rate } from './rating.ts';

const UNSCORED = { severity: 'unscored', score: null, vector: null };
const V31_CRITICAL = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';

// Source: FIRST, CVSS v4.0 Examples (https://www.first.org/cvss/v4-0/examples) and CVSS v3.1 Examples
// (https://www.first.org/cvss/v3-1/examples); CVSS v2 Guide, section 3.3.
const EXAMPLES: readonly (readonly [string, number, string])[] = [
  ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3, 'high'],
  ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.7, 'high'],
  ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N', 8.3, 'high'],
  ['CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N', 4.6, 'medium'],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N', 5.1, 'medium'],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N', 6.9, 'medium'],
  ['CVSS:4.0/AV:L/AC:L/AT:N/PR:H/UI:N/VC:N/VI:N/VA:N/SC:H/SI:N/SA:N', 5.9, 'medium'],
  ['CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 9.4, 'critical'],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10, 'critical'],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0, 'none'],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1, 'medium'],
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4, 'medium'],
  ['CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1, 'low'],
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H', 9.9, 'critical'],
  ['CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L', 4.2, 'medium'],
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 8.8, 'high'],
  ['CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N', 6.8, 'medium'],
  ['CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N', 4.6, 'medium'],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H', 9.6, 'critical'],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0, 'none'],
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5, 'high'],
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:N/A:N', 5.8, 'medium'],
  ['AV:N/AC:L/Au:N/C:N/I:N/A:C', 7.8, 'high'],
  ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10, 'high'],
  ['AV:L/AC:H/Au:N/C:C/I:C/A:C', 6.2, 'medium'],
  ['AV:L/AC:L/Au:N/C:N/I:N/A:N', 0, 'low'],
];

test('published vectors get their published base scores and words', () => {
  for (const [vector, score, severity] of EXAMPLES) assert.deepEqual(rate([vector], []), { severity, score, vector });
});

test('the newest version of CVSS wins, in whatever order the record has them', () => {
  const [v4, v31, v30, v2] = [
    'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N',
    'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
    'AV:N/AC:L/Au:N/C:C/I:C/A:C',
  ];
  assert.equal(rate([v2, v30, v31, v4], ['low']).vector, v4);
  assert.equal(rate([v30, v31, v2], ['low']).vector, v31);
  assert.equal(rate([v2, v30], ['low']).vector, v30);
  assert.equal(rate([v2], ['low']).vector, v2);
});

test('threat and temporal metrics do not change the base score', () => {
  assert.equal(rate([`${V31_CRITICAL}/E:U/RL:O/RC:U`], []).score, 9.8);
  assert.equal(rate(['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/U:Amber'], []).score, 9.3);
});

test('a malformed vector counts as absent, and the next one is taken', () => {
  const malformed = [
    '',
    '9.8',
    'CVSS:4.0/',
    'CVSS:4.0/AV:N',
    'CVSS:9.9/AV:N/AC:L/Au:N/C:N/I:N/A:C',
    'CVSS:4.0/AV:Network/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/AV:L',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:A',
    'CVSS:3.1/__proto__:N/constructor:L',
    'AV:N/AC:L/Au:ND/C:N/I:N/A:C',
    `CVSS:3.1/${'AV:N/'.repeat(200_000)}`,
  ];
  for (const vector of malformed) {
    assert.deepEqual(rate([vector], []), UNSCORED, vector);
    assert.equal(rate([vector, V31_CRITICAL], []).score, 9.8);
  }
});

test('parentheses around a version 2 vector are left out', () => {
  assert.deepEqual(rate(['(AV:N/AC:L/Au:N/C:N/I:N/A:C)'], []), {
    severity: 'high',
    score: 7.8,
    vector: 'AV:N/AC:L/Au:N/C:N/I:N/A:C',
  });
});

test('without a vector the first known word counts, and GitHub says moderate for medium', () => {
  assert.deepEqual(rate([], ['MODERATE']), { severity: 'medium', score: null, vector: null });
  assert.equal(rate(['9.8'], ['important', 'Critical', 'low']).severity, 'critical');
  assert.equal(rate([V31_CRITICAL], ['LOW']).severity, 'critical');
});

test('without a vector and a word an advisory is unscored, never harmless', () => {
  assert.deepEqual(rate([], []), UNSCORED);
  assert.deepEqual(rate([], ['', 'toString', '__proto__', 'unknown']), UNSCORED);
});
