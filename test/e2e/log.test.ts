/** The evidence log as people use it: recorded by `check --record`, verified, exported, verified without Holdfast. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Ajv } from 'ajv';
import { ROOT } from '../support/canary.ts';
import { NO_POSTGRES, sharedPostgres } from '../support/engines.ts';

const bin = join(ROOT, 'bin', 'holdfast.cjs');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const ENV = { ...process.env, HOME: folder, HOLDFAST_DB: '', HOLDFAST_DATABASE_URL: '' };

const POLICY = `# Policy\n\nWe care.\n\nEvidence is kept.[^log]\n\n[^log]: In a log.\n\n    \`\`\`yaml\n    control: log.intact\n    \`\`\`\n`;
let places = 0;

/** A folder with a policy. */
function place(): string {
  const made = join(folder, `${++places}`);
  mkdirSync(made);
  writeFileSync(join(made, 'SECURITY-POLICY.md'), POLICY);
  return made;
}

function holdfast(cwd: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    env: ENV,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

/** A `--json` answer, which its schema has to know. */
function json(cwd: string, name: string, ...args: readonly string[]): Record<string, unknown> {
  const { stdout, stderr } = holdfast(cwd, ...args, '--json');
  const answer = JSON.parse(stdout || assert.fail(stderr)) as Record<string, unknown>;
  const schema = JSON.parse(readFileSync(join(ROOT, 'docs', 'formats', `${name}.schema.json`), 'utf8')) as object;
  const validate = new Ajv({ allErrors: true }).compile(schema);
  assert.ok(validate(answer), JSON.stringify(validate.errors));
  return answer;
}

const codesOf = (answer: Record<string, unknown>): readonly string[] =>
  (answer['findings'] as { code: string }[]).map(({ code }) => code);

function sql(cwd: string, statement: string): void {
  const db = new DatabaseSync(join(cwd, 'data', 'holdfast.db'));
  db.exec(statement);
  db.close();
}

describe('holdfast check --record', () => {
  it('records, verifies, proves and exports what an auditor verifies without Holdfast', () => {
    const cwd = place();
    // Nothing is intact that is not there yet; the second check finds the log of the first.
    assert.equal(holdfast(cwd, 'log', 'verify').status, 3);
    const first = json(cwd, 'check', 'check', '--record')['recorded'] as {
      origin: string;
      entry: number;
      size: number;
    };
    assert.deepEqual([first.entry, first.size], [0, 1]);
    const second = holdfast(cwd, 'check', '--record');
    assert.deepEqual([second.status, second.stderr], [0, '']);
    assert.match(second.stdout, /● kept +Evidence is kept\.\n +1 entry and 1 recorded row agree/);
    assert.match(
      second.stdout,
      new RegExp(`\nRecorded as entry 1 of ${first.origin}, under a checkpoint of 2 entries\\.\n$`),
    );
    const verified = json(cwd, 'log-verify', 'log', 'verify');
    assert.deepEqual(
      [verified['verdict'], verified['size'], verified['states'], verified['findings']],
      ['verified', 2, 1, []],
    );
    assert.match(holdfast(cwd, 'log', 'verify').stdout, /\nVERIFIED: /);
    assert.equal(
      json(cwd, 'log-checkpoint', 'log', 'checkpoint')['note'],
      readFileSync(join(cwd, 'data/log.checkpoint'), 'utf8'),
    );
    const proof = holdfast(cwd, 'log', 'prove', '0').stdout;
    assert.match(proof, /^c2sp\.org\/tlog-proof@v1\nindex 0\n[A-Za-z0-9+/=]{44}\n\nholdfast\/[0-9a-f]{8}\n2\n/);
    assert.match(json(cwd, 'log-proof', 'log', 'prove', '1')['leaf'] as string, /"type":"policy\.evaluated"/);
    assert.equal(holdfast(cwd, 'log', 'prove', '2').status, 64);
    const listed = json(cwd, 'log-list', 'log', 'list')['entries'] as { subject: string }[];
    assert.deepEqual(
      listed.map(({ subject }) => subject),
      ['policy:SECURITY-POLICY.md', 'policy:SECURITY-POLICY.md'],
    );
    const exported = json(cwd, 'log-export', 'log', 'export', 'evidence');
    const { status, stdout } = spawnSync(process.execPath, ['verify.mjs', '.', '--vkey', exported['vkey'] as string], {
      cwd: join(cwd, 'evidence'),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /Compared 1 tile, 1 older checkpoint\n\nVERIFIED/);
    assert.equal(holdfast(cwd, 'log', 'verify', 'evidence').status, 0);
    // Again, over the older export of the same log; never over anything else.
    assert.equal(holdfast(cwd, 'check', '--record').status, 0);
    assert.equal(holdfast(cwd, 'log', 'export', 'evidence').status, 0);
    assert.equal(holdfast(cwd, 'log', 'verify', 'evidence').status, 0);
    writeFileSync(join(cwd, 'evidence', 'notes.txt'), '');
    assert.match(holdfast(cwd, 'log', 'export', 'evidence').stderr, /notes\.txt.*\n.*\[FILE_EXISTS\]/);
    assert.match(holdfast(cwd, 'log', 'export', '.').stderr, /\[FILE_EXISTS\]/);
    assert.ok(existsSync(join(cwd, 'SECURITY-POLICY.md')));
  });

  it('exports evidence where it is asked for, and the verifier compares it', () => {
    const cwd = place();
    holdfast(cwd, 'check', '--record');
    const answer = json(cwd, 'log-export', 'log', 'export', 'pack', '--evidence');
    assert.deepEqual(answer['evidence'], { written: 1, leftOut: 0 });
    const verify = () => spawnSync(process.execPath, ['verify.mjs', '.'], { cwd: join(cwd, 'pack'), encoding: 'utf8' });
    assert.match(verify().stdout, /\nEvidence 1 of 1 piece that entries name came along\n\nVERIFIED/);
    const names = readdirSync(join(cwd, 'pack', 'evidence'), { recursive: true, encoding: 'utf8' });
    const [body] = names.filter((name) => /[0-9a-f]{64}$/.test(name));
    writeFileSync(join(cwd, 'pack', 'evidence', body ?? ''), '{}');
    assert.deepEqual([verify().status, /\[evidence-differs\]/.test(verify().stdout)], [2, true]);
    rmSync(join(cwd, 'pack', 'evidence', body ?? ''));
    assert.equal(verify().status, 0);
    sql(cwd, "update log_evidence set body = x'00'");
    const changed = holdfast(cwd, 'log', 'export', 'pack', '--evidence').stdout;
    assert.match(changed, /1 piece of evidence left out: not in the database, or changed\./);
    assert.deepEqual(json(cwd, 'log-export', 'log', 'export', 'pack')['evidence'], null);
  });

  it('keeps a checkpoint as a Git note, and compares the log with it', () => {
    const cwd = place();
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
        cwd,
        encoding: 'utf8',
      });
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'Release');
    holdfast(cwd, 'check', '--record');
    assert.match(
      holdfast(cwd, 'log', 'verify', '--anchors', 'git').stderr,
      /no refs\/notes\/holdfast.*\n.*\[GIT_REF_UNKNOWN\]/,
    );
    const answer = json(cwd, 'log-anchor', 'log', 'anchor');
    assert.equal(answer['commit'], git('rev-parse', 'HEAD').trim());
    assert.equal(
      git('notes', '--ref=holdfast', 'show', 'HEAD'),
      readFileSync(join(cwd, 'data', 'log.checkpoint'), 'utf8'),
    );
    holdfast(cwd, 'check', '--record');
    const verified = holdfast(cwd, 'log', 'verify', '--anchors', 'git');
    assert.deepEqual([verified.status, /1 checkpoint that you gave/.test(verified.stdout)], [0, true], verified.stdout);
    assert.match(holdfast(cwd, 'log', 'anchor').stdout, /git push origin refs\/notes\/holdfast\n$/);
    assert.equal(holdfast(cwd, 'log', 'verify', '--anchors', 'mail').status, 64);
    // Everything anew, by whoever holds the key.
    for (const name of ['holdfast.db', 'holdfast.db-wal', 'holdfast.db-shm', 'log.checkpoint'])
      rmSync(join(cwd, 'data', name), { force: true });
    for (let at = 0; at < 3; at++) holdfast(cwd, 'check', '--record');
    assert.equal(holdfast(cwd, 'log', 'verify').status, 0);
    assert.deepEqual(codesOf(json(cwd, 'log-verify', 'log', 'verify', '--anchors', 'git')), ['rewritten', 'rewritten']);
  });

  it('records whole evaluations only', () => {
    const cwd = place();
    assert.equal(holdfast(cwd, 'check', '--record', '--only', 'log.intact').status, 64);
    assert.ok(!existsSync(join(cwd, 'data')));
  });

  it('finds a database file that was put back, and goes on by saying so', () => {
    const cwd = place();
    holdfast(cwd, 'check', '--record');
    cpSync(join(cwd, 'data', 'holdfast.db'), join(cwd, 'old.db'));
    holdfast(cwd, 'check', '--record');
    for (const suffix of ['-wal', '-shm']) rmSync(join(cwd, 'data', `holdfast.db${suffix}`), { force: true });
    copyFileSync(join(cwd, 'old.db'), join(cwd, 'data', 'holdfast.db'));
    const refused = holdfast(cwd, 'check', '--record');
    assert.equal(refused.status, 2);
    assert.match(refused.stdout, /✕ broken +Evidence is kept\./, 'the evaluation is shown all the same');
    assert.match(refused.stderr, /had 2 entries when it was signed last, and now ends at 1\n.*\[LOG_ROLLED_BACK\]/);
    assert.deepEqual(codesOf(json(cwd, 'log-verify', 'log', 'verify')), ['rolled-back']);
    assert.match(
      json(cwd, 'log-checkpoint', 'log', 'reopen', '--reason', 'A backup was restored.')['origin'] as string,
      /\/log2$/,
    );
    assert.equal(holdfast(cwd, 'check').status, 0, 'the row of the old log is covered by the new one');
    const verified = json(cwd, 'log-verify', 'log', 'verify');
    const [before] = verified['previous'] as readonly Record<string, unknown>[];
    assert.deepEqual(
      [verified['verdict'], before?.['size'], before?.['entries'], before?.['signed']],
      ['verified', 1, 1, 1],
    );
    assert.match(
      holdfast(cwd, 'log', 'verify').stdout,
      /^Before {3}holdfast\/[0-9a-f]{8}: 1 entry, 1 of them under a checkpoint of their own$/m,
    );
    assert.equal(holdfast(cwd, 'check', '--record').status, 0);
    assert.equal(holdfast(cwd, 'log', 'verify').status, 0);
    assert.equal(holdfast(cwd, 'log', 'export', 'pack').status, 0);
    const [follows] = json(cwd, 'log-verify', 'log', 'verify', 'pack')['previous'] as readonly unknown[];
    assert.deepEqual(follows, { ...before, entries: null, signed: null, olderCheckpoints: null });
    assert.match(
      holdfast(cwd, 'log', 'verify', 'pack').stdout,
      /^Follows {2}holdfast\/[0-9a-f]{8}, of which 1 entry was left, root [A-Za-z0-9+/]{43}=$/m,
    );
    rmSync(join(cwd, 'data', 'holdfast.db'));
    assert.equal(holdfast(cwd, 'log', 'verify').status, 2, 'a log that is gone is not a log that never was');
    assert.match(holdfast(cwd, 'check', '--record').stderr, /LOG_ROLLED_BACK/);
  });

  it('finds what was changed in the database behind its back', () => {
    const cwd = place();
    holdfast(cwd, 'check', '--record');
    sql(cwd, `update policy_evaluation set body = replace(body, '"unknown":1', '"unknown":0')`);
    assert.deepEqual(codesOf(json(cwd, 'log-verify', 'log', 'verify')), ['state-differs']);
    const { status, stdout } = holdfast(cwd, 'check');
    assert.equal(status, 2);
    assert.match(
      stdout,
      /The log is not intact, 1 finding: policy:SECURITY-POLICY\.md: the row is not what\n +entry 0/,
    );
    sql(cwd, `update log_entry set leaf = cast(replace(cast(leaf as text), '"unknown":1', '"unknown":0') as blob)`);
    assert.equal(holdfast(cwd, 'log', 'verify').status, 2);
    assert.match(holdfast(cwd, 'log', 'prove', '0').stderr, /LOG_DAMAGED/);
    assert.match(holdfast(cwd, 'log', 'export', 'evidence').stderr, /LOG_DAMAGED/);
    sql(cwd, 'update log_head set size = 12');
    assert.equal(holdfast(cwd, 'log', 'verify').status, 2);
    assert.match(holdfast(cwd, 'check').stdout, /✕ broken +Evidence is kept/);
    assert.ok(!existsSync(join(cwd, 'evidence', 'log', 'checkpoint')));
  });

  it('records both of two checks at once, also the first two', async () => {
    const cwd = place();
    for (const round of [1, 2]) {
      const runs = Array.from({ length: 2 }, () =>
        spawn(process.execPath, [bin, 'check', '--record'], { cwd, env: ENV, stdio: 'ignore' }),
      );
      const codes = await Promise.all(runs.map(async (run) => (await once(run, 'close'))[0] as number));
      assert.ok(
        codes.every((code) => code === 0 || code === 3),
        codes.join(),
      );
      const { verdict, size } = json(cwd, 'log-verify', 'log', 'verify');
      assert.deepEqual([verdict, size], ['verified', 2 * round]);
    }
  });

  it('has every entry that it acknowledged, and verifies, however often it is killed', {
    timeout: 120_000,
  }, async () => {
    const cwd = place();
    // The first run makes the database and fills the caches; the kills have to fall into runs like the second.
    holdfast(cwd, 'check', '--record');
    const begun = performance.now();
    holdfast(cwd, 'check', '--record');
    const wholeMs = performance.now() - begun;
    let [acknowledged, killed] = [2, 0];
    for (let round = 0; killed < 15; round++) {
      assert.ok(round < 60, `${killed} of ${round} were killed before they had finished`);
      const run = spawn(process.execPath, [bin, 'check', '--record'], {
        cwd,
        env: ENV,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let out = '';
      run.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      const gone = once(run, 'close');
      // From before the database is opened to after the checkpoint was written.
      await Promise.race([gone, pause(wholeMs * (0.5 + ((round * 37) % 50) / 100))]);
      run.kill('SIGKILL');
      const [, signal] = (await gone) as [number | null, string | null];
      if (signal === 'SIGKILL') killed += 1;
      if (out.includes('Recorded as entry')) acknowledged += 1;
    }
    const last = holdfast(cwd, 'check', '--record');
    assert.match(last.stdout, /Recorded as entry/, last.stderr);
    const { verdict, size } = json(cwd, 'log-verify', 'log', 'verify');
    assert.equal(verdict, 'verified');
    assert.ok(Number(size) > acknowledged, `${Number(size)} entries, ${acknowledged} acknowledged`);
  });

  const NO_ULIMIT = process.platform === 'win32' && 'no ulimit';
  it('records nothing on a full disk, says so, and goes on when there is room', { skip: NO_ULIMIT }, () => {
    const cwd = place();
    holdfast(cwd, 'check', '--record');
    const before = json(cwd, 'log-verify', 'log', 'verify')['size'];
    const limited = `trap '' XFSZ; ulimit -f 8; exec "$0" "$@"`;
    const full = spawnSync('sh', ['-c', limited, process.execPath, bin, 'check', '--record'], {
      cwd,
      env: ENV,
      encoding: 'utf8',
    });
    assert.equal(full.status, 1, full.stderr);
    assert.match(full.stdout, /Evidence is kept/);
    assert.doesNotMatch(full.stdout, /Recorded as/);
    assert.match(full.stderr, /\[(?:DB_FULL|DB_DISK_FAILED|FILE_UNWRITABLE|DB_BUSY|DB_READ_ONLY)\]/);
    const answer = json(cwd, 'log-verify', 'log', 'verify');
    assert.deepEqual([answer['verdict'], answer['size']], ['verified', before]);
    assert.match(holdfast(cwd, 'check', '--record').stdout, /Recorded as entry 1 /);
  });

  const ids = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  it('says which folder it may not write to, and shows what it measured', { skip: NO_ULIMIT }, () => {
    const cwd = place();
    chmodSync(folder, 0o755);
    mkdirSync(join(cwd, 'data'), { mode: 0o555 });
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'check', '--record'], {
      cwd,
      env: ENV,
      encoding: 'utf8',
      ...ids,
    });
    assert.equal(status, 1, stderr);
    assert.match(stdout, /Evidence is kept/);
    assert.match(stderr, /data.*\n.*\[DB_READ_ONLY\]/);
  });
});

