import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { ROOT } from '../../test/support/canary.ts';
import { NO_POSTGRES, sharedPostgres } from '../../test/support/engines.ts';
import { hour } from '../../test/support/evidence-log.ts';
import { holdfast, type Said } from '../../test/support/project.ts';
import { temporaryFolder } from '../../test/support/repository.ts';
import { CANNOT_MOUNT, onSmallDisk } from '../../test/support/small-disk.ts';
import { inFolder, recordName } from '../../test/support/vault.ts';
import type { LogTables } from '../log/log-tables.ts';
import type { PersonalDatum } from '../log/leaf.ts';
import { revealPersonal } from '../log/personal.actions.ts';

const NOW = '2026-11-25T09:00:00Z';
const KEY_FILES = ['kek', 'log.key'];

interface Installation {
  readonly cwd: string;
  readonly run: (...args: readonly string[]) => Promise<Said>;
  readonly ada: PersonalDatum;
}

/** A folder in which Ada is stored, with a log that is signed. */
async function install(): Promise<Installation> {
  const cwd = temporaryFolder();
  const run = (...args: readonly string[]): Promise<Said> => holdfast(cwd, args, NOW);
  // The first use makes the tables and the key.
  assert.equal((await run('keys', 'rotate')).code, 0);
  const ada = await inFolder(join(cwd, 'data'), (vault) => recordName(vault, 'p-1', 'Ada Beispiel', hour(1)));
  assert.equal((await run('log', 'checkpoint')).code, 0);
  return { cwd, run, ada };
}

const nameOf = ({ cwd, ada }: Installation, data = 'data'): Promise<readonly (string | null)[]> =>
  inFolder(join(cwd, data), ({ log, keys }) => revealPersonal(log.db, keys, [ada]));

const loseDatabase = ({ cwd }: Installation): void => {
  for (const name of readdirSync(join(cwd, 'data')))
    if (name.startsWith('holdfast.db')) rmSync(join(cwd, 'data', name));
};

function answerOf({ out, err }: Said, name: string): Readonly<Record<string, unknown>> {
  const answer: unknown = JSON.parse(out || assert.fail(err));
  const schema = JSON.parse(readFileSync(join(ROOT, 'docs', 'formats', `${name}.schema.json`), 'utf8')) as object;
  const validate = new Ajv({ allErrors: true }).compile(schema);
  assert.ok(validate(answer), JSON.stringify(validate.errors));
  return answer as Readonly<Record<string, unknown>>;
}

const codeOf = (obstacle: unknown): unknown => (obstacle as { readonly code: string } | null)?.code ?? null;

