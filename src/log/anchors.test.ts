/**
 * The attacks that nothing on the attacked machine can show, because whoever makes them holds the key, the database and the data folder:
 * each is found by a checkpoint that lies elsewhere, wherever that is, and by nothing else.
 */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import { logService } from '../../test/support/log-service.ts';
import { cleanEnv, temporaryFolder, TestRepository } from '../../test/support/repository.ts';
import { utf8 } from '../lib/bytes.ts';
import { readAnchors, writeAnchor } from './git-anchors.client.ts';
import { formatHistory, type HeldCheckpoint } from './held-checkpoint.ts';
import type { Trusted } from './log-verify.actions.ts';
import { type OpenLog, signCheckpoint } from './log.actions.ts';

type Keep = (log: OpenLog) => Promise<Trusted>;

const trusting = (history: readonly string[], anchors: readonly HeldCheckpoint[] = []): Trusted => ({
  vkey: null,
  history,
  anchors,
});

/** Where a checkpoint can be kept that the owner of the key cannot change. */
const ANCHORS: Readonly<Record<string, Keep>> = {
  'the history that the service published': async (log) => {
    const answer = await logService(log, () => hour(100))('/.well-known/holdfast/checkpoints');
    const file = join(temporaryFolder(), 'history.ndjson');
    writeFileSync(file, await answer.text());
    return trusting([file]);
  },
  'a checkpoint that was fetched and mailed': async (log) => {
    const answer = await logService(log, () => hour(100))('/.well-known/holdfast/checkpoint');
    const file = join(temporaryFolder(), 'mailed');
    writeFileSync(file, await answer.text());
    return trusting([file]);
  },
  'a Git note': async (log) => {
    const repository = newRepository();
    await writeAnchor(repository.folder, cleanEnv, 'HEAD', readFileSync(join(log.folder, 'log.checkpoint'), 'utf8'));
    return trusting([], await readAnchors(repository.folder, cleanEnv));
  },
};

function newRepository(): TestRepository {
  const repository = new TestRepository(temporaryFolder());
  repository.git('init', '-q');
  repository.git('commit', '-q', '--allow-empty', '-m', 'Release');
  return repository;
}

/** `prepare` runs before the anchor is kept and returns the attack. */
const ATTACKS: readonly {
  readonly name: string;
  readonly prepare: (log: OpenLog) => Promise<() => Promise<void>>;
  readonly found: readonly string[];
}[] = [
  {
    name: 'the database and the data folder put back to an earlier day',
    prepare: async (log) => {
      const old = await snapshotOf(log);
      const folder = join(temporaryFolder(), 'backup');
      cpSync(log.folder, folder, { recursive: true });
      await fill(log, 4, 6);
      return async () => {
        await old();
        rmSync(log.folder, { recursive: true });
        cpSync(folder, log.folder, { recursive: true });
      };
    },
    found: ['rolled-back'],
  },
  {
    name: 'the database put back, and gone another way since: a fork',
    prepare: async (log) => {
      const old = await snapshotOf(log);
      const kept = readFileSync(join(log.folder, 'log.checkpoint'));
      await fill(log, 4, 6);
      return async () => {
        await old();
        writeFileSync(join(log.folder, 'log.checkpoint'), kept);
        for (let at = 0; at < 9; at++) await record(log, hour(60 + at), 'policy:0', 7);
        await signCheckpoint(log, hour(70), AT_ONCE);
      };
    },
    found: ['rewritten'],
  },
  {
    name: 'the whole log written anew with the key',
    prepare: async (log) => () => rewrite(log, 0),
    found: ['rewritten'],
  },
  {
    name: 'the whole log written anew and backdated',
    prepare: async (log) => () => rewrite(log, -1_000),
    found: ['rewritten'],
  },
  {
    name: 'the tail cut off together with every checkpoint',
    prepare: async (log) => async () => {
      await emptyEvidence(log);
      for (let at = 0; at < 5; at++) await record(log, hour(at), `policy:${at % 3}`, at);
      await signCheckpoint(log, hour(5), AT_ONCE);
    },
    found: ['rolled-back'],
  },
];

