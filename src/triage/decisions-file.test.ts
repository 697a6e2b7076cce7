import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { readDecisions } from './decisions-file.ts';

const TODAY = '2026-11-25';

const GOOD = {
  id: 'GHSA-35jh-r3h4-6jhm',
  package: 'pkg:npm/lodash',
  decision: 'upgrade',
  owner: 'Kim Beispiel',
  reason: 'waits for the next release',
  decided: '2026-11-20',
  expires: '2027-02-25',
};

/** One decision as YAML, with keys changed, added, or left out (`null`). */
const file = (...changes: readonly Readonly<Record<string, unknown>>[]): string =>
  `decisions:\n${changes
    .map((change) => {
      const keys = Object.entries({ ...GOOD, ...change }).filter(([, value]) => value !== null);
      return keys.map(([key, value], at) => `  ${at === 0 ? '-' : ' '} ${key}: ${JSON.stringify(value)}\n`).join('');
    })
    .join('')}`;

const mistakes = (text: string, today = TODAY): readonly string[] => {
  const read = readDecisions(text, today);
  return read.ok ? [] : read.error.map(({ line, column, message, hint }) => `${line}:${column}: ${message}. ${hint}`);
};

describe('a file of decisions', () => {
  it('gives each decision its scope, its days and its place', () => {
    const read = readDecisions(
      `# Reviewed every quarter.
decisions:
  - id: GHSA-35jh-r3h4-6jhm
    aliases: [CVE-2021-23337]
    package: pkg:npm/%40acme/lodash@4.17.20
    paths: ["apps/web/**"]
    decision: not_affected
    justification: vulnerable_code_not_in_execute_path
    owner: Kim Beispiel
    reason: |
      template() is never called
      with user text
    decided: 2026-11-25
    expires: 2027-02-25
    approvedBy: Lee Zweite
    evidence: sha256:${'ab'.repeat(32)}
`,
      TODAY,
    );
    assert.deepEqual(read, {
      ok: true,
      value: [
        {
          id: 'GHSA-35jh-r3h4-6jhm',
          aliases: ['CVE-2021-23337'],
          package: {
            purl: 'pkg:npm/%40acme/lodash@4.17.20',
            type: 'npm',
            namespace: '@acme',
            name: 'lodash',
            version: '4.17.20',
          },
          paths: ['apps/web/**'],
          state: 'not_affected',
          justification: 'vulnerable_code_not_in_execute_path',
          owner: 'Kim Beispiel',
          reason: 'template() is never called with user text',
          decided: '2026-11-25',
          expires: '2027-02-25',
          approvedBy: 'Lee Zweite',
          evidence: { digest: `sha256:${'ab'.repeat(32)}`, file: null },
          place: 'holdfast.decisions.yaml:3',
        },
      ],
    });
  });

  it('may be empty', () => {
    assert.deepEqual(readDecisions('', TODAY), { ok: true, value: [] });
    assert.deepEqual(readDecisions('decisions:\n', TODAY), { ok: true, value: [] });
  });

  it('is refused without an owner, a reason, a day or an end', () => {
    for (const key of ['owner', 'reason', 'decided', 'expires', 'package', 'id', 'decision']) {
      assert.match(
        mistakes(file({ [key]: null })).join('\n'),
        new RegExp(`^2:\\d+: decisions\\[0\\]\\.${key} is missing`),
      );
    }
    assert.match(mistakes(file({ owner: ' ' }))[0] ?? '', /^5:5: decisions\[0\]\.owner is too short/);
  });

  it('is refused with a key that it does not know, at its place', () => {
    assert.deepEqual(mistakes(file({ expire: '2027-01-01' })), [
      '9:5: unknown key "expire" in decisions[0]. Did you mean expires?',
    ]);
    assert.match(mistakes(file({ __proto__x: 1 }))[0] ?? '', /unknown key "__proto__x"/);
  });

  it('is refused when it was decided tomorrow, ends before it was decided, or holds for more than a year', () => {
    assert.deepEqual(mistakes(file({ decided: '2026-11-26' })), [
      '7:5: decisions[0].decided is 2026-11-26, which is still to come. Today is 2026-11-25.',
    ]);
    assert.deepEqual(mistakes(file({ expires: '2026-11-19' })), [
      '8:5: decisions[0].expires is before the day it was decided. Write a day from 2026-11-20 on.',
    ]);
    assert.deepEqual(mistakes(file({ expires: '2027-11-21' })), [
      '8:5: decisions[0].expires is more than a year after the day it was decided. Write 2027-11-20 or a day before it.',
    ]);
    assert.deepEqual(mistakes(file({ expires: '2027-11-20' })), []);
    assert.deepEqual(mistakes(file({ expires: '2026-11-20' })), []);
    assert.match(mistakes(file({ expires: '2027-02-29' }))[0] ?? '', /Write a day that exists, as YYYY-MM-DD\.$/);
  });

  it('says why a product is not affected, and never why an accepted risk is none', () => {
    const justification = 'vulnerable_code_not_present';
    assert.deepEqual(mistakes(file({ decision: 'not_affected' })), [
      '2:5: decisions[0].justification is missing. Say why the product is not affected: one of component_not_present, vulnerable_code_not_present, vulnerable_code_not_in_execute_path, vulnerable_code_cannot_be_controlled_by_adversary, inline_mitigations_already_exist.',
    ]);
    assert.deepEqual(mistakes(file({ decision: 'not_affected', justification })), []);
    for (const decision of ['accepted', 'upgrade']) {
      assert.match(mistakes(file({ decision, justification }))[0] ?? '', /justification has no place beside/);
    }
    assert.match(
      mistakes(file({ decision: 'mitigated', justification }))[0] ?? '',
      /cannot be "vuln.* beside mitigated/,
    );
    const implied = (decision: string) => {
      const read = readDecisions(file({ decision }), TODAY);
      return read.ok ? read.value[0]?.justification : read.error;
    };
    assert.equal(implied('mitigated'), 'inline_mitigations_already_exist');
    assert.equal(implied('wrong_match'), 'component_not_present');
    assert.equal(implied('accepted'), null);
  });

  it('is refused with two answers of one day to one question, also under another id of the group', () => {
    assert.deepEqual(mistakes(file({}, { decision: 'accepted' })), [
      '9:5: decisions[1] contradicts line 2: the same advisory, package, paths and day. Keep the one that holds.',
    ]);
    assert.equal(
      mistakes(file({}, { id: 'CVE-2021-23337', aliases: ['ghsa-35JH-r3h4-6jhm'], decision: 'accepted' })).length,
      1,
    );
    assert.deepEqual(mistakes(file({}, {})), []);
    assert.deepEqual(mistakes(file({}, { decision: 'accepted', decided: '2026-11-21' })), []);
    assert.deepEqual(mistakes(file({}, { decision: 'accepted', package: 'pkg:npm/lodash@4.17.20' })), []);
    assert.deepEqual(mistakes(file({}, { decision: 'accepted', paths: ['apps/**'] })), []);
  });

  it('is refused while proposals stand in it', () => {
    assert.match(
      mistakes(`${file({})}proposals:\n  - id: CVE-2021-23337\n    owner:\n`)[0] ?? '',
      /^9:1: proposals are no decisions/,
    );
  });

  it('refuses a package that is no package URL, an id that is none, and a pattern that takes back', () => {
    assert.match(mistakes(file({ package: 'lodash' }))[0] ?? '', /^3:5: .*write a package URL/i);
    assert.match(
      mistakes(file({ id: '* or anything' }))[0] ?? '',
      /Write the id of an advisory, e\.g\. CVE-2021-23337\.$/,
    );
    assert.match(mistakes(file({ paths: ['!apps/**'] }))[0] ?? '', /without `!`/);
    assert.match(mistakes(file({ evidence: 'sha1:00' }))[0] ?? '', /64 hex digits\.$/);
    for (const proof of ['../p.json', '/p.json', 'a/../../p.json', 'C:p.json', 'a\\p.json', 'a//p.json', './/p.json'])
      assert.match(mistakes(file({ proof }))[0] ?? '', /below the folder of this file/, proof);
  });

  it('is read within two seconds when it is as large as it may be, and refused when it is larger or hostile', () => {
    const started = cpuMs();
    const one = file({ reason: 'r'.repeat(180) })
      .split('\n')
      .slice(1)
      .join('\n');
    const amount = Math.floor(1_000_000 / one.length);
    const many = Array.from({ length: amount }, (_, at) => one.replace('35jh', `a${at}`)).join('');
    const read = readDecisions(`decisions:\n${many}`, TODAY);
    assert.equal(read.ok && read.value.length, amount);
    for (const text of ['['.repeat(200_000), `a: ${'x'.repeat(1_100_000)}`, 'a: &a [*a]\n', '- '.repeat(100_000)]) {
      assert.equal(readDecisions(text, TODAY).ok, false);
    }
    const spent = cpuMs() - started;
    assert.ok(spent < 4_000, `${spent} ms`);
  });
});
