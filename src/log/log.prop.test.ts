/** Any order of what can happen to a log: it verifies as long as nobody put an older database back, and is never signed once somebody did. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { forEachEngine } from '../../test/support/engines.ts';
import {
  AT_ONCE,
  emptyEvidence,
  findingsOf,
  hour,
  openEvidence,
  raw,
  record,
  snapshotOf,
} from '../../test/support/evidence-log.ts';
import { HoldfastError } from '../lib/errors.ts';
import { type OpenLog, reopenLog, signCheckpoint } from './log.actions.ts';

type Step =
  | { readonly does: 'record'; readonly subject: number; readonly hour: number }
  | { readonly does: 'sign' | 'keep' | 'restore' | 'reopen' };

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ does: fc.constant('record' as const), subject: fc.nat(2), hour: fc.nat(50) }) },
    {
      weight: 3,
      arbitrary: fc.record({ does: fc.constantFrom('sign' as const, 'keep' as const, 'restore' as const) }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('reopen' as const) }) },
  ),
  { minLength: 5, maxLength: 30 },
);

/** Two entries, a backup, a third one that is lost with the disk: chance alone seldom leads there. */
const DISASTER: readonly Step[] = [
  { does: 'record', subject: 0, hour: 0 },
  { does: 'record', subject: 1, hour: 1 },
  { does: 'keep' },
  { does: 'record', subject: 0, hour: 2 },
  { does: 'sign' },
  { does: 'restore' },
  { does: 'reopen' },
];
const histories = fc.tuple(fc.constantFrom([], DISASTER), steps).map((parts) => parts.flat());
/** Which entry or row is changed, and which byte of it; the oldest ones more often. */
const places = fc.oneof(fc.nat(3), fc.nat());

/** What a reader of the outside checkpoint and of the database knows. */
interface Model {
  /** Every entry ever recorded has its own number; a database is the list of them. */
  entries: readonly number[];
  signed: readonly number[];
  kept: { readonly entries: readonly number[]; readonly restore: () => Promise<void> } | null;
  next: number;
}

const continues = ({ entries, signed }: Model): boolean => signed.every((entry, at) => entries[at] === entry);

/** The last two: the database holds the log from before it was reopened. */
const LOST: ReadonlySet<string> = new Set(['rolled-back', 'rewritten', 'origin-differs', 'signature-missing']);

async function refusedAs(code: string, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => error instanceof HoldfastError && error.code === code);
}

async function take(log: OpenLog, model: Model, step: Step): Promise<void> {
  switch (step.does) {
    case 'record':
      if (!continues(model)) return refusedAs('LOG_ROLLED_BACK', record(log, hour(step.hour), 'policy:0'));
      assert.equal(await record(log, hour(step.hour), `policy:${step.subject}`, model.next), model.entries.length);
      model.entries = [...model.entries, model.next++];
      return undefined;
    case 'sign':
      if (!continues(model)) return refusedAs('LOG_ROLLED_BACK', signCheckpoint(log, hour(60), AT_ONCE));
      assert.equal((await signCheckpoint(log, hour(60), AT_ONCE))?.checkpoint.size ?? 0, model.entries.length);
      model.signed = model.entries;
      return undefined;
    case 'keep':
      model.kept = { entries: model.entries, restore: await snapshotOf(log) };
      return undefined;
    case 'restore':
      if (model.kept === null) return undefined;
      await model.kept.restore();
      model.entries = model.kept.entries;
      return undefined;
    case 'reopen':
      if (model.entries.length === 0 && model.signed.length === 0) return undefined;
      if (continues(model)) return refusedAs('USAGE', reopenLog(log, 'no reason', hour(60)));
      await reopenLog(log, 'restored', hour(60));
      model.entries = model.signed = [model.next++];
      return undefined;
  }
}

/** One bit of one entry, or one row: of the log that grows or of any before it that the database holds. */
async function changeOne({ db }: OpenLog, which: number): Promise<void> {
  const entries = await raw(db).selectFrom('log_entry').selectAll().orderBy('log').orderBy('idx').execute();
  const rows = await raw(db).selectFrom('policy_evaluation').selectAll().orderBy('subject').execute();
  const place = which % (entries.length + rows.length);
  const entry = entries[place];
  if (entry !== undefined) {
    const leaf = Uint8Array.from(entry.leaf, (byte, at) => (at === which % entry.leaf.length ? byte ^ 1 : byte));
    const { log, idx } = entry;
    await raw(db).updateTable('log_entry').set({ leaf }).where('log', '=', log).where('idx', '=', idx).execute();
    return;
  }
  const { subject, body } = rows[place - entries.length]!;
  await raw(db)
    .updateTable('policy_evaluation')
    .set({ body: `${body} ` })
    .where('subject', '=', subject)
    .execute();
}

forEachEngine((engine) => {
  it('is never signed backwards, and verifies otherwise, until something in any of its logs is changed', async () => {
    const log = await openEvidence(engine);
    await fc.assert(
      fc.asyncProperty(histories, places, async (all, which) => {
        await emptyEvidence(log);
        const model: Model = { entries: [], signed: [], kept: null, next: 0 };
        for (const step of all) await take(log, model, step);
        if (model.entries.length === 0) return;
        const found = (await findingsOf(log)).filter((code) => code !== 'checkpoint-missing');
        if (continues(model)) {
          assert.deepEqual(found, []);
          await changeOne(log, which);
          assert.ok((await findingsOf(log)).some((code) => code !== 'checkpoint-missing'));
        } else
          assert.ok(
            found.some((code) => LOST.has(code)),
            found.join(),
          );
      }),
      { numRuns: engine.name === 'sqlite' ? 60 : 15 },
    );
  });
});