async function rewrite(log: OpenLog, shift: number): Promise<void> {
  await emptyEvidence(log);
  for (let at = 0; at < 12; at++) await record(log, hour(at + shift), 'policy:0', 100 + at);
  await signCheckpoint(log, hour(20), AT_ONCE);
}

forEachEngine((engine) => {
  for (const { name, prepare, found } of ATTACKS) {
    for (const [anchor, keep] of Object.entries(ANCHORS))
      it(`${name}: found by ${anchor}`, async () => {
        const log = await openEvidence(engine);
        await fill(log, 6);
        const attack = await prepare(log);
        const trusted = await keep(log);
        assert.deepEqual(await findingsOf(log, trusted), []);
        await attack();
        assert.deepEqual(await findingsOf(log), [], 'nothing that is left there shows it');
        assert.deepEqual(await findingsOf(log, trusted), found);
      });
  }

  it('entries added later and dated before an anchor was seen are found by when it was seen', async () => {
    const log = await openEvidence(engine);
    await fill(log, 6);
    const { note } = await raw(log.db).selectFrom('log_checkpoint').select('note').executeTakeFirstOrThrow();
    const file = join(temporaryFolder(), 'kept.ndjson');
    writeFileSync(file, formatHistory([{ note, seenAt: hour(50) }]));
    await record(log, hour(10));
    await signCheckpoint(log, hour(60), AT_ONCE);
    assert.deepEqual(await findingsOf(log), []);
    assert.deepEqual(await findingsOf(log, trusting([file])), ['time-before-anchor']);
  });

  it('a Git note that was replaced is still an anchor, and what is no checkpoint is said to be none', async () => {
    const log = await openEvidence(engine);
    const { folder } = newRepository();
    await assert.rejects(readAnchors(folder, cleanEnv), { code: 'GIT_REF_UNKNOWN', hint: /git fetch origin/ });
    await fill(log, 3);
    const noteNow = () => readFileSync(join(log.folder, 'log.checkpoint'), 'utf8');
    const first = noteNow();
    await writeAnchor(folder, cleanEnv, 'HEAD', first);
    await fill(log, 3, 3);
    await writeAnchor(folder, cleanEnv, 'HEAD', noteNow());
    const held = await readAnchors(folder, cleanEnv);
    assert.deepEqual(new Set(held.map(({ note }) => Buffer.from(note).toString())), new Set([first, noteNow()]));
    assert.match(held[0]!.where, /^the Git note [0-9a-f]{12} on [0-9a-f]{12}$/);
    assert.deepEqual(await findingsOf(log, trusting([], held)), []);
    await writeAnchor(folder, cleanEnv, 'HEAD', 'looks good to me\n');
    assert.deepEqual(await findingsOf(log, trusting([], await readAnchors(folder, cleanEnv))), ['history-malformed']);
    await assert.rejects(writeAnchor(folder, cleanEnv, 'v9', first), { code: 'GIT_REF_UNKNOWN' });
    await assert.rejects(writeAnchor(folder, cleanEnv, '--help', first), { code: 'GIT_REF_UNKNOWN' });
    await assert.rejects(writeAnchor(temporaryFolder(), cleanEnv, 'HEAD', first), { code: /^GIT_/ });
  });

  it('Git notes of unlikely sizes are refused, and none of them is loaded', async () => {
    const repository = newRepository();
    await writeAnchor(repository.folder, cleanEnv, 'HEAD', 'x'.repeat(20_000));
    await assert.rejects(readAnchors(repository.folder, cleanEnv), { code: 'GIT_UNREADABLE' });
  });

  it('a checkpoint that names this log and is not signed by its key is found', async () => {
    const log = await openEvidence(engine);
    await fill(log, 2);
    const note = utf8(readFileSync(join(log.folder, 'log.checkpoint'), 'utf8').replace('\n2\n', '\n1\n'));
    assert.deepEqual(await findingsOf(log, trusting([], [{ where: 'mailed', note, seenAt: null }])), [
      'history-other-key',
    ]);
  });
});
