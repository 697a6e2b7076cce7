/** Several processes on one database: who signs, who takes over, what stops them all. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { forEachEngine, temporaryFolder, type TestEngine } from '../../test/support/engines.ts';
import {
  AT_ONCE,
  fill,
  findingsOf,
  hour,
  openEvidence,
  raw,
  record,
  snapshotOf,
} from '../../test/support/evidence-log.ts';
import { TestClock, until } from '../../test/support/test-clock.ts';
import { recordHeartbeat } from './heartbeat.actions.ts';
import { LogMemory } from './log-memory.actions.ts';
import { logState } from './log-state.actions.ts';
import { readStop } from './log-service.store.ts';
import { appendEntry, type OpenLog, recordInLog, reopenLog, signCheckpoint } from './log.actions.ts';
import { LogSigner } from './signing.jobs.ts';

/** Another machine with the same database and a copy of the key and the checkpoint. */
async function second(
  log: OpenLog,
  engine: TestEngine,
  place: Awaited<ReturnType<TestEngine['place']>>,
): Promise<OpenLog> {
  const folder = join(temporaryFolder(), 'data');
  mkdirSync(folder, { mode: 0o700 });
  for (const name of ['log.key', 'log.checkpoint']) copyFileSync(join(log.folder, name), join(folder, name));
  return { ...log, db: await engine.open(place), folder, memory: new LogMemory(true) };
}

const noteIn = ({ folder }: OpenLog): string => readFileSync(join(folder, 'log.checkpoint'), 'utf8');
const sizeIn = (log: OpenLog): string | undefined => noteIn(log).split('\n')[1];

function signerOf(log: OpenLog, name: string, clock: TestClock) {
  const said: string[] = [];
  const report = (error: { code: string } | null): void => void said.push(error?.code ?? 'sound');
  return { said, signer: new LogSigner({ log, now: clock.now, timers: clock, report }, name) };
}

