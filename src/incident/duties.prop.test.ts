import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parseInstant, type Instant } from '../lib/time.ts';
import { FACT_NAMES, FACTS, type CaseFacts, type Effect, type FactName } from './case-facts.ts';
import { periodEnd, type Period } from './clock.ts';
import { dutiesOf, factsThatDecide } from './derive.ts';
import { GERMAN_STATES, type HolidayRegion } from './holiday.ts';
import { CLOCK_RULES } from './rules.ts';

const effects = fc.subarray<Effect>(['C', 'I', 'A']);
const valueOf = (name: FactName) =>
  name === 'effects' ? fc.oneof(effects, fc.constant('unknown')) : fc.constantFrom<unknown>(...FACTS[name].values);

/** Any combination of the values that facts may have. */
const anyFacts = fc.record(
  Object.fromEntries(FACT_NAMES.map((name) => [name, valueOf(name)])),
) as fc.Arbitrary<CaseFacts>;
const anyDay = fc.constantFrom('2026-09-10', '2026-09-11', '2026-11-24').map((day) => Temporal.PlainDate.from(day));

const outcome = (facts: CaseFacts, at: Temporal.PlainDate) =>
  dutiesOf(facts, at).duties.map(({ id, level, why, open }) => ({ id, level, why, open }));

describe('duties, whatever the facts', () => {
  it('never change by a fact that they do not depend on', () => {
    const change = fc.constantFrom(...FACT_NAMES).chain((name) => fc.tuple(fc.constant(name), valueOf(name)));
    fc.assert(
      fc.property(anyFacts, anyDay, change, (facts, at, [name, value]) => {
        const before = outcome(facts, at);
        const after = outcome({ ...facts, [name]: value }, at);
        for (const [index, duty] of before.entries()) {
          if (!factsThatDecide(duty.id).includes(name)) assert.deepEqual(after[index], duty);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('of law never disappear when the breach turns out worse', () => {
    fc.assert(
      fc.property(anyFacts, anyDay, fc.nat(), (facts, at, pick) => {
        const worse = worsenings(facts);
        const next = worse[pick % worse.length];
        if (next === undefined) return;
        const law = (set: CaseFacts) =>
          outcome(set, at)
            .filter((duty) => duty.level === 'law')
            .map((duty) => duty.id);
        const after = law(next);
        for (const id of law(facts)) assert.ok(after.includes(id), id);
      }),
      { numRuns: 3_000 },
    );
  });

  it('that name an open fact are conditional, and that fact is unknown', () => {
    fc.assert(
      fc.property(anyFacts, anyDay, (facts, at) => {
        for (const duty of dutiesOf(facts, at).duties) {
          if (duty.open.length > 0) {
            assert.equal(duty.level, 'conditional');
            for (const name of duty.open) assert.equal(facts[name], 'unknown');
          }
        }
      }),
    );
  });

  it('are never open once every fact is known', () => {
    fc.assert(
      fc.property(anyFacts, anyDay, (facts, at) => {
        const known = { ...facts };
        for (const name of FACT_NAMES) if (known[name] === 'unknown') Object.assign(known, { [name]: KNOWN[name] });
        for (const duty of dutiesOf(known, at).duties) assert.deepEqual(duty.open, []);
      }),
    );
  });
});

/** A harmless known value for each fact. */
const KNOWN: Partial<Record<FactName, unknown>> = {
  product: 'website',
  role: 'none',
  effects: [],
  encryptedKeySafe: false,
  risk: 'unlikely',
  craProduct: false,
  vulnConfirmed: false,
  exploited: 'no',
  severe: false,
  reachable: false,
  appCompromised: false,
  dependency: false,
  degradesAtlassian: false,
  art34Relief: 'none',
};

/** Every step that makes the facts worse by one: more breach, more risk, more lost, less protected. */
function worsenings(facts: CaseFacts): readonly CaseFacts[] {
  const next = <T>(ladder: readonly T[], value: unknown): readonly T[] => {
    const index = ladder.indexOf(value as T);
    return index === -1 ? [] : ladder.slice(index + 1);
  };
  const lost = facts.effects === 'unknown' ? [] : facts.effects;
  return [
    ...next(['no', 'unknown', 'availability-temporary', 'yes'] as const, facts.breach).map((breach) => ({
      ...facts,
      breach,
    })),
    ...next(['unlikely', 'risk', 'high'] as const, facts.risk).map((risk) => ({ ...facts, risk })),
    ...next(['no', 'elsewhere', 'yes'] as const, facts.exploited).map((exploited) => ({ ...facts, exploited })),
    ...next(['no', 'unknown', 'yes'] as const, facts.personalData).map((personalData) => ({ ...facts, personalData })),
    ...next([false, true] as const, facts.vulnConfirmed).map((vulnConfirmed) => ({ ...facts, vulnConfirmed })),
    ...next([false, true] as const, facts.severe).map((severe) => ({ ...facts, severe })),
    ...next([true, false] as const, facts.encryptedKeySafe).map((encryptedKeySafe) => ({ ...facts, encryptedKeySafe })),
    ...(facts.effects === 'unknown' ? [] : (['C', 'I', 'A'] as const))
      .filter((effect) => !lost.includes(effect))
      .map((effect) => ({ ...facts, effects: [...lost, effect] })),
  ];
}

const ZONES = ['Europe/Berlin', 'UTC', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Chatham'];
const anyInstant = fc
  .integer({ min: parseInstant('2018-05-25T00:00:00Z')!, max: parseInstant('2060-01-01T00:00:00Z')! })
  .map((ms) => ms as Instant);
const anyRegion = fc.constantFrom<HolidayRegion>('DE', ...GERMAN_STATES.map((state) => `DE-${state}` as const));
const periods = [
  ...new Set(CLOCK_RULES.flatMap((rule) => (rule.period === null ? [] : [JSON.stringify(rule.period)]))),
];
const anyPeriod = fc.constantFrom(...periods).map((text) => JSON.parse(text) as Period);

describe('a deadline, whatever the moment', () => {
  it('lies after its trigger, and the strict end never after the latest', () => {
    fc.assert(
      fc.property(anyPeriod, anyInstant, fc.constantFrom(...ZONES), anyRegion, (period, from, zone, region) => {
        const { strict, latest } = periodEnd(period, from, zone, region);
        assert.ok(strict > from);
        if (latest !== null) assert.ok(strict <= latest, `${strict} ${latest}`);
      }),
      { numRuns: 3_000 },
    );
  });

  it('never comes earlier when somebody becomes aware later', () => {
    fc.assert(
      fc.property(
        anyPeriod,
        anyInstant,
        fc.integer({ min: 1, max: 90_000_000 }),
        anyRegion,
        (period, from, later, region) => {
          const first = periodEnd(period, from, 'Europe/Berlin', region);
          const second = periodEnd(period, (from + later) as Instant, 'Europe/Berlin', region);
          assert.ok((second.latest ?? second.strict) >= (first.latest ?? first.strict));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  for (const zone of ['Pacific/Kiritimati', 'America/St_Johns', 'UTC']) {
    it(`is the same on a machine that lives in ${zone}`, () => {
      const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
      const file = fileURLToPath(new URL('./clock.test.ts', import.meta.url));
      const output = execFileSync(process.execPath, ['--test-reporter=tap', file], {
        env: { ...rest, TZ: zone },
        encoding: 'utf8',
      });
      assert.match(output, /^# pass [5-9]\d$/m);
      assert.match(output, /^# fail 0$/m);
    });
  }
});
