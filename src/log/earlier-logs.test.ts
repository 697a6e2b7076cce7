/** After a disaster, on both engines: the log that follows covers what was left of the one before, and whoever changes that is found. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import {
  AT_ONCE,
  emptyEvidence,
  fill,
  findingsOf,
  hour,
  openEvidence,
  raw,
  record,
  snapshotOf,
} from '../../test/support/evidence-log.ts';
import { evaluationStates } from '../policy/policy.store.ts';
import { viewEntry } from './log-entry.actions.ts';
import { verifyOpenLog } from './log-verify.actions.ts';
import { appendEntry, type OpenLog, reopenLog, signCheckpoint } from './log.actions.ts';
import { insertHead, readEntries, readHead } from './log.store.ts';
import { CompactRange, hashLeaf } from './merkle.ts';

const VERIFIED: readonly string[] = [];
const NOTHING_HELD = { vkey: null, history: [] };

/** Five entries about three rows are restored of ten, and another log follows. */
async function reopened(fresh: () => Promise<OpenLog>): Promise<OpenLog> {
  const log = await fresh();
  await fill(log, 5);
  await loseAndReopen(log, 5);
  return log;
}

/** Five more entries that are lost again. */
async function loseAndReopen(log: OpenLog, at: number): Promise<void> {
  const old = await snapshotOf(log);
  await fill(log, 5, at);
  await old();
  await reopenLog(log, 'The disk failed.', hour(at + 20));
}

const reportOf = (log: OpenLog, history: readonly string[] = []) =>
  verifyOpenLog(log, [evaluationStates], { vkey: null, history });

const rowOf = async ({ db }: OpenLog, subject: string) =>
  (await raw(db).selectFrom('policy_evaluation').selectAll().where('subject', '=', subject).execute())[0]!;

type Row = Awaited<ReturnType<typeof rowOf>>;

const changeRow = ({ db }: OpenLog, subject: string, values: Partial<Row>) =>
  raw(db).updateTable('policy_evaluation').set(values).where('subject', '=', subject).execute();

const addRow = ({ db }: OpenLog, row: Row) => raw(db).insertInto('policy_evaluation').values(row).execute();

async function editEntry({ db }: OpenLog, log: number, index: number, from: string, to: string): Promise<void> {
  const [row] = await readEntries(db, log, index, index + 1);
  const leaf = Uint8Array.from(Buffer.from(Buffer.from(row!.leaf).toString().replace(from, to)));
  await raw(db).updateTable('log_entry').set({ leaf }).where('log', '=', log).where('idx', '=', index).execute();
}

/** Makes the head of the first log that of its entries, as whoever edited them would. */
async function fitHead({ db }: OpenLog, size: number): Promise<void> {
  const range = new CompactRange();
  for (const { leaf } of await readEntries(db, 1, 0, size)) range.append(hashLeaf(leaf));
  const nodes = Uint8Array.from(Buffer.concat(range.nodes));
  await raw(db).updateTable('log_head').set({ size, nodes }).where('log', '=', 1).execute();
}

