import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { forEachEngine } from '../../test/support/engines.ts';
import { newJobsDatabase } from '../../test/support/jobs.ts';
import { instant } from '../../test/support/test-clock.ts';
import type { Instant, Millis } from '../lib/time.ts';
import type { Db } from './db.ts';
import type { JobRow, JobTables } from './jobs-table.ts';
import { claimJob, enqueue, failJob, finishJob, prolongJob, releaseJob, reviveJob, type Claim } from './jobs.ts';

const LEASE_MS = 60_000 as Millis;
const which = fc.nat({ max: 9 });

/** What workers, people and clocks do. `which` is a claim that was ever given, so mostly one that is no longer held. */
const step = fc.oneof(
  fc.record({ do: fc.constant('enqueue' as const), key: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }) }),
  fc.record({ do: fc.constant('claim' as const) }),
  fc.record({ do: fc.constantFrom('prolong', 'finish', 'fail', 'release', 'revive'), which }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 30_000, 59_999, 60_000, 3_600_000) }),
  fc.record({ do: fc.constant('set back' as const), ms: fc.constantFrom(1, 60_000, 3_600_000) }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Held {
  readonly attempt: number;
  /** When it was given or prolonged. */
  readonly since: Instant;
  readonly until: Instant;
}

/** What is promised about claims, kept beside the database: who holds which job until when. */
class Run {
  readonly #db: Db;
  #now = instant('2026-11-25T12:00:00Z');
  readonly #given: Claim[] = [];
  readonly #held = new Map<number, Held>();

  constructor(db: Db) {
    this.#db = db;
  }

  async take(one: Step): Promise<void> {
    if (one.do === 'enqueue') {
      const key = 'key' in one && one.key !== undefined ? { key: one.key } : {};
      await this.#db.transaction((tx) => enqueue(tx, { name: 'job', payload: 1, attempts: 2, ...key }, this.#now));
    } else if (one.do === 'claim') await this.#claim();
    else if ('ms' in one) this.#now = (this.#now + (one.do === 'pass' ? one.ms : -one.ms)) as Instant;
    else if ('which' in one) {
      const claim = this.#given[one.which % Math.max(1, this.#given.length)];
      if (claim !== undefined) await this.#answer(one.do, claim);
    }
  }

  async #claim(): Promise<void> {
    const claim = await claimJob(this.#db, { names: ['job'], worker: 'w', leaseMs: LEASE_MS }, this.#now);
    if (claim === null) return;
    const before = this.#held.get(claim.id);
    assert.ok(
      // Up to five minutes are the difference between two clocks; more is a clock that was set back.
      before === undefined || before.until <= this.#now || before.since > this.#now + 300_000,
      `job ${claim.id} has two live leases`,
    );
    this.#given.push(claim);
    this.#hold(claim);
  }

  #hold({ id, attempt }: Claim): void {
    this.#held.set(id, { attempt, since: this.#now, until: (this.#now + LEASE_MS) as Instant });
  }

  async #answer(what: string, claim: Claim): Promise<void> {
    const held = this.#held.get(claim.id);
    const isHeld = held?.attempt === claim.attempt;
    const answers = await this.#send(what, claim);
    // Who holds it is heard, also after the lease ran out; who does not is not, and a job that was buried is nobody's.
    if (what === 'revive') return;
    if (!isHeld) assert.equal(answers, false, `${what} by a worker that was given up`);
    if (!answers) return;
    if (what === 'prolong') this.#hold(claim);
    else this.#held.delete(claim.id);
  }

  async #send(what: string, claim: Claim): Promise<boolean> {
    const [db, now] = [this.#db, this.#now];
    switch (what) {
      case 'prolong':
        return prolongJob(db, claim, LEASE_MS, now);
      case 'finish':
        return finishJob(db, claim, now);
      case 'fail':
        return (await failJob(db, claim, { error: 'no', pauseMs: LEASE_MS }, now)) !== null;
      case 'release':
        return releaseJob(db, claim, now);
      default:
        return db.transaction((tx) => reviveJob(tx, claim.id, now, 2));
    }
  }
}

const rowsOf = (db: Db): Promise<JobRow[]> =>
  db.tables<JobTables>().selectFrom('job').selectAll().orderBy('id').execute();

function assertHistory(before: readonly JobRow[], after: readonly JobRow[]): void {
  const now = new Map(after.map((row) => [row.id, row]));
  for (const old of before) {
    const row = now.get(old.id);
    assert.ok(row !== undefined, `job ${old.id} is gone`);
    assert.ok(row.attempt === old.attempt || row.attempt === old.attempt + 1, 'attempts only grow, one at a time');
    if (old.state === 'done') assert.deepEqual(row, old, 'done stays done');
    if (old.state === 'dead') assert.notEqual(row.state, 'running', 'a dead job is brought back before it runs');
    assert.equal(row.state === 'running', row.worker !== null);
  }
}

forEachEngine((engine) => {
  it('never has two live leases of a job, hears no worker that was given up, and keeps done what is done', async () => {
    const { db } = await newJobsDatabase(engine);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        await db.tables<JobTables>().deleteFrom('job').execute();
        const run = new Run(db);
        let before = await rowsOf(db);
        for (const one of steps) {
          await run.take(one);
          const after = await rowsOf(db);
          assertHistory(before, after);
          before = after;
        }
      }),
      { numRuns: engine.name === 'sqlite' ? 150 : 40 },
    );
  });
});
