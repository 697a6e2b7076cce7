/**
 * An export, a running service, our proofs and our signature by the judgement of somebody else: Go's checksum database packages (main.go).
 *
 * Needs Go and golang.org/x/mod in its module cache (`go mod download` in this folder, once); says loudly when they are not there.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { base64 } from '../../src/lib/bytes.ts';
import { EPOCH, type Millis } from '../../src/lib/time.ts';
import { LOG_TABLES } from '../../src/log/log-tables.ts';
import { appendEntry, recordInLog, signCheckpoint } from '../../src/log/log.actions.ts';
import { CompactRange, hashLeaf, type Hash } from '../../src/log/merkle.ts';
import { proveConsistency, proveInclusion } from '../../src/log/proof.ts';
import { encodeBundle, tilePath } from '../../src/log/tile.ts';
import { openDatabase } from '../../src/platform/db.ts';
import { migrate } from '../../src/platform/migrations.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { listening, logService } from '../support/log-service.ts';
import { entriesOf, leafBytes, type Pack, packOf } from '../support/log.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-interop-'));
after(() => rmSync(folder, { recursive: true }));

/** Without the network: a test that fetches code is none of ours. */
const go = (args: readonly string[], input = '') =>
  spawnSync('go', args, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    input,
    timeout: 120_000,
    env: { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' },
  });

function missing(): string | false {
  if (go(['version']).status !== 0) return 'NOT RUN: Go is not installed, so nobody else has judged our log';
  const built = go(['build', '-o', join(folder, 'interop'), '.']);
  if (built.status === 0) return false;
  if (/GOPROXY=off|go\.mod requires go/.test(built.stderr))
    return `NOT RUN, \`go mod download\` in test/interop may help: ${built.stderr.trim().split('\n').at(-1)}`;
  throw new Error(built.stderr);
}

const SIZE = 70_000;
const SERVED = 1_000;

function write(name: string, pack: Pack): string {
  const place = join(folder, name);
  for (const [path, bytes] of pack) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), bytes);
  }
  return place;
}

/** At every size from 0. */
function rootsOf(entries: readonly Uint8Array[]): readonly Hash[] {
  const range = new CompactRange();
  return [
    range.root(),
    ...entries.map((entry) => {
      range.append(hashLeaf(entry));
      return range.root();
    }),
  ];
}

describe("Go's checksum database", { skip: missing() }, () => {
  it('opens our checkpoint, finds our tree, our tiles and our proofs to be its own, and a changed byte', async () => {
    const entries = entriesOf(SIZE);
    const pack = await packOf(entries);
    const place = write('log', pack);
    const readTile = async (level: number, index: number, width: number): Promise<Uint8Array> =>
      pack.get(`log/${tilePath({ level, index, width })}`)!;
    const roots = rootsOf(entries);
    const root = base64(roots[SIZE]!);
    const inclusion = await Promise.all(
      [0, 1, 255, 256, 46_666, 65_535, 65_536, 69_888, 69_999].map(async (index) => ({
        Index: index,
        Size: SIZE,
        Root: root,
        Proof: (await proveInclusion(index, SIZE, readTile)).map(base64),
      })),
    );
    const consistency = await Promise.all(
      [1, 255, 256, 257, 46_666, 65_536, 69_888, 69_999].map(async (size) => ({
        OldSize: size,
        NewSize: SIZE,
        OldRoot: base64(roots[size]!),
        NewRoot: root,
        Proof: (await proveConsistency(size, SIZE, readTile)).map(base64),
      })),
    );
    const proofs = JSON.stringify({ Inclusion: inclusion, Consistency: consistency });
    const check = () =>
      spawnSync(join(folder, 'interop'), [place], { encoding: 'utf8', input: proofs, timeout: 60_000 });
    const good = check();
    assert.deepEqual(
      [good.status, good.stdout, good.stderr],
      [0, '70000 entries, 277 tiles, 9 inclusion proofs, 8 consistency proofs\n', ''],
    );
    const changed = entries
      .slice(46_592, 46_848)
      .map((entry, at) => (at === 74 ? leafBytes(46_666, { actor: 'staff-8' }) : entry));
    writeFileSync(join(place, 'log', tilePath({ level: 'entries', index: 182, width: 256 })), encodeBundle(changed));
    const bad = check();
    assert.equal(bad.status, 1);
    assert.match(bad.stderr, /^the tree has the root /);
  });

  it('finds the log that a running service serves to a token to be its own', { timeout: 120_000 }, async () => {
    const db = await openDatabase({ engine: 'sqlite', path: join(folder, 'served', 'holdfast.db') });
    await migrate(db, [LOG_TABLES], EPOCH);
    const log = { db, folder: join(folder, 'served'), random: systemRandom };
    await recordInLog(log, async (tx) => {
      const entry = { type: 'log.heartbeat', actor: null, subject: null, data: {}, state: null };
      for (let at = 0; at < SERVED; at++) await appendEntry(tx, entry, EPOCH);
    });
    await signCheckpoint(log, EPOCH, 0 as Millis);
    // What asks is Go, in a process of its own; the name of the viewer stands for the token.
    const { origin, server } = await listening(logService(log, () => EPOCH));
    const check = async (...token: readonly string[]) => {
      const child = spawn(join(folder, 'interop'), [origin, ...token], { timeout: 60_000 });
      child.stdin.end(JSON.stringify({ Inclusion: [], Consistency: [] }));
      const said = { out: '', err: '' };
      child.stdout.on('data', (text) => (said.out += String(text)));
      child.stderr.on('data', (text) => (said.err += String(text)));
      await once(child, 'close');
      return said;
    };
    assert.deepEqual(await check('token'), {
      out: '1000 entries, 5 tiles, 0 inclusion proofs, 0 consistency proofs\n',
      err: '',
    });
    assert.match((await check('guessed')).err, /checkpoint: 401/);
    server.close();
    await db.close();
  });
});