/** `policy:0` is of entry 3, `policy:1` of entry 4, `policy:2` of entry 2, all of the first log. */
const ATTACKS: Readonly<Record<string, readonly [(log: OpenLog) => Promise<unknown>, readonly string[]]>> = {
  'a row edited': [
    async (log) => {
      const { body } = await rowOf(log, 'policy:0');
      await changeRow(log, 'policy:0', { body: body.replace('"kept":3', '"kept":4') });
    },
    ['state-differs'],
  ],
  'a row put back to what it was at an earlier entry': [
    (log) => changeRow(log, 'policy:0', { body: `{"at":${hour(0)},"kept":0}`, idx: 0 }),
    ['state-differs'],
  ],
  'a row that claims to be of the new log': [
    async (log) => changeRow(log, 'policy:0', { origin: (await readHead(log.db))!.origin }),
    ['state-differs'],
  ],
  'a row deleted': [
    ({ db }) => raw(db).deleteFrom('policy_evaluation').where('subject', '=', 'policy:2').execute(),
    ['state-missing'],
  ],
  'a row added': [
    async (log) => addRow(log, { ...(await rowOf(log, 'policy:0')), subject: 'policy:9' }),
    ['state-differs'],
  ],
  'a row of an entry behind what was left': [
    async (log) => addRow(log, { ...(await rowOf(log, 'policy:0')), subject: 'policy:9', idx: 7 }),
    ['state-differs'],
  ],
  'a row of a log that never was': [
    async (log) => addRow(log, { ...(await rowOf(log, 'policy:0')), subject: 'policy:9', origin: 'holdfast/00000000' }),
    ['state-differs'],
  ],
  'a row and its entry edited alike': [
    async (log) => {
      const { body } = await rowOf(log, 'policy:0');
      await editEntry(log, 1, 3, '"kept":3', '"kept":4');
      await changeRow(log, 'policy:0', { body: body.replace('"kept":3', '"kept":4') });
    },
    ['rewritten', 'earlier-differs', 'state-differs'],
  ],
  'an entry edited': [(log) => editEntry(log, 1, 1, '"kept":1', '"kept":7'), ['rewritten', 'earlier-differs']],
  'an entry edited with the head and without the checkpoints': [
    async (log) => {
      await editEntry(log, 1, 1, '"kept":1', '"kept":7');
      await fitHead(log, 5);
      await raw(log.db).deleteFrom('log_checkpoint').where('log', '=', 1).execute();
    },
    ['earlier-differs'],
  ],
  'an entry deleted': [
    ({ db }) => raw(db).deleteFrom('log_entry').where('log', '=', 1).where('idx', '=', 3).execute(),
    ['entries-missing', 'state-elsewhere'],
  ],
  'the last entry deleted, with the head': [
    async (log) => {
      await raw(log.db).deleteFrom('log_entry').where('log', '=', 1).where('idx', '=', 4).execute();
      await fitHead(log, 4);
    },
    ['entries-missing', 'state-elsewhere'],
  ],
  'an entry added behind what was left': [
    async ({ db }) => {
      const [row] = await readEntries(db, 1, 4, 5);
      await raw(db).insertInto('log_entry').values({ log: 1, idx: 5, leaf: row!.leaf }).execute();
    },
    ['earlier-differs'],
  ],
  'the whole log deleted': [
    async ({ db }) => {
      for (const table of ['log_listing', 'log_checkpoint', 'log_hash', 'log_entry', 'log_vkey', 'log_head'] as const)
        await raw(db).deleteFrom(table).where('log', '=', 1).execute();
    },
    ['earlier-missing', 'state-elsewhere'],
  ],
  'the list edited': [
    ({ db }) =>
      raw(db)
        .updateTable('log_listing')
        .set({ type: 'log.heartbeat' })
        .where('log', '=', 1)
        .where('idx', '=', 2)
        .execute(),
    ['listing-differs'],
  ],
  'evidence edited': [
    ({ db }) =>
      raw(db)
        .updateTable('log_evidence')
        .set({ body: Uint8Array.from(Buffer.from('{"kept":9}')) })
        .execute(),
    ['evidence-differs'],
  ],
  'what the new log says of it edited': [
    (log) => editEntry(log, 2, 0, '"size":5', '"size":4'),
    ['rewritten', 'root-differs', 'rolled-back', 'earlier-differs', 'state-differs'],
  ],
};

