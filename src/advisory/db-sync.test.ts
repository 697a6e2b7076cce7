/** `holdfast db sync` and `db status` as processes of their own: what they print, their exit codes, and what a kill or a full disk leaves. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { CANNOT_MOUNT, onSmallDisk } from '../../test/support/small-disk.ts';
import { answers, startMirror, type Mirror } from '../../test/support/osv-mirror.ts';
import { IndexReader } from './index-reader.client.ts';

const cli = join(import.meta.dirname, '..', 'cli.ts');
const home = mkdtempSync(join(tmpdir(), 'holdfast-db-sync-'));
after(() => rmSync(home, { recursive: true, force: true }));

let mirror: Mirror;
let folder: string;
let out: string;
beforeEach(async () => {
  mirror = await startMirror();
  folder = mkdtempSync(join(home, 'run-'));
  out = join(folder, 'advisories.idx');
});
afterEach(() => mirror.close());

interface Osv {
  readonly id: string;
  readonly modified: string;
  readonly affected: readonly object[];
}
const record = (id: string, ecosystem: string, modified = '2026-11-20T10:00:00Z'): Osv => ({
  id,
  modified,
  affected: [
    { package: { ecosystem, name: id.toLowerCase() }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] },
  ],
});
const recordsOf = (count: number, ecosystem: string, prefix = 'GHSA'): Osv[] =>
  Array.from({ length: count }, (_, i) => record(`${prefix}-${i}`, ecosystem));

function publish(npm: readonly Osv[], maven: readonly Osv[] = recordsOf(1, 'Maven', 'MVN')): void {
  mirror.publish('npm', npm);
  mirror.publish('Maven', maven);
}

/** Root may write anywhere; what root starts as nobody may not. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const NOBODY_MAY_READ =
  spawnSync(process.execPath, [cli, '--version'], { ...NOBODY, stdio: 'ignore' }).status !== 0 &&
  'this folder is readable for root only';

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end, or kills it after `killAfterMs`; `shell` is put before the command. */
function holdfast(
  args: readonly string[],
  options: { killAfterMs?: number; env?: object; shell?: string; asNobody?: boolean } = {},
): Promise<Ended> {
  const command =
    options.shell === undefined ? [process.execPath, cli] : ['sh', '-c', options.shell, process.execPath, cli];
  return new Promise((resolve) => {
    const [program = '', ...rest] = command;
    const child = spawn(program, [...rest, ...args], {
      env: { PATH: process.env['PATH'], HOME: home, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.asNobody === true ? NOBODY : {}),
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (piece: Buffer) => (said.stdout += piece));
    child.stderr.on('data', (piece: Buffer) => (said.stderr += piece));
    const timer =
      options.killAfterMs === undefined ? null : setTimeout(() => child.kill('SIGKILL'), options.killAfterMs);
    child.on('close', (status) => {
      if (timer !== null) clearTimeout(timer);
      resolve({ status, ...said });
    });
  });
}

const sync = (options: Parameters<typeof holdfast>[1] = {}, ...more: string[]): Promise<Ended> =>
  holdfast(['db', 'sync', '--from', mirror.url, '--out', out, ...more], options);

function inspect<T>(question: (index: IndexReader) => T): T {
  const index = new IndexReader(out);
  try {
    index.verify();
    return question(index);
  } finally {
    index.close();
  }
}
const advisories = (): number => inspect(({ header }) => header.counts.advisories);

describe('holdfast db sync', () => {
  it('says from where it took what, what changed, how old it is and what to do next; and is quiet on the error stream', async () => {
    publish(recordsOf(3, 'npm'));
    const first = await sync();
    assert.deepEqual([first.status, first.stderr], [0, '']);
    assert.match(first.stdout, /advisories\.idx: 4 advisories for 4 packages, [\d,]+ bytes\n/);
    assert.match(first.stdout, /from {11}http:\/\/127\.0\.0\.1:\d+\n/);
    assert.match(first.stdout, /fetched {8}everything: there was no index yet\n/);
    assert.match(first.stdout, /newest record {2}2026-11-20 \(.* ago\)\n/);
    publish([...recordsOf(2, 'npm'), record('GHSA-7', 'npm', '2026-11-21T10:00:00Z')]);
    const second = await sync();
    assert.match(second.stdout, /fetched {8}what changed\n/);
    assert.match(second.stdout, /changes {8}1 added, 0 changed, 0 withdrawn\n/);
    assert.match(second.stdout, /\nScans use .*\. Next: holdfast scan --db .*advisories\.idx\n$/);
  });

  it('keeps the index in the cache of the person fresh, which scans then use', async () => {
    publish(recordsOf(3, 'npm'));
    const { status, stdout } = await holdfast(['db', 'sync'], { env: { HOLDFAST_OSV_URL: mirror.url, HOME: folder } });
    assert.equal(status, 0);
    assert.match(stdout, /\nNext: holdfast scan\n$/);
    const { stdout: state } = await holdfast(['db', 'status'], { env: { HOME: folder } });
    assert.match(state, /\.cache\/holdfast\/advisories\.idx \(cache\): intact/);
  });

  it('answers in JSON of its published schema, complete or not', async () => {
    const ajv = new Ajv2020({ allErrors: true, strict: true });
    formats.default(ajv);
    const schema = JSON.parse(
      readFileSync(new URL('../../docs/formats/db-sync.schema.json', import.meta.url), 'utf8'),
    ) as object;
    const validate = ajv.compile(schema);
    publish(recordsOf(3, 'npm'));
    mirror.put('/kev.json', '{"vulnerabilities":[{"cveID":"CVE-2026-0001"}]}');
    const runs: [string[], number, string][] = [
      [['--kev', `${mirror.url}/kev.json`], 0, 'full'],
      [['--epss', `${mirror.url}/missing.csv`], 3, 'delta'],
      [['--full'], 0, 'full'],
    ];
    for (const [args, code, mode] of runs) {
      const { status, stdout } = await sync({}, '--json', ...args);
      const answer = JSON.parse(stdout) as { mode: string; complete: boolean };
      assert.ok(validate(answer), JSON.stringify(validate.errors));
      assert.deepEqual([status, answer.mode, answer.complete], [code, mode, code === 0]);
    }
  });

  it('ends with 3, and says what is missing, when a feed could not be renewed', async () => {
    publish(recordsOf(3, 'npm'));
    const { status, stdout } = await sync({}, '--kev', `${mirror.url}/kev.json`);
    assert.equal(status, 3);
    assert.match(stdout, /KEV {12}none: http:\/\/127\.0\.0\.1:\d+\/kev\.json: it answered with status 404\n/);
    assert.match(stdout, /incomplete/);
  });

  it('ends with 1 and the next step when the source fails, and with 64 for wrong use', async () => {
    publish(recordsOf(3, 'npm'));
    mirror.fail('/Maven/all.zip', answers(404), 9);
    const failed = await sync();
    assert.deepEqual([failed.status, failed.stdout], [1, '']);
    assert.match(
      failed.stderr,
      /Maven\/all\.zip: it answered with status 404\n {2}The index was not changed\..*\[SYNC_UNREACHABLE\]/,
    );
    assert.equal((await holdfast(['db', 'sync', '--form', 'x'])).status, 64);
    assert.equal((await sync({}, '--ecosystem', '../x')).status, 64);
    const clear = await holdfast(['db', 'sync', '--from', 'http://osv.example', '--out', out]);
    assert.deepEqual([clear.status, /\[SYNC_REFUSED\]/.test(clear.stderr)], [1, true]);
  });
});

describe('holdfast db status', () => {
  it('says from where an index was synced, how far each list was followed, and of when the feeds are', async () => {
    publish(recordsOf(3, 'npm'));
    mirror.put('/kev.json', '{"vulnerabilities":[{"cveID":"CVE-2026-0001"}]}');
    const from = mirror.url.replace('//', '//anna:geheim@');
    await holdfast(['db', 'sync', '--from', from, '--out', out, '--kev', `${from}/kev.json`]);
    const { status, stdout } = await holdfast(['db', 'status', '--db', out]);
    assert.equal(status, 0);
    assert.match(stdout, /synced from {4}http:\/\/127\.0\.0\.1:\d+\n/);
    assert.match(stdout, /npm {12}changes followed up to 2026-11-20T10:00:00Z, looked at \d{4}-\d\d-\d\d \(.* ago\)\n/);
    assert.match(stdout, /KEV {12}of \d{4}-\d\d-\d\d \(.* ago\), from http:\/\/127\.0\.0\.1:\d+\/kev\.json\n/);
    assert.ok(!stdout.includes('geheim'));
    const answer = JSON.parse((await holdfast(['db', 'status', '--db', out, '--json'])).stdout) as {
      sync: { base: string; cursors: Record<string, { modified: string }> };
    };
    assert.deepEqual([answer.sync.base, answer.sync.cursors['npm']?.modified], [mirror.url, '2026-11-20T10:00:00Z']);
  });
});

/** A linear congruential generator (Numerical Recipes): a kill that failed once fails again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a sync that is killed', () => {
  const KILLS = 22;

  it('at any moment leaves the whole old or the whole new index, and the next one recovers', {
    timeout: 240_000,
  }, async () => {
    const sizes = [1_000];
    publish(recordsOf(1_000, 'npm'));
    const begin = performance.now();
    assert.equal((await sync()).status, 0);
    const wholeMs = performance.now() - begin;
    const random = generator(20261124);
    let killed = 0;
    for (let round = 1; killed < KILLS; round++) {
      assert.ok(round < KILLS * 3, 'most runs were killed in time');
      // Each round has one record more, so that its index is told from every other by its count.
      const added = Array.from({ length: round }, (_, i) => record(`NEW-${i}`, 'npm', '2026-11-21T10:00:00Z'));
      publish([...recordsOf(1_000, 'npm'), ...added]);
      sizes.push(1_000 + round);
      const full = round % 2 === 0 ? ['--full'] : [];
      const { status } = await sync({ killAfterMs: 40 + random() * wholeMs }, ...full);
      if (status === null) killed++;
      assert.ok(sizes.includes(advisories() - 1), `round ${round}`);
      if (killed % 6 === 5 && status === null) {
        assert.equal((await sync()).status, 0);
        assert.equal(advisories(), 1_000 + round + 1);
      }
    }
    assert.equal((await sync({}, '--full')).status, 0);
    // Nothing of all the killed ones is left.
    assert.deepEqual(readdirSync(folder).sort(), ['advisories.idx', 'advisories.idx.sync']);
    assert.deepEqual(readdirSync(`${out}.sync`), []);
  });
});

describe('a sync without room', () => {
  const NO_ULIMIT = process.platform === 'win32' && 'no ulimit';

  /** 0.2 MB as an archive, 2 MB as an index: versions that are listed one by one pack well, and stand unpacked in an index. */
  const large = (): Osv[] =>
    Array.from({ length: 300 }, (_, i) => ({
      id: `LARGE-${i}`,
      modified: '2026-11-20T10:00:00Z',
      affected: [
        {
          package: { ecosystem: 'npm', name: `large-${i}` },
          versions: Array.from({ length: 600 }, (__, v) => `1.${i}.${v}`),
        },
      ],
    }));

  it('for the archive, or for the index, fails, keeps the old index and leaves nothing that fills the disk', {
    skip: NO_ULIMIT,
  }, async () => {
    publish(recordsOf(3, 'npm'));
    assert.equal((await sync()).status, 0);
    const before = readFileSync(out);
    publish(large());
    const archive = mirror.files.get('/npm/all.zip')?.bytes.length ?? 0;
    // A limit for the size of files (in units of 512 bytes), with its signal ignored, makes write(2) fail as a full disk does.
    for (const [bytes, what] of [
      [archive / 2, /npm\.zip\.part could not be written/],
      [archive * 2, /advisories\.idx could not be written/],
    ] as const) {
      const limited = `trap '' XFSZ; ulimit -f ${Math.ceil(bytes / 512)}; exec "$0" "$@"`;
      const { status, stderr } = await sync({ shell: limited }, '--full');
      assert.equal(status, 1);
      assert.match(stderr, what);
      assert.match(stderr, /\[FILE_UNWRITABLE\]/);
      assert.ok(readFileSync(out).equals(before));
      assert.deepEqual(readdirSync(folder).sort(), ['advisories.idx', 'advisories.idx.sync']);
      assert.deepEqual(
        readdirSync(`${out}.sync`).filter((name) => name.includes('part') && !name.endsWith('json')),
        [],
      );
    }
  });

  it('on a file system that is really full does the same', { skip: CANNOT_MOUNT }, async () => {
    const small = join(folder, 'small');
    await onSmallDisk(small, 640, async () => {
      out = join(small, 'advisories.idx');
      publish(recordsOf(3, 'npm'));
      assert.equal((await sync()).status, 0);
      const before = readFileSync(out);
      publish(large());
      for (let run = 0; run < 3; run++) {
        const { status, stderr } = await sync({}, '--full');
        assert.deepEqual([status, /\[FILE_UNWRITABLE\]/.test(stderr)], [1, true], stderr);
        assert.ok(readFileSync(out).equals(before));
      }
      publish(recordsOf(4, 'npm'));
      assert.equal((await sync()).status, 0);
    });
  });

  it('to write at all says so before it asks for anything', { skip: NOBODY_MAY_READ }, async () => {
    publish(recordsOf(3, 'npm'));
    chmodSync(home, 0o755);
    chmodSync(folder, 0o555);
    const { status, stderr } = await sync({ asNobody: true });
    chmodSync(folder, 0o755);
    assert.deepEqual([status, /\[FILE_UNWRITABLE\]/.test(stderr), mirror.asked], [1, true, []], stderr);
  });

  it('because a file stands where its folder should be says so before it asks for anything', async () => {
    publish(recordsOf(3, 'npm'));
    out = join(cli, 'advisories.idx');
    const { status, stderr } = await sync();
    assert.deepEqual([status, /\[FILE_UNWRITABLE\]/.test(stderr), mirror.asked], [1, true, []]);
  });
});
