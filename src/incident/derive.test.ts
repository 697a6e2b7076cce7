import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { UNKNOWN_FACTS, type CaseFacts } from './case-facts.ts';
import { dutiesOf, factsThatDecide } from './derive.ts';
import type { DutyId } from './duty.ts';
import { readCase } from './facts-file.ts';

interface Row {
  readonly id: string;
  readonly title: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly levels: Readonly<Partial<Record<DutyId, string>>>;
  readonly decider: string;
}

const rows = JSON.parse(
  readFileSync(new URL('../../test/fixtures/incident/cases.json', import.meta.url), 'utf8'),
) as readonly Row[];

const now = Temporal.PlainDate.from('2026-11-24');

const factsOf = (facts: unknown): CaseFacts => {
  const read = readCase(JSON.stringify(facts), 'Europe/Berlin');
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.error));
  return read.value.facts;
};

const levelsOf = (facts: CaseFacts, at = now) => {
  const firm = dutiesOf(facts, at).duties.filter((duty) => duty.level !== 'no');
  return Object.fromEntries(firm.map((duty) => [duty.id, duty.level]));
};

const levelOf = (facts: Partial<CaseFacts>, id: DutyId, at = now) => {
  const duty = dutiesOf({ ...factsOf(rows[0]!.facts), ...facts }, at).duties.find((each) => each.id === id);
  assert.ok(duty !== undefined);
  return duty;
};

describe('the duties', () => {
  for (const row of rows) {
    it(`${row.id}: when ${row.title}`, () => {
      assert.deepEqual(levelsOf(factsOf(row.facts)), row.levels);
      assert.equal(dutiesOf(factsOf(row.facts), now).decider, row.decider);
    });
  }

  it('all come with a reason of one sentence', () => {
    for (const row of rows) {
      for (const duty of dutiesOf(factsOf(row.facts), now).duties) {
        assert.match(duty.why, /^[A-Z][^]*\.$/, duty.id);
        assert.doesNotMatch(duty.why, /\. [A-Z]/, duty.id);
      }
    }
  });

  it('of the CRA do not exist for awareness before 11 September 2026', () => {
    const facts = { craProduct: true, product: 'data-center', exploited: 'yes', severe: true } as const;
    assert.equal(levelOf(facts, 'cra-14-1').level, 'law');
    const before = Temporal.PlainDate.from('2026-09-10');
    assert.equal(levelOf(facts, 'cra-14-1', before).level, 'no');
    assert.match(levelOf(facts, 'cra-14-1', before).why, /from 2026-09-11 on/);
    assert.equal(levelOf(facts, 'cra-14-8', before).level, 'no');
    assert.equal(levelOf(facts, 'cra-15-voluntary', before).level, 'optional');
  });

  it('towards people affected become public communication when telling each one is disproportionate', () => {
    const facts = { role: 'controller', risk: 'high', art34Relief: 'public' } as const;
    assert.equal(levelOf(facts, 'gdpr-34').level, 'law');
    assert.match(levelOf(facts, 'gdpr-34').why, /public communication/);
  });
});

describe('an unknown fact', () => {
  it('makes a duty conditional and is named', () => {
    const open = levelOf({ role: 'controller', risk: 'unknown' }, 'gdpr-33-1');
    assert.equal(open.level, 'conditional');
    assert.deepEqual(open.open, ['risk']);
    assert.match(open.why, /`risk` is unknown/);
  });

  it('leaves a duty alone that it cannot change', () => {
    const facts = { encryptedKeySafe: 'unknown', effects: ['A'] } as const;
    assert.equal(levelOf(facts, 'gdpr-33-2').level, 'law');
  });

  it('travels from one duty to those that follow from it', () => {
    const facts = { craProduct: true, vulnConfirmed: true, exploited: 'unknown', reachable: false } as const;
    const open = levelOf(facts, 'cra-14-8');
    assert.equal(open.level, 'conditional');
    assert.deepEqual(open.open, ['exploited']);
  });

  it('about who had access keeps the promise to customers open instead of dropping it', () => {
    const open = levelOf({ accessBy: 'unknown' }, 'policy-customers-direct');
    assert.equal(open.level, 'conditional');
    assert.match(open.why, /`accessBy`/);
  });

  it('everywhere leaves no law duty and no all-clear where a duty could exist', () => {
    const levels = levelsOf(UNKNOWN_FACTS);
    assert.equal(levels['gdpr-33-2'], 'conditional');
    assert.equal(levels['cra-14-1'], 'conditional');
    assert.equal(levels['cra-14-3'], 'conditional');
    assert.equal(levels['atlassian-incident-24h'], 'conditional');
    assert.equal(levels['record-internal'], 'always');
  });
});

describe('the facts that decide', () => {
  it('are listed per duty, with those of the duties it follows from', () => {
    assert.deepEqual(factsThatDecide('gdpr-33-1'), ['personalData', 'role', 'breach', 'risk']);
    assert.deepEqual(factsThatDecide('cra-14-8'), ['craProduct', 'vulnConfirmed', 'exploited', 'severe', 'reachable']);
    assert.deepEqual(factsThatDecide('record-internal'), []);
  });
});

describe('the decision table of the corpus', () => {
  const corpus = process.env['HOLDFAST_CORPUS'];
  const file = `${corpus}/duties/decision-table.json`;
  it('agrees row by row', {
    skip: corpus === undefined || !existsSync(file) ? 'HOLDFAST_CORPUS is not set' : false,
  }, () => {
    const table = JSON.parse(readFileSync(file, 'utf8')) as {
      rows: { id: string; facts: unknown; decider: string; duties: Record<string, { level: string }> }[];
    };
    assert.ok(table.rows.length > 0);
    for (const row of table.rows) {
      const derived = dutiesOf(factsOf(row.facts), now);
      const ours = Object.fromEntries(derived.duties.map((duty) => [duty.id, duty.level]));
      const theirs = Object.entries(row.duties).map(([id, { level }]) => [id, level]);
      assert.deepEqual(ours, Object.fromEntries(theirs), row.id);
      assert.equal(derived.decider, row.decider, row.id);
    }
  });
});