forEachEngine((engine) => {
  let opened: OpenLog | null = null;
  /** One database for all: each remembered one holds connections until the suite ends. */
  const fresh = async (): Promise<OpenLog> => {
    opened ??= await openEvidence(engine);
    await emptyEvidence(opened);
    return opened;
  };

  it('a restored older backup verifies again once the log was reopened, with the rows of before', async () => {
    const log = await reopened(fresh);
    assert.deepEqual(await findingsOf(log), VERIFIED);
    const { states, sums, earlier } = await reportOf(log);
    assert.deepEqual([states, sums.entries], [3, 1]);
    assert.deepEqual(
      earlier.map(({ entries, size, signed, olderCheckpoints }) => [entries, size, signed, olderCheckpoints]),
      [[5, 5, 5, 0]],
    );
    const old = await raw(log.db).selectFrom('log_head').select('origin').where('log', '=', 1).execute();
    assert.equal(earlier[0]!.origin, old[0]!.origin);
    // And it stays so while the new log grows: the same rows, others, and those that are never recorded again.
    await record(log, hour(40), 'policy:0', 40);
    await record(log, hour(41), 'policy:3', 41);
    await signCheckpoint(log, hour(42), AT_ONCE);
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  for (const [name, [attack, expected]] of Object.entries(ATTACKS))
    it(`finds what was done to the log of before: ${name}`, async () => {
      const log = await reopened(fresh);
      await attack(log);
      assert.deepEqual(await findingsOf(log), expected);
    });

  it('names the log in which the finding is', async () => {
    const log = await reopened(fresh);
    const old = (await rowOf(log, 'policy:0')).origin;
    await editEntry(log, 1, 1, '"kept":1', '"kept":7');
    await changeRow(log, 'policy:2', { body: '{}' });
    const { findings, broken } = await reportOf(log);
    assert.equal(broken, 3);
    assert.deepEqual(
      findings.map(({ where }) => where),
      [`${old}: checkpoint 5 of the database`, `${old}: the database`, 'policy:2'],
    );
    assert.equal(
      findings[2]!.words,
      `the row is not what entry 2 of the log "${old}", the last one about it, recorded: it was changed`,
    );
  });

  it('goes on through two reopenings, and finds changes in each of the logs', async () => {
    const log = await reopened(fresh);
    await record(log, hour(30), 'policy:0', 30);
    await signCheckpoint(log, hour(30), AT_ONCE);
    await loseAndReopen(log, 31);
    await record(log, hour(60), 'policy:3', 60);
    await signCheckpoint(log, hour(60), AT_ONCE);
    assert.deepEqual(await findingsOf(log), VERIFIED);
    const { earlier } = await reportOf(log);
    assert.deepEqual(
      earlier.map(({ origin, size }) => [origin.replace(/^.*\/log/, ''), size]),
      [
        ['2', 2],
        [origin1(earlier), 5],
      ],
    );
    const whole = await snapshotOf(log);
    const first = { body: `{"at":${hour(3)},"kept":3}`, idx: 3, origin: origin1(earlier) };
    const attacks: readonly (readonly [() => Promise<unknown>, readonly string[]])[] = [
      [() => editEntry(log, 1, 1, '"kept":1', '"kept":7'), ['rewritten', 'earlier-differs']],
      [() => editEntry(log, 2, 1, '"kept":30', '"kept":31'), ['rewritten', 'earlier-differs']],
      // Genuine in the first log, and old since the second one.
      [() => changeRow(log, 'policy:0', first), ['state-differs']],
      [() => changeRow(log, 'policy:1', { body: '{}' }), ['state-differs']],
      [() => changeRow(log, 'policy:3', { body: '{}' }), ['state-differs']],
    ];
    for (const [attack, expected] of attacks) {
      await attack();
      assert.deepEqual(await findingsOf(log), expected);
      await whole();
    }
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('covers what is there also where a backup of before the last reopening was restored', async () => {
    const log = await fresh();
    await fill(log, 5);
    const first = await snapshotOf(log);
    await loseAndReopen(log, 5);
    await record(log, hour(30), 'policy:0', 30);
    await signCheckpoint(log, hour(30), AT_ONCE);
    await first();
    const signed = await reopenLog(log, 'Only the older backup could be read.', hour(40));
    assert.match(signed!.checkpoint.origin, /\/log3$/);
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('does not take over what was changed before it was reopened', async () => {
    const edit = (log: OpenLog) => editEntry(log, 1, 1, '"kept":1', '"kept":7');
    const changed = async (change: (log: OpenLog) => Promise<unknown>): Promise<OpenLog> => {
      const log = await fresh();
      await fill(log, 5);
      copyFileSync(join(log.folder, 'log.checkpoint'), join(log.folder, 'kept'));
      const old = await snapshotOf(log);
      await fill(log, 5, 5);
      await old();
      await change(log);
      await reopenLog(log, 'The disk failed.', hour(20));
      return log;
    };
    // Its head still says what the log was.
    assert.deepEqual(await findingsOf(await changed(edit)), ['rewritten', 'earlier-differs']);
    // The checkpoint in the database still does.
    const fitted = async (log: OpenLog) => {
      await edit(log);
      await fitHead(log, 5);
    };
    assert.deepEqual(await findingsOf(await changed(fitted)), ['rewritten']);
    // Nothing in it does: the checkpoint that somebody kept finds it, and the report says that nothing is signed.
    const rewritten = await changed(async (log) => {
      await fitted(log);
      await raw(log.db).deleteFrom('log_checkpoint').execute();
    });
    const { earlier, broken } = await reportOf(rewritten);
    assert.deepEqual([broken, earlier[0]!.signed], [0, 0]);
    assert.deepEqual(await findingsOf(rewritten, { vkey: null, history: [join(rewritten.folder, 'kept')] }), [
      'rewritten',
    ]);
  });

  it('compares checkpoints of the log of before that somebody kept, and says which were of lost entries', async () => {
    const log = await fresh();
    await fill(log, 3);
    const [kept, lost] = [join(log.folder, 'kept'), join(log.folder, 'lost')];
    copyFileSync(join(log.folder, 'log.checkpoint'), kept);
    await fill(log, 2, 3);
    const old = await snapshotOf(log);
    await fill(log, 5, 5);
    copyFileSync(join(log.folder, 'log.checkpoint'), lost);
    await old();
    await reopenLog(log, 'The disk failed.', hour(30));
    const report = await reportOf(log, [kept]);
    assert.deepEqual([report.broken + report.unread, report.earlier[0]!.olderCheckpoints], [0, 1]);
    assert.deepEqual(await findingsOf(log, { vkey: null, history: [kept, lost] }), ['history-other-log']);
  });

  it('knows the old public key after the private one was lost', async () => {
    const log = await fresh();
    await fill(log, 2);
    const vkey = readFileSync(join(log.folder, 'log.vkey'), 'utf8').trimEnd();
    rmSync(join(log.folder, 'log.key'));
    await reopenLog(log, 'The key was lost.', hour(4));
    const view = await viewEntry(log.db, 0, []);
    assert.ok(view!.leaf.ok && view!.leaf.value.type === 'log.reopened');
    assert.equal((view!.leaf.value.data['previous'] as { vkey: string }).vkey, vkey);
    const { earlier, broken, unread } = await reportOf(log);
    assert.deepEqual([broken, unread, earlier[0]!.signed], [0, 0, 2]);
    await raw(log.db).updateTable('log_checkpoint').set({ note: 'nonsense' }).where('log', '=', 1).execute();
    assert.deepEqual(await findingsOf(log), ['history-malformed']);
  });

  it('still reads a reopening that kept no root, and says that its rows are not verified until they are recorded again', async () => {
    const log = await fresh();
    await fill(log, 5);
    const { origin } = (await readHead(log.db))!;
    await log.db.transaction(async (tx) => {
      await insertHead(tx, 2, `${origin}/log2`);
      const previous = { origin, checkpoint: null, checkpointSha256: null, vkey: null, database: { origin, size: 5 } };
      const data = { reason: 'By an earlier version.', previous };
      await appendEntry(tx, { type: 'log.reopened', actor: null, subject: null, data, state: null }, hour(6));
    });
    rmSync(join(log.folder, 'log.checkpoint'));
    await signCheckpoint(log, hour(6), AT_ONCE);
    assert.deepEqual(await findingsOf(log), ['state-elsewhere']);
    const { broken, unread, earlier } = await reportOf(log);
    assert.deepEqual([broken, unread, earlier], [0, 3, []]);
    for (const at of [0, 1, 2]) await record(log, hour(7), `policy:${at}`);
    assert.deepEqual(await findingsOf(log), VERIFIED);
    // A row of that log that nobody recorded again could be anything.
    await addRow(log, { ...(await rowOf(log, 'policy:0')), subject: 'policy:9', origin });
    assert.deepEqual(await findingsOf(log), ['state-elsewhere']);
  });

  it('the page of an entry and the verification agree about its row', async () => {
    const log = await reopened(fresh);
    const old = await rowOf(log, 'policy:0');
    const index = await record(log, hour(40), 'policy:0', 40);
    const newest = await rowOf(log, 'policy:0');
    const rowNow = async () => (await viewEntry(log.db, index, [evaluationStates]))!.row.kind;
    assert.deepEqual([await rowNow(), await findingsOf(log, NOTHING_HELD)], ['agrees', VERIFIED]);
    await changeRow(log, 'policy:0', old);
    assert.deepEqual([await rowNow(), await findingsOf(log, NOTHING_HELD)], ['differs', ['state-differs']]);
    await changeRow(log, 'policy:0', { ...newest, origin: old.origin });
    assert.deepEqual([await rowNow(), await findingsOf(log, NOTHING_HELD)], ['differs', ['state-differs']]);
  });
});

const origin1 = (earlier: readonly { readonly origin: string }[]): string => earlier.at(-1)!.origin;