forEachEngine((engine) => {
  it('is signed by one process at most once a minute, and every process with the key keeps what was signed', async () => {
    const place = await engine.place();
    const a = await openEvidence(engine, place);
    await fill(a, 2);
    const b = await second(a, engine, place);
    const clock = new TestClock('2026-11-24T12:00:00Z');
    const [one, two] = [signerOf(a, 'a', clock), signerOf(b, 'b', clock)];
    await record(a, clock.now());
    assert.equal((await one.signer.tick())?.checkpoint.size, 3);
    assert.equal((await two.signer.tick())?.checkpoint.size, 3);
    assert.equal(noteIn(b), noteIn(a));
    await record(b, clock.now());
    clock.pass(20_000);
    for (const { signer } of [one, two]) assert.equal((await signer.tick())?.checkpoint.size, 3, 'not within a minute');
    clock.pass(25_000);
    await one.signer.tick();
    clock.pass(16_000);
    assert.equal((await two.signer.tick())?.checkpoint.size, 3, 'the other one signs');
    assert.equal((await one.signer.tick())?.checkpoint.size, 4);
    assert.equal((await two.signer.tick())?.checkpoint.size, 4);
    assert.deepEqual([sizeIn(a), sizeIn(b)], ['4', '4']);
    // The first one stands still for longer than its lease: the other one signs, and the first one no more.
    await record(b, clock.now());
    clock.pass(61_000);
    assert.equal((await two.signer.tick())?.checkpoint.size, 5);
    await record(b, clock.now());
    clock.pass(29_000);
    await two.signer.tick();
    assert.equal((await one.signer.tick())?.checkpoint.size, 5);
    await two.signer.stop();
    assert.deepEqual(
      [sizeIn(b), one.said, two.said],
      ['6', [], []],
      'what is unsigned is signed before a process ends',
    );
    assert.deepEqual(await findingsOf(a), []);
  });

  it('does not sign under a lease that somebody else has taken since', async () => {
    const log = await openEvidence(engine);
    await fill(log, 2);
    await record(log, hour(3));
    assert.equal((await signCheckpoint(log, hour(4), AT_ONCE, async () => false))?.checkpoint.size, 2);
    assert.equal(sizeIn(log), '2');
  });

  it('is signed by another process when the one that signs is killed', { timeout: 60_000 }, async () => {
    const place = await engine.place();
    const a = await openEvidence(engine, place);
    await fill(a, 1);
    const b = await second(a, engine, place);
    const start = (log: OpenLog, name: string) =>
      spawn(process.execPath, ['test/support/signing-process.ts', JSON.stringify(place), log.folder, name], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    const first = start(a, 'a');
    const recorder: OpenLog = { ...b, folder: join(b.folder, 'none'), memory: new LogMemory(false) };
    await record(recorder, hour(2));
    await until(() => sizeIn(a) === '2');
    const other = start(b, 'b');
    await until(() => sizeIn(b) === '2');
    first.kill('SIGKILL');
    await once(first, 'exit');
    await record(recorder, hour(3));
    await until(() => sizeIn(b) === '3');
    assert.equal(sizeIn(a), '2');
    await record(recorder, hour(4));
    other.kill('SIGTERM');
    await once(other, 'exit');
    assert.equal(sizeIn(b), '4');
    assert.deepEqual(await findingsOf(b), []);
  });

  it('stops everywhere when the database was rolled back, says so once, and goes on when somebody has settled it', async () => {
    const place = await engine.place();
    const log = { ...(await openEvidence(engine, place)), memory: new LogMemory(true) };
    await fill(log, 5);
    const old = await snapshotOf(log);
    await fill(log, 3, 5);
    await old();
    const clock = new TestClock('2026-11-25T12:00:00Z');
    const { signer, said } = signerOf(log, 'a', clock);
    assert.equal(await signer.tick(), null);
    assert.equal(await signer.tick(), null);
    assert.deepEqual(said, ['LOG_ROLLED_BACK']);
    const state = await logState(log, clock.now());
    assert.deepEqual([state.kind, state.kind === 'stopped' && state.code], ['stopped', 'LOG_ROLLED_BACK']);
    // A process that never saw the log before, and has no folder.
    const recorder: OpenLog = { ...log, folder: join(log.folder, 'none'), memory: new LogMemory(false) };
    await assert.rejects(record(recorder, hour(30)), {
      code: 'LOG_ROLLED_BACK',
      message: /had 8 entries when it was signed last, and now ends at 5/,
    });
    assert.equal((await logState(recorder, clock.now())).kind, 'stopped');
    await reopenLog(log, 'A backup was restored.', clock.now());
    assert.notEqual(await signer.tick(), null);
    assert.equal(await readStop(log.db), null);
    assert.deepEqual(said, ['LOG_ROLLED_BACK', 'sound']);
    await record(recorder, clock.now());
    assert.equal((await logState(recorder, clock.now())).kind, 'sound');
  });

  it('forgets what a process said that is gone', async () => {
    const log = await openEvidence(engine);
    await fill(log, 2);
    const clock = new TestClock('2026-11-25T12:00:00Z');
    const stop = { code: 'LOG_ROLLED_BACK', message: 'x', hint: 'y', since: clock.now(), told_at: clock.now() };
    await raw(log.db)
      .insertInto('log_stop')
      .values({ holder: 'gone', ...stop })
      .execute();
    const { signer } = signerOf(log, 'a', clock);
    await signer.tick();
    assert.equal((await readStop(log.db))?.message, 'x');
    clock.pass(301_000);
    await signer.tick();
    assert.equal(await readStop(log.db), null);
  });

  it('finds a database that was exchanged under a running process, though nothing was signed since', async () => {
    const log = await openEvidence(engine);
    await fill(log, 4);
    const old = await snapshotOf(log);
    for (const signs of [true, false]) {
      const running: OpenLog = { ...log, memory: new LogMemory(signs) };
      await record(running, hour(9));
      await record(running, hour(10));
      await old();
      await assert.rejects(record(running, hour(11)), {
        code: 'LOG_ROLLED_BACK',
        message: /had 5 entries .* now ends at 4/,
      });
      await record({ ...log, memory: new LogMemory(signs) }, hour(12));
      await record(log, hour(12));
      await assert.rejects(record(running, hour(13)), { code: 'LOG_ROLLED_BACK', message: /does not continue/ });
      await old();
    }
  });

  it('looks at the checkpoint in the folder each time, also where it was found sound before', async () => {
    const log = await openEvidence(engine);
    await fill(log, 5);
    const [old, earlier] = [await snapshotOf(log), noteIn(log)];
    await fill(log, 3, 5);
    const later = noteIn(log);
    await old();
    writeFileSync(join(log.folder, 'log.checkpoint'), earlier);
    const running: OpenLog = { ...log, memory: new LogMemory(true) };
    await record(running, hour(9));
    await record(running, hour(9));
    writeFileSync(join(log.folder, 'log.checkpoint'), later);
    await assert.rejects(record(running, hour(10)), { code: 'LOG_ROLLED_BACK' });
    await assert.rejects(record(running, hour(10)), { code: 'LOG_ROLLED_BACK' });
    rmSync(join(log.folder, 'log.checkpoint'));
    await assert.rejects(record(running, hour(10)), { code: 'LOG_ROLLED_BACK', message: /is gone/ });
    writeFileSync(join(log.folder, 'log.checkpoint'), earlier);
    assert.equal(await record(running, hour(10)), 7);
    chmodSync(join(log.folder, 'log.key'), 0o644);
    await assert.rejects(record(running, hour(10)), { code: 'LOG_KEY_UNUSABLE' });
  });

  it('goes on after work that failed, and after what other processes recorded meanwhile', async () => {
    const log = await openEvidence(engine);
    await fill(log, 2);
    const [a, b]: readonly OpenLog[] = [
      { ...log, memory: new LogMemory(true) },
      { ...log, memory: new LogMemory(false) },
    ];
    await record(a!, hour(3));
    const failing = recordInLog(a!, async (tx) => {
      await appendEntry(tx, { type: 'a.b', actor: null, subject: null, data: {}, state: null }, hour(3));
      throw new Error('the row could not be written');
    });
    await assert.rejects(failing, { message: 'the row could not be written' });
    for (let at = 4; at < 300; at++) await record(at % 3 === 0 ? a! : b!, hour(at));
    assert.equal(await record(a!, hour(300)), 299);
  });

  it('is begun by a process that signs, and by no other', async () => {
    const log = await openEvidence(engine);
    const recorder: OpenLog = { ...log, memory: new LogMemory(false) };
    await assert.rejects(record(recorder, hour(0)), { code: 'LOG_NOT_FOUND', hint: /--jobs=on/ });
    assert.equal((await logState(recorder, hour(0))).kind, 'none');
    await record({ ...log, memory: new LogMemory(true) }, hour(0));
    rmSync(join(log.folder, 'log.key'));
    assert.equal(await record(recorder, hour(1)), 1);
    await assert.rejects(record({ ...log, memory: new LogMemory(true) }, hour(1)), { code: 'LOG_KEY_MISSING' });
  });

  it('does not take a signing process without the newest checkpoint: nobody could tell what it missed', async () => {
    const place = await engine.place();
    const a = await openEvidence(engine, place);
    await fill(a, 3);
    const b = await second(a, engine, place);
    rmSync(join(b.folder, 'log.checkpoint'));
    const clock = new TestClock('2026-11-25T12:00:00Z');
    const { signer, said } = signerOf(b, 'b', clock);
    await signer.tick();
    assert.deepEqual(said, ['LOG_ROLLED_BACK']);
    assert.equal((await logState(b, clock.now())).kind, 'stopped');
    assert.equal(await readStop(a.db), null, 'the others go on');
    assert.equal(await record(a, clock.now()), 3);
  });

  it('says since when entries wait for a signature, once it is too long', async () => {
    const log = await openEvidence(engine);
    await fill(log, 2);
    await record(log, hour(3));
    assert.equal((await logState(log, hour(3))).kind, 'sound');
    const state = await logState(log, hour(4));
    assert.deepEqual([state.kind, state.kind === 'unsigned' && state.since], ['unsigned', hour(3)]);
    await signCheckpoint(log, hour(4), AT_ONCE);
    const sound = await logState(log, hour(5));
    assert.deepEqual([sound.kind, sound.kind === 'sound' && sound.signed], ['sound', { size: 3, at: hour(4) }]);
  });

  it('goes on after a folder could not be written, and signs then', async () => {
    const log = await openEvidence(engine);
    await fill(log, 1);
    const clock = new TestClock('2026-11-25T12:00:00Z');
    await record(log, clock.now());
    const { signer, said } = signerOf(log, 'a', clock);
    rmSync(join(log.folder, 'log.checkpoint'));
    mkdirSync(join(log.folder, 'log.checkpoint'));
    assert.equal(await signer.tick(), null);
    assert.deepEqual([said, await readStop(log.db)], [['FILE_UNREADABLE'], null]);
    assert.equal((await logState(log, clock.now())).kind, 'stopped');
  });

  it('records one heartbeat for a job, however often it runs', async () => {
    const log = await openEvidence(engine);
    assert.deepEqual(
      [
        await recordHeartbeat(log, 1, hour(1)),
        await recordHeartbeat(log, 1, hour(1)),
        await recordHeartbeat(log, 2, hour(25)),
      ],
      [0, 0, 1],
    );
  });
});
