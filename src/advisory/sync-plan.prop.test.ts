import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { days, EPOCH, formatInstant, plus, type Instant } from '../lib/time.ts';
import { ListReading } from './modified-list.ts';

/** Three days in steps of an hour; a record is listed up to a day after the moment it carries. */
const HOURS = 72;
const hour = (n: number): Instant => (Date.UTC(2026, 10, 1) + n * 3_600_000) as Instant;

const record = fc.record({
  modified: fc.integer({ min: 0, max: HOURS }),
  delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 23 }), fc.constant(23)),
});

/** When a sync runs, and whether the clock of its machine is years ahead then. */
const run = fc.record({ hour: fc.integer({ min: 1, max: HOURS }), ahead: fc.boolean() });

describe('following a list of changes', () => {
  it('misses no record, whenever it appears within a day of its date, whenever syncs run, with one date from the future, by whatever clock', () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 40 }),
        fc.array(run, { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        (records, syncs, future) => {
          const known = new Map<string, Instant>();
          let cursor: Instant = EPOCH;
          const runs = [...syncs.toSorted((a, b) => a.hour - b.hour), { hour: HOURS + 24, ahead: false }];
          for (const { hour: now, ahead } of runs) {
            const listed = records
              .map(({ modified, delay }, i) => ({ id: `R-${i}`, modified, listedAt: modified + delay }))
              .filter(({ listedAt }) => listedAt <= now)
              .map(({ id, modified }) => ({ id, modified: hour(modified) }));
            if (future) listed.push({ id: 'F', modified: plus(hour(HOURS), days(9_000)) });
            const reading = new ListReading(cursor, ({ id, modified }) => (known.get(id) ?? -1) < modified);
            for (const { id, modified } of listed.toSorted((a, b) => b.modified - a.modified))
              if (reading.take(`${formatInstant(modified)},${id}`) === 'stop') break;
            for (const { id, modified } of reading.needed) known.set(id, modified);
            cursor = reading.newest.cursor(hour(ahead ? 999_999 : now));
          }
          assert.equal(known.size, records.length + (future ? 1 : 0));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
