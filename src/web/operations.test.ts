import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openEvidence } from '../../test/support/evidence-log.ts';
import { forEachEngine } from '../../test/support/engines.ts';
import { instant } from '../../test/support/test-clock.ts';
import { hours, type Millis } from '../lib/time.ts';
import { readLeaf } from '../log/leaf.ts';
import { readEntries } from '../log/log.store.ts';
import { claimJob, enqueue, failJob } from '../platform/jobs.ts';
import type { Schedule } from '../platform/schedules.ts';
import { readOperations, reviveDeadLetter, type OperationsWorld } from './operations.actions.ts';
import { operationsPage } from './operations.page.tsx';
import type { PersonViewer } from './route.ts';

const NOON = instant('2026-11-25T12:00:00Z');

const daily: Schedule = {
  name: 'policy.evaluate',
  recurrence: { kind: 'daily', at: '03:00', zone: 'UTC' },
  allowanceMs: hours(26),
  attempts: 3,
  handler: { limitMs: 1_000 as Millis, run: () => Promise.resolve() },
};

const responder: PersonViewer = {
  kind: 'person',
  person: 'p-7',
  name: 'Jonas <b>',
  roles: ['responder'],
  session: 's1',
  authenticatedAt: NOON,
};

forEachEngine((engine) => {
  const open = async (): Promise<OperationsWorld> => ({ log: await openEvidence(engine), schedules: [daily] });

  /** A job whose only attempt fails. */
  async function giveUp({ log: { db } }: OperationsWorld): Promise<number> {
    const id = await db.transaction((tx) => enqueue(tx, { name: 'mail.send', payload: null, attempts: 1 }, NOON));
    const claim = await claimJob(db, { names: ['mail.send'], worker: 'w', leaseMs: 1_000 as Millis }, NOON);
    assert.ok(claim !== null);
    await failJob(db, claim, { error: 'relay <refused> it', pauseMs: 1_000 as Millis }, NOON);
    return id;
  }

  const pageOf = async (world: OperationsWorld, viewer = responder): Promise<string> =>
    operationsPage({
      operations: await readOperations(world, NOON),
      shell: { organisation: 'Beispiel Apps GmbH', zone: 'Europe/Berlin', logPosition: () => null },
      viewer,
      now: NOON,
      version: '1.0.0',
      done: null,
    });

  it('says that a schedule which no process has ever looked at is not known to run', async () => {
    const page = await pageOf(await open());
    assert.match(page, /<h1>1 schedule did not run in time<\/h1>/);
    assert.match(page, /has not run yet/);
    assert.doesNotMatch(page, />running</);
  });

  it('shows a job that was given up, with its reason, and who may try it again', async () => {
    const world = await open();
    const id = await giveUp(world);
    const page = await pageOf(world);
    assert.match(page, /1 job was given up/);
    assert.match(page, /relay &lt;refused&gt; it/);
    assert.match(page, new RegExp(`Try job ${id} again`));
    assert.doesNotMatch(await pageOf(world, { ...responder, roles: ['auditor'] }), /<button/);
  });

  it('revives it once, and the log knows who did', async () => {
    const world = await open();
    const id = await giveUp(world);
    assert.deepEqual(await reviveDeadLetter(world, id, 'p-7', NOON), { ok: true, value: id });
    assert.deepEqual(await reviveDeadLetter(world, id, 'p-7', NOON), { ok: false, error: 'not-dead' });
    assert.equal((await readOperations(world, NOON)).dead.total, 0);
    const leaves = (await readEntries(world.log.db, 1, 0, 10)).map(({ leaf }) => readLeaf(leaf));
    assert.deepEqual(
      leaves.map((leaf) => leaf.ok && [leaf.value.type, leaf.value.actor, leaf.value.subject]),
      [['job.revived', 'p-7', `job:${id}`]],
    );
  });
});