describe('holdfast check --record on PostgreSQL', { skip: NO_POSTGRES }, () => {
  it('keeps the log there, and the key and the newest checkpoint in the data folder', async () => {
    const { host, user, database } = await (await sharedPostgres()).createDatabase();
    const env = {
      ...ENV,
      PGUSER: user ?? '',
      HOLDFAST_DATABASE_URL: `postgres:///${database}?host=${encodeURIComponent(host)}`,
    };
    const cwd = place();
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [bin, ...args], { cwd, env, encoding: 'utf8' });
    assert.match(run('check', '--record').stdout, /\nRecorded as entry 0 of /);
    assert.deepEqual(readdirSync(join(cwd, 'data')).toSorted(), ['log.checkpoint', 'log.key', 'log.vkey']);
    const { status, stdout, stderr } = run('check', '--record');
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /● kept +Evidence is kept/);
    assert.equal(run('log', 'verify').status, 0);
    assert.equal(run('log', 'export', 'evidence').status, 0);
    assert.equal(spawnSync(process.execPath, ['evidence/verify.mjs', 'evidence'], { cwd }).status, 0);
    // From another folder the log is there and its key is not: nothing is begun beside it.
    assert.match(run('check', '--record', '--data', 'elsewhere').stderr, /--data.*\[LOG_KEY_MISSING\]/);
  });
});

describe('the package', () => {
  it('never holds the log of whoever packs it', () => {
    const key = join(ROOT, 'data', 'log.key');
    const stands = existsSync(key);
    if (!stands) writeFileSync(key, 'not a key\n');
    try {
      const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      const [{ files }] = JSON.parse(listed) as [{ files: { path: string }[] }];
      assert.deepEqual(
        files.map(({ path }) => path).filter((path) => path.startsWith('data/')),
        ['data/advisories.idx', 'data/symbols.json'],
      );
      assert.equal(execFileSync('git', ['status', '--porcelain', 'data'], { cwd: ROOT, encoding: 'utf8' }), '');
    } finally {
      if (!stands) rmSync(key);
    }
  });
});