/** The command in a process of its own, in the shell's limits. */
const inProcess = (cwd: string, limits: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync('/bin/sh', ['-c', `${limits} exec "$@"`, 'sh', process.execPath, ...PROGRAM, ...args], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
const PROGRAM = ['--import', join(ROOT, 'scripts', 'tsx-hook.mjs'), join(ROOT, 'src', 'cli.ts')];

/** Evidence that does not compress. */
const fillWith = (cwd: string, megabytes: number): Promise<void> =>
  inFolder(join(cwd, 'data'), ({ log }) =>
    log.db.transaction(async (tx) => {
      const body = (): Uint8Array => Uint8Array.from(randomBytes(1_000_000));
      for (let at = 0; at < megabytes; at++)
        await tx
          .tables<LogTables>()
          .insertInto('log_evidence')
          .values({ sha256: `${at}`, body: body() })
          .execute();
    }),
  );

describe('holdfast backup', () => {
  it('holds no name, no key of the data and no key of the log', async () => {
    const { cwd, run } = await install();
    const { file, from, tables } = answerOf(await run('backup', 'b.gz', '--json'), 'backup-report');
    assert.deepEqual([file, from], ['b.gz', join(cwd, 'data', 'holdfast.db')]);
    assert.equal((tables as Record<string, number>)['log_personal'], 1);
    const text = gunzipSync(readFileSync(join(cwd, 'b.gz'))).toString('utf8');
    assert.match(text, /"log_personal"/);
    assert.doesNotMatch(text, /\bAda\b/);
    for (const name of KEY_FILES) {
      const key = readFileSync(join(cwd, 'data', name), 'utf8').trim();
      assert.ok(!text.includes(key) && !text.includes(key.slice(-40)), name);
    }
  });

  it('makes no database where there is none, and says that nothing was backed up', async () => {
    const cwd = temporaryFolder();
    const said = await holdfast(cwd, ['backup', 'b.gz']);
    assert.deepEqual([said.code, said.err], [3, 'holdfast: there is no database in data, so nothing was backed up\n']);
    assert.deepEqual(readdirSync(cwd), []);
  });

  it('leaves the older backup as it was when the disk is full', { skip: process.platform === 'win32' }, async () => {
    const { cwd, run } = await install();
    await run('backup', 'b.gz');
    const older = readFileSync(join(cwd, 'b.gz'));
    await fillWith(cwd, 1);
    // A limit for the size of files: the system refuses the write, as a quota or a full disk does (800 × 512 bytes).
    const { status, stderr } = inProcess(cwd, 'ulimit -f 800 &&', ['backup', 'b.gz']);
    assert.deepEqual([status, /\[FILE_UNWRITABLE\]/.test(stderr)], [1, true], stderr);
    assert.deepEqual(readFileSync(join(cwd, 'b.gz')), older);
    assert.deepEqual(readdirSync(cwd).toSorted(), ['b.gz', 'data']);
  });

  it('does the same on a file system that is really full', { skip: CANNOT_MOUNT }, async () => {
    const { cwd, run } = await install();
    await onSmallDisk(join(cwd, 'small'), 512, async () => {
      assert.equal((await run('backup', 'small/b.gz')).code, 0);
      const older = readFileSync(join(cwd, 'small', 'b.gz'));
      await fillWith(cwd, 1);
      const said = await run('backup', 'small/b.gz');
      assert.deepEqual([said.code, /\[FILE_UNWRITABLE\]/.test(said.err)], [1, true], said.err);
      assert.deepEqual(readFileSync(join(cwd, 'small', 'b.gz')), older);
      assert.deepEqual(readdirSync(join(cwd, 'small')), ['b.gz']);
    });
  });

  it('that is killed leaves the older backup, and the next one takes away what it left', async () => {
    const { cwd, run } = await install();
    await run('backup', 'b.gz');
    const older = readFileSync(join(cwd, 'b.gz'));
    await fillWith(cwd, 40);
    const begun = Promise.withResolvers<void>();
    const watcher = watch(cwd, (_, name) => {
      if (name?.endsWith('.tmp') === true) begun.resolve();
    });
    const child = spawn(process.execPath, [...PROGRAM, 'backup', 'b.gz'], {
      cwd,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const gone = once(child, 'close');
    await begun.promise;
    child.kill('SIGKILL');
    watcher.close();
    assert.deepEqual(await gone, [null, 'SIGKILL']);
    assert.deepEqual(readFileSync(join(cwd, 'b.gz')), older);
    assert.equal(readdirSync(cwd).filter((name) => name.endsWith('.tmp')).length, 1);
    assert.equal((await run('backup', 'b.gz')).code, 0);
    assert.deepEqual(readdirSync(cwd).toSorted(), ['b.gz', 'data']);
    assert.equal((await run('restore', 'b.gz', '--data', 'restored')).code, 0);
  });
});

describe('holdfast restore', () => {
  it('of the newest backup goes on where it was', async () => {
    const installation = await install();
    const { run } = installation;
    await run('backup', 'b.gz');
    loseDatabase(installation);
    const said = await run('restore', 'b.gz');
    assert.equal(said.code, 0, said.err);
    assert.match(said.out, /^The log goes on where it was signed last, and everything opens\.$/m);
    assert.deepEqual(await nameOf(installation), ['Ada Beispiel']);
    assert.equal((await run('log', 'verify')).code, 0);
  });

  it('never mixes with a database that is there', async () => {
    const { run } = await install();
    await run('backup', 'b.gz');
    const said = await run('restore', 'b.gz');
    assert.deepEqual([said.code, /\[DB_NOT_EMPTY\]/.test(said.err)], [1, true]);
    assert.equal((await run('log', 'verify')).code, 0);
  });

  it('of an older backup never signs backwards: it leads to a new log that says so', async () => {
    const installation = await install();
    const { cwd, run } = installation;
    await run('backup', 'old.gz');
    await inFolder(join(cwd, 'data'), (vault) => recordName(vault, 'p-2', 'Bo', hour(2)));
    await run('keys', 'erase', 'p-1', '--yes');
    const newest = (await run('log', 'checkpoint')).out;
    loseDatabase(installation);

    const restored = await run('restore', 'old.gz');
    assert.match(restored.out, /^Erased again 1 person who was erased since\.$/m);
    assert.match(
      restored.out,
      /^- the log holdfast\/[0-9a-f]{8} had 4 entries when it was signed last, and now ends at 2\.$/m,
    );
    assert.match(restored.out, /holdfast log reopen --reason TEXT/);
    assert.deepEqual(await nameOf(installation), [null], 'erased before anything else is done');
    await assert.rejects(
      inFolder(join(cwd, 'data'), (vault) => recordName(vault, 'p-3', 'Cy', hour(3))),
      { code: 'LOG_ROLLED_BACK' },
    );

    assert.equal((await run('log', 'reopen', '--reason', 'The disk failed.')).code, 0);
    const list = (await run('log', 'list', '--json')).out;
    const [{ data }] = (JSON.parse(list) as { entries: [{ data: { previous: { checkpoint: string } } }] }).entries;
    assert.equal(data.previous.checkpoint, newest);
    await inFolder(join(cwd, 'data'), (vault) => recordName(vault, 'p-3', 'Cy', hour(30)));
    await run('log', 'checkpoint');
    const verified = await run('log', 'verify');
    assert.equal(verified.code, 0, verified.out);
    assert.match(
      verified.out,
      /^Before {3}holdfast\/[0-9a-f]{8}: 2 entries, 2 of them under a checkpoint of their own$/m,
    );
  });

  it('on a new machine says what else is needed, and opens everything when it is there', async () => {
    const installation = await install();
    const { cwd, run } = installation;
    await run('backup', 'b.gz');
    const answer = answerOf(await run('restore', 'b.gz', '--data', 'new', '--json'), 'restore-report');
    assert.deepEqual([codeOf(answer['log']), codeOf(answer['keys'])], ['LOG_KEY_MISSING', 'KEY_MISSING']);
    assert.deepEqual(readdirSync(join(cwd, 'new')).toSorted(), ['holdfast.db', 'log.vkey']);

    for (const name of KEY_FILES) {
      copyFileSync(join(cwd, 'data', name), join(cwd, 'new', name));
      chmodSync(join(cwd, 'new', name), 0o600);
    }
    assert.deepEqual(await nameOf(installation, 'new'), ['Ada Beispiel']);
    // Nobody there can tell whether the log grew after the backup, so it does not go on under its name.
    const refused = await run('log', 'checkpoint', '--data', 'new');
    assert.match(refused.err, /\[LOG_ROLLED_BACK\]/);
    const newest = (await run('log', 'checkpoint')).out;
    assert.equal((await run('log', 'reopen', '--reason', 'A new machine.', '--data', 'new')).code, 0);
    const list = (await run('log', 'list', '--json', '--data', 'new')).out;
    const [{ data }] = (JSON.parse(list) as { entries: [{ data: { previous: { checkpoint: string } } }] }).entries;
    assert.equal(data.previous.checkpoint, newest, 'the database knew its last checkpoint');
    assert.equal((await run('log', 'verify', '--data', 'new')).code, 0);
  });

  it('brings along who was erased, to a folder that does not know of it', async () => {
    const installation = await install();
    const { cwd, run } = installation;
    await run('backup', 'old.gz');
    await run('keys', 'erase', 'p-1', '--yes');
    await run('backup', 'new.gz');
    await run('restore', 'new.gz', '--data', 'new');
    const listed = readFileSync(join(cwd, 'new', 'erasures'), 'utf8');
    assert.equal(listed, '{"at":"2026-11-25T09:00:00Z","subject":"p-1"}\n');
    // And then the older one, into the folder that knows now.
    for (const name of readdirSync(join(cwd, 'new')))
      if (name.startsWith('holdfast.db')) rmSync(join(cwd, 'new', name));
    const { erased } = answerOf(await run('restore', 'old.gz', '--data', 'new', '--json'), 'restore-report');
    assert.equal(erased, 1);
  });

  it('knows of an erasure that the database of the backup had not carried out yet', async () => {
    const { cwd, run } = await install();
    // As after an older database was put back by hand, beside a folder that knows.
    writeFileSync(join(cwd, 'data', 'erasures'), '{"at":"2026-11-25T08:00:00Z","subject":"p-1"}\n');
    await run('backup', 'b.gz');
    const { erased } = answerOf(await run('restore', 'b.gz', '--data', 'new', '--json'), 'restore-report');
    assert.equal(erased, 1);
  });

  it('of a damaged file leaves nothing behind', async () => {
    const { cwd, run } = await install();
    await run('backup', 'b.gz');
    const bytes = readFileSync(join(cwd, 'b.gz'));
    writeFileSync(join(cwd, 'half.gz'), bytes.subarray(0, bytes.length / 2));
    const said = await run('restore', 'half.gz', '--data', 'new');
    assert.deepEqual([said.code, /\[BACKUP_UNREADABLE\]/.test(said.err)], [1, true]);
    assert.deepEqual(readdirSync(join(cwd, 'new')), []);
    const missing = await run('restore', 'nothing.gz', '--data', 'new');
    assert.match(missing.err, /\[FILE_NOT_FOUND\]/);
    assert.equal(existsSync(join(cwd, 'new', 'holdfast.db')), false);
  });

  it('leaves nothing where the disk is full, and works when there is room', { skip: CANNOT_MOUNT }, async () => {
    const { cwd, run } = await install();
    await fillWith(cwd, 2);
    await run('backup', 'b.gz');
    await onSmallDisk(join(cwd, 'small'), 1_024, async () => {
      const said = await run('restore', 'b.gz', '--data', 'small');
      assert.deepEqual([said.code, /\[DB_FULL\]/.test(said.err)], [1, true], said.err);
      assert.deepEqual(readdirSync(join(cwd, 'small')), []);
    });
    assert.equal((await run('restore', 'b.gz', '--data', 'large')).code, 0);
  });

  it('moves an installation to PostgreSQL, with its people and its log', { skip: NO_POSTGRES }, async () => {
    const installation = await install();
    const { cwd, run } = installation;
    await run('backup', 'b.gz');
    const { host, user, database } = await (await sharedPostgres()).createDatabase();
    const env = {
      PGUSER: user ?? '',
      HOLDFAST_DATABASE_URL: `postgres:///${database}?host=${encodeURIComponent(host)}`,
      HOLDFAST_KEK_FILE: join(cwd, 'data', 'kek'),
    };
    const restored = inProcess(cwd, '', ['restore', 'b.gz', '--json'], env);
    const { log, keys } = answerOf({ code: 0, out: restored.stdout, err: restored.stderr }, 'restore-report');
    assert.deepEqual([log, keys], [null, null]);
    assert.equal(inProcess(cwd, '', ['log', 'verify'], env).status, 0);
    assert.match(inProcess(cwd, '', ['keys', 'status'], env).stdout, /^People   1 key wrapped under it$/m);
  });
});
