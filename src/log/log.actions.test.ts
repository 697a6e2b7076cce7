/** The log in its database, on both engines: growing, signing, and what each attack on it meets. */
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import {
  AT_ONCE,
  digest,
  fill,
  findingsOf,
  hour,
  openEvidence,
  raw,
  record,
  snapshotOf,
} from '../../test/support/evidence-log.ts';
import { noteOf } from '../../test/support/log.ts';
import { type Millis, plus } from '../lib/time.ts';
import { readLeaf } from './leaf.ts';
import { entriesOf, tileReader } from './log-read.actions.ts';
import { appendEntry, type OpenLog, recordInLog, reopenLog, signCheckpoint } from './log.actions.ts';
import { readEntries, readHead } from './log.store.ts';
import { hashLeaf, isIncluded } from './merkle.ts';
import { parseSignerKey, type SignerKey } from './note.ts';
import { proveInclusion } from './proof.ts';

const VERIFIED: readonly string[] = [];

async function leafAt(log: OpenLog, index: number) {
  const head = await readHead(log.db);
  const [row] = await readEntries(log.db, head!.log, index, index + 1);
  const leaf = readLeaf(row!.leaf);
  return leaf.ok ? leaf.value : assert.fail(leaf.error);
}

forEachEngine((engine) => {
  it('begins a log with a key of its own, that only its owner can read', async () => {
    const log = await openEvidence(engine);
    assert.equal(await record(log, hour(0)), 0);
    assert.equal(await record(log, hour(1)), 1);
    const signed = await signCheckpoint(log, hour(1), AT_ONCE);
    assert.match(signed!.note, /^holdfast\/[0-9a-f]{8}\n2\n/);
    assert.equal(readFileSync(join(log.folder, 'log.checkpoint'), 'utf8'), signed!.note);
    assert.equal(statSync(join(log.folder, 'log.key')).mode & 0o777, 0o600);
    assert.match(
      readFileSync(join(log.folder, 'log.vkey'), 'utf8'),
      /^holdfast\/[0-9a-f]{8}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}\n$/,
    );
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('stores an entry with what it is about, or neither', async () => {
    const log = await openEvidence(engine);
    await record(log, hour(0));
    const failed = recordInLog(log, async (tx) => {
      await appendEntry(tx, { type: 'policy.evaluated', actor: null, subject: null, data: {}, state: null }, hour(1));
      throw new Error('the row could not be written');
    });
    await assert.rejects(failed, { message: 'the row could not be written' });
    assert.equal((await readHead(log.db))?.size, 1);
    assert.equal(await record(log, hour(2)), 1);
    await signCheckpoint(log, hour(2), AT_ONCE);
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('counts without gaps when many record at once', async () => {
    const log = await openEvidence(engine);
    const indexes = await Promise.all(Array.from({ length: 20 }, (_, at) => record(log, hour(0), `policy:${at}`)));
    assert.deepEqual(
      indexes.toSorted((a, b) => a - b),
      Array.from({ length: 20 }, (_, at) => at),
    );
    await Promise.all(Array.from({ length: 5 }, () => signCheckpoint(log, hour(1), AT_ONCE)));
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('proves entries across the bounds of tiles', async () => {
    const log = await openEvidence(engine);
    const { db } = log;
    await recordInLog(log, async (tx) => {
      for (let at = 0; at < 600; at++)
        await appendEntry(
          tx,
          { type: 'log.heartbeat', actor: null, subject: null, data: { at }, state: null },
          hour(at),
        );
    });
    const { checkpoint } = (await signCheckpoint(log, hour(600), AT_ONCE))!;
    const { log: number } = (await readHead(db))!;
    const leaves: Uint8Array[] = [];
    for await (const leaf of entriesOf(db, number, 600)) leaves.push(leaf);
    for (const index of [0, 1, 255, 256, 511, 512, 599]) {
      const proof = await proveInclusion(index, 600, tileReader(db, number));
      assert.ok(
        isIncluded({ leafHash: hashLeaf(leaves[index]!), index, size: 600, root: checkpoint.root, proof }),
        `${index}`,
      );
    }
    assert.deepEqual(await raw(db).selectFrom('log_hash').select(['level', 'idx']).orderBy('idx').execute(), [
      { level: 1, idx: 0 },
      { level: 1, idx: 1 },
    ]);
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('records in order of time whatever the clock says, and writes down what it said', async () => {
    const log = await openEvidence(engine);
    await record(log, hour(10));
    await record(log, hour(3));
    await record(log, hour(11));
    await signCheckpoint(log, hour(3), AT_ONCE);
    assert.deepEqual(
      [(await leafAt(log, 1)).at, (await leafAt(log, 1)).data['clock']],
      [hour(10), '2026-11-24T12:00:00Z'],
    );
    assert.deepEqual([(await leafAt(log, 2)).at, (await leafAt(log, 2)).data['clock']], [hour(11), undefined]);
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('signs when it grew, and not more often than it was told', async () => {
    const log = await openEvidence(engine);
    assert.equal(await signCheckpoint(log, hour(0), AT_ONCE), null);
    await record(log, hour(0));
    const minute = 60_000 as Millis;
    const first = await signCheckpoint(log, hour(0), minute);
    await record(log, hour(0));
    assert.equal((await signCheckpoint(log, plus(hour(0), 59_999 as Millis), minute))!.note, first!.note);
    const second = await signCheckpoint(log, plus(hour(0), minute), minute);
    assert.equal(second!.checkpoint.size, 2);
    assert.equal((await signCheckpoint(log, hour(9), minute))!.note, second!.note);
    assert.deepEqual(await raw(log.db).selectFrom('log_checkpoint').select('size').orderBy('size').execute(), [
      { size: 1 },
      { size: 2 },
    ]);
  });

  it('keeps an entry that could not be signed, and signs it once the folder takes the checkpoint', async () => {
    const log = await openEvidence(engine);
    await record(log, hour(0));
    mkdirSync(join(log.folder, 'log.checkpoint'));
    await assert.rejects(signCheckpoint(log, hour(0), AT_ONCE), {
      code: 'FILE_UNREADABLE',
      message: /not a regular file/,
    });
    assert.deepEqual(await findingsOf(log), ['checkpoint-missing']);
    rmdirSync(join(log.folder, 'log.checkpoint'));
    assert.equal((await signCheckpoint(log, hour(1), AT_ONCE))!.checkpoint.size, 1);
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('finds an entry that was edited, moved or deleted, and a tail that was cut off', async () => {
    const forged = new TextEncoder().encode('{}');
    const attacks: Record<string, (log: OpenLog) => Promise<unknown>> = {
      edit: async ({ db }) => {
        const [row] = await readEntries(db, 1, 4, 5);
        const leaf = Uint8Array.from(Buffer.from(Buffer.from(row!.leaf).toString().replace('"kept":4', '"kept":5')));
        await raw(db).updateTable('log_entry').set({ leaf }).where('idx', '=', 4).execute();
      },
      reorder: async ({ db }) => {
        await raw(db).updateTable('log_entry').set({ idx: 1_000 }).where('idx', '=', 4).execute();
        await raw(db).updateTable('log_entry').set({ idx: 4 }).where('idx', '=', 5).execute();
        await raw(db).updateTable('log_entry').set({ idx: 5 }).where('idx', '=', 1_000).execute();
      },
      delete: ({ db }) => raw(db).deleteFrom('log_entry').where('idx', '=', 4).execute(),
      'cut the tail': ({ db }) => raw(db).deleteFrom('log_entry').where('idx', '>=', 8).execute(),
      'cut the tail with the head': async ({ db }) => {
        await raw(db).deleteFrom('log_entry').where('idx', '>=', 8).execute();
        await raw(db)
          .updateTable('log_head')
          .set({ size: 8, nodes: new Uint8Array(32) })
          .execute();
      },
      'add behind the end': ({ db }) =>
        raw(db).insertInto('log_entry').values({ log: 1, idx: 10, leaf: forged }).execute(),
    };
    const expected: Record<string, readonly string[]> = {
      edit: ['rewritten', 'root-differs'],
      reorder: ['time-backwards', 'rewritten', 'listing-differs', 'root-differs'],
      delete: ['entries-missing', 'state-unread'],
      'cut the tail': ['entries-missing', 'state-unread'],
      'cut the tail with the head': ['rolled-back', 'root-differs', 'state-differs'],
      'add behind the end': ['root-differs'],
    };
    for (const [name, attack] of Object.entries(attacks)) {
      const log = await openEvidence(engine);
      await fill(log, 10);
      assert.deepEqual(await findingsOf(log), VERIFIED);
      await attack(log);
      const found = await findingsOf(log);
      assert.deepEqual(found, expected[name], name);
    }
  });

  it('says that the head was changed, and does not break on it', async () => {
    const log = await openEvidence(engine);
    await fill(log, 3);
    await raw(log.db).updateTable('log_head').set({ size: 7 }).execute();
    for (const work of [() => record(log, hour(9)), () => findingsOf(log), () => signCheckpoint(log, hour(9), AT_ONCE)])
      await assert.rejects(work(), { code: 'LOG_DAMAGED', message: /has 7 entries, and keeps another tree/ });
    await raw(log.db)
      .updateTable('log_head')
      .set({ size: 4, nodes: new Uint8Array(32) })
      .execute();
    assert.deepEqual(await findingsOf(log), ['entries-missing', 'state-unread']);
  });

  it('finds a list that would hide an entry from who looks it up, and misses none that is not made yet', async () => {
    const log = await openEvidence(engine);
    await fill(log, 5);
    const listing = () => raw(log.db);
    await listing().updateTable('log_listing').set({ type: 'log.heartbeat' }).where('idx', '=', 3).execute();
    assert.deepEqual(await findingsOf(log), ['listing-differs']);
    await listing().deleteFrom('log_listing').where('idx', '=', 3).execute();
    assert.deepEqual(await findingsOf(log), ['listing-differs']);
    await listing().deleteFrom('log_listing').where('idx', '<', 3).execute();
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('does not load an entry that is larger than any', async () => {
    const log = await openEvidence(engine);
    await fill(log, 3);
    await raw(log.db)
      .updateTable('log_entry')
      .set({ leaf: new Uint8Array(1_000_000) })
      .where('idx', '=', 1)
      .execute();
    assert.deepEqual(await findingsOf(log), ['entries-missing', 'state-unread']);
  });

  it('finds a row that was edited, put back, added or deleted behind the back of the log, and evidence that was edited', async () => {
    const log = await openEvidence(engine);
    await fill(log, 7);
    const rows = () => raw(log.db).selectFrom('policy_evaluation').selectAll().execute();
    const before = await rows();
    const row = before.find(({ subject }) => subject === 'policy:0')!;
    const change = async (values: Partial<typeof row>) =>
      raw(log.db).updateTable('policy_evaluation').set(values).where('subject', '=', 'policy:0').execute();
    await change({ body: row.body.replace('"kept":6', '"kept":7') });
    assert.deepEqual(await findingsOf(log), ['state-differs']);
    // What it held when entry 3 was recorded: genuine then, old now.
    await change({ body: `{"at":${hour(3)},"kept":3}`, idx: 3 });
    assert.deepEqual(await findingsOf(log), ['state-differs']);
    await change({ ...row, idx: 3 });
    assert.deepEqual(await findingsOf(log), ['state-differs']);
    await change(row);
    assert.deepEqual(await findingsOf(log), VERIFIED);
    await raw(log.db)
      .insertInto('policy_evaluation')
      .values({ ...row, subject: 'policy:9' })
      .execute();
    assert.deepEqual(await findingsOf(log), ['state-differs']);
    await raw(log.db).deleteFrom('policy_evaluation').where('subject', 'in', ['policy:9', 'policy:1']).execute();
    assert.deepEqual(await findingsOf(log), ['state-missing']);
    await raw(log.db)
      .insertInto('policy_evaluation')
      .values(before.find(({ subject }) => subject === 'policy:1')!)
      .execute();
    const sha256 = digest(row.body);
    const edited = Uint8Array.from(Buffer.from('{"kept":1}'));
    await raw(log.db).updateTable('log_evidence').set({ body: edited }).where('sha256', '=', sha256).execute();
    assert.deepEqual(await findingsOf(log), ['evidence-differs']);
    await raw(log.db).deleteFrom('log_evidence').where('sha256', '=', sha256).execute();
    assert.deepEqual(await findingsOf(log), ['evidence-missing']);
  });

  it('never signs or records backwards: a database behind the checkpoint outside of it is refused', async () => {
    const log = await openEvidence(engine);
    await fill(log, 5);
    const old = await snapshotOf(log);
    await fill(log, 5, 5);
    await old();
    for (const work of [() => record(log, hour(20)), () => signCheckpoint(log, hour(20), AT_ONCE)])
      await assert.rejects(work(), {
        code: 'LOG_ROLLED_BACK',
        message: /had 10 entries when it was signed last, and now ends at 5/,
      });
    assert.equal((await readHead(log.db))?.size, 5);
    assert.ok((await findingsOf(log)).includes('rolled-back'));
  });

  it('refuses a database that went another way since its last checkpoint, and one whose checkpoint is gone', async () => {
    const log = await openEvidence(engine);
    await fill(log, 5);
    const old = await snapshotOf(log);
    await fill(log, 2, 5);
    const outside = readFileSync(join(log.folder, 'log.checkpoint'));
    await old();
    rmSync(join(log.folder, 'log.checkpoint'));
    await assert.rejects(record(log, hour(9)), { code: 'LOG_ROLLED_BACK', message: /is gone/ });
    // As somebody with the key would do it.
    await raw(log.db).deleteFrom('log_checkpoint').execute();
    for (let at = 0; at < 4; at++) await record(log, hour(50 + at));
    writeFileSync(join(log.folder, 'log.checkpoint'), outside);
    await assert.rejects(signCheckpoint(log, hour(60), AT_ONCE), {
      code: 'LOG_ROLLED_BACK',
      message: /does not continue/,
    });
    assert.ok((await findingsOf(log)).includes('rewritten'));
  });

  it('goes on under another name after a rollback, and names what came before', async () => {
    const log = await openEvidence(engine);
    await fill(log, 5);
    await assert.rejects(reopenLog(log, 'no reason', hour(6)), { code: 'USAGE', message: /can go on/ });
    const old = await snapshotOf(log);
    await fill(log, 5, 5);
    const before = readFileSync(join(log.folder, 'log.checkpoint'), 'utf8');
    await old();
    const signed = await reopenLog(log, 'The backup of Monday was restored.', hour(20));
    assert.match(signed!.checkpoint.origin, /^holdfast\/[0-9a-f]{8}\/log2$/);
    assert.equal(signed!.checkpoint.size, 1);
    const { type, data } = await leafAt(log, 0);
    assert.equal(type, 'log.reopened');
    assert.deepEqual(
      [data['reason'], (data['previous'] as { checkpoint: string }).checkpoint],
      ['The backup of Monday was restored.', before],
    );
    // What the database still held is covered by the new log (earlier-logs.test.ts).
    assert.deepEqual(await findingsOf(log), VERIFIED);
    for (const at of [0, 1, 2]) await record(log, hour(21), `policy:${at}`);
    assert.deepEqual(await findingsOf(log), VERIFIED);
    await signCheckpoint(log, hour(22), AT_ONCE);
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('signs the new log also when reopening was interrupted before it could', async () => {
    const log = await openEvidence(engine);
    await fill(log, 3);
    const old = await snapshotOf(log);
    await fill(log, 1, 3);
    const before = readFileSync(join(log.folder, 'log.checkpoint'));
    await old();
    await reopenLog(log, 'A backup was restored.', hour(9));
    await raw(log.db).deleteFrom('log_checkpoint').where('log', '=', 2).execute();
    writeFileSync(join(log.folder, 'log.checkpoint'), before);
    const signed = await signCheckpoint(log, hour(10), AT_ONCE);
    assert.match(signed!.checkpoint.origin, /\/log2$/);
    // A checkpoint that the new log does not name is of some other log.
    await raw(log.db).deleteFrom('log_checkpoint').where('log', '=', 2).execute();
    const { value: key } = parseSignerKey(readFileSync(join(log.folder, 'log.key'), 'utf8').trim()) as {
      value: SignerKey;
    };
    writeFileSync(join(log.folder, 'log.checkpoint'), noteOf([], key));
    await assert.rejects(signCheckpoint(log, hour(11), AT_ONCE), {
      code: 'LOG_ROLLED_BACK',
      message: /newest checkpoint is of the log/,
    });
  });

  it('refuses a key that is missing, readable for others, or of another log; a lost one is replaced by reopening', async () => {
    const log = await openEvidence(engine);
    await fill(log, 2);
    const path = join(log.folder, 'log.key');
    const key = readFileSync(path, 'utf8');
    chmodSync(path, 0o640);
    await assert.rejects(record(log, hour(3)), { code: 'LOG_KEY_UNUSABLE', hint: /chmod 600/ });
    chmodSync(path, 0o600);
    for (const text of ['', 'nonsense', key.slice(0, -6)]) {
      writeFileSync(path, text);
      await assert.rejects(record(log, hour(3)), (error: Error & { code: string }) => {
        assert.equal(error.code, 'LOG_KEY_UNUSABLE');
        assert.ok(!error.message.includes(key.slice(-20, -2)), 'nothing of the key is printed');
        return true;
      });
    }
    writeFileSync(path, key.replace(/holdfast\/.{8}/, 'holdfast/00000000'));
    await assert.rejects(record(log, hour(3)), { code: 'LOG_KEY_UNUSABLE' });
    rmSync(path);
    await assert.rejects(record(log, hour(3)), { code: 'LOG_KEY_MISSING', hint: /reopen/ });
    assert.equal((await readHead(log.db))?.size, 2);
    const signed = await reopenLog(log, 'The key was lost.', hour(4));
    const fresh = parseSignerKey(readFileSync(path, 'utf8').trim());
    assert.ok(fresh.ok && signed!.checkpoint.origin === `${fresh.value.name}/log2`);
    assert.deepEqual(await findingsOf(log), VERIFIED);
  });

  it('finds a log that was written anew with the stolen key by a checkpoint that somebody kept, and by nothing else', async () => {
    const log = await openEvidence(engine);
    await fill(log, 6);
    const kept = join(log.folder, 'kept');
    copyFileSync(join(log.folder, 'log.checkpoint'), kept);
    assert.deepEqual(await findingsOf(log, { vkey: null, history: [kept] }), VERIFIED);
    for (const table of [
      'log_evidence',
      'log_checkpoint',
      'log_hash',
      'log_entry',
      'log_listing',
      'log_vkey',
      'log_head',
      'policy_evaluation',
    ] as const)
      await raw(log.db).deleteFrom(table).execute();
    rmSync(join(log.folder, 'log.checkpoint'));
    for (let at = 0; at < 8; at++) await record(log, hour(at), 'policy:0', 100 + at);
    await signCheckpoint(log, hour(9), AT_ONCE);
    assert.deepEqual(await findingsOf(log), VERIFIED);
    assert.deepEqual(await findingsOf(log, { vkey: null, history: [kept] }), ['rewritten']);
  });

  it('says that a checkpoint outside is not of this key', async () => {
    const log = await openEvidence(engine);
    await fill(log, 2);
    const name = (await readHead(log.db))!.origin;
    writeFileSync(join(log.folder, 'log.checkpoint'), noteOf([], { name, seed: new Uint8Array(32).fill(99) }));
    await assert.rejects(record(log, hour(5)), { code: 'LOG_DAMAGED', message: /not signed by the key/ });
    assert.deepEqual(await findingsOf(log), ['signature-missing']);
  });
});
