import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { formatInstant } from '../lib/time.ts';
import { readCase } from './facts-file.ts';

const BERLIN = 'Europe/Berlin';
const read = (text: string) => {
  const result = readCase(text, BERLIN);
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.error));
  return result.value;
};
const mistakes = (text: string) => {
  const result = readCase(text, BERLIN);
  assert.ok(!result.ok, 'expected a refusal');
  return result.error.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

describe('a facts file', () => {
  it('is YAML or JSON with the same keys', () => {
    const yaml = read('product: data-center\neffects: [C, A]\nsevere: true\nrisk: high\n');
    const json = read('{\n\t"product": "data-center", "effects": ["C", "A"], "severe": true, "risk": "high"\n}');
    assert.deepEqual(yaml, json);
    assert.equal(yaml.facts.product, 'data-center');
    assert.deepEqual(yaml.facts.effects, ['C', 'A']);
  });

  it('takes what is left out, or null, as unknown, and the rare facts as no', () => {
    const { facts } = read('risk: null\nrole:\n');
    assert.equal(facts.risk, 'unknown');
    assert.equal(facts.role, 'unknown');
    assert.equal(facts.severe, 'unknown');
    assert.equal(facts.reachable, 'unknown');
    assert.equal(facts.dependency, false);
    assert.equal(facts.art34Relief, 'none');
  });

  it('reads yes and true as the one that the fact uses', () => {
    const { facts } = read('personalData: true\nsevere: no\nbreach: false\ncraProduct: yes\n');
    assert.equal(facts.personalData, 'yes');
    assert.equal(facts.severe, false);
    assert.equal(facts.breach, 'no');
    assert.equal(facts.craProduct, true);
  });

  it('carries moments, judgements and the contents of a notice', () => {
    const incident = read(
      [
        'awareAt: 2026-11-24T10:12[Europe/Berlin]',
        'riskReason: names only',
        'notice:',
        '  nature: text',
        '  subjectCount: { reason: export is running, followsBy: 2026-11-27 }',
        '  recordCount: 1500',
        '  measures: [one, two]',
      ].join('\n'),
    );
    assert.equal(formatInstant(incident.times.awareAt!), '2026-11-24T09:12:00Z');
    assert.equal(incident.reasons.riskReason, 'names only');
    assert.deepEqual(incident.notice.get('subjectCount'), {
      kind: 'absent',
      reason: 'export is running',
      followsBy: '2026-11-27',
      final: false,
    });
    assert.deepEqual(incident.notice.get('recordCount'), { kind: 'filled', text: '1500' });
    assert.deepEqual(incident.notice.get('measures'), { kind: 'filled', text: 'one\ntwo' });
  });
});

describe('a mistake in a facts file', () => {
  it('is named with its line and column, all of them at once', () => {
    assert.deepEqual(mistakes('product: conect-cloud\nbreech: yes\neffects: C\nnotice:\n  natur: x\n'), [
      '1:10 product is one of forge-runs-on-atlassian, forge-remote, connect-cloud, data-center, website, support-system, internal-it, unknown; did you mean "connect-cloud"?',
      '2:1 unknown key "breech"; did you mean "breach"?',
      '3:10 effects is a list of C (confidentiality), I (integrity) and A (availability), or []',
      '5:3 unknown key "natur"; did you mean "nature"?',
    ]);
  });

  it('is a moment without offset; the hint spells out both readings on the night the clocks go back', () => {
    assert.deepEqual(mistakes('awareAt: 2026-10-25T02:30'), [
      '1:10 awareAt: "2026-10-25T02:30" has no offset, so it is not one moment everywhere. ' +
        'In Europe/Berlin it came twice: 2026-10-25T02:30:00+02:00 and then 2026-10-25T02:30:00+01:00.',
    ]);
  });

  it('is a key that stands twice', () => {
    assert.deepEqual(mistakes('{"role":"none","role":"both"}'), ['1:16 "role" stands here twice']);
  });

  it('is an alias, a tag, or a key of the language itself', () => {
    assert.deepEqual(mistakes('role: &a both\nrisk: *a'), ['2:7 write the value out: no aliases, no tags']);
    assert.deepEqual(mistakes('{"__proto__": {"risk": "high"}}'), ['1:2 unknown key "__proto__"']);
    assert.deepEqual(mistakes('constructor: 1'), ['1:1 unknown key "constructor"']);
  });

  it('is a contradiction between the moment of awareness and the side of 11 September 2026', () => {
    assert.equal(mistakes('awareAt: 2026-09-10T23:59:59+02:00\nawareOnOrAfter20260911: true').length, 1);
    read('awareAt: 2026-09-11T00:00:00+02:00\nawareOnOrAfter20260911: true');
  });

  it('is a text that is no map', () => {
    assert.deepEqual(mistakes('- a'), ['1:1 expected facts as `key: value` lines']);
    assert.deepEqual(mistakes('[]'), ['1:1 expected facts as `key: value` lines']);
  });
});

describe('hostile input', () => {
  const hostile: readonly (readonly [string, string])[] = [
    ['open brackets without end', '['.repeat(200_000)],
    ['dashes without end', '- '.repeat(100_000)],
    ['ever deeper indentation', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['thousands of keys', Array.from({ length: 25_000 }, (_, index) => `k${index}: 1`).join('\n')],
    [
      'thousands of misspelt fields',
      `notice:\n${Array.from({ length: 900 }, (_, index) => `  nature${index}: 1`).join('\n')}`,
    ],
    ['a key of 200,000 letters', `${'x'.repeat(200_000)}: 1`],
    ['more text than a case has', 'x'.repeat(300_000)],
    ['zero bytes', '\u0000'.repeat(1_000)],
  ];
  for (const [what, text] of hostile) {
    it(`is refused within two seconds: ${what}`, () => {
      const start = cpuMs();
      const found = mistakes(text);
      assert.ok(found.length > 0 && found.length <= 20);
      assert.ok(found.every((line) => line.length < 400));
      assert.ok(cpuMs() - start < 2_000);
    });
  }
});
