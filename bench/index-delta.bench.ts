/**
 * How long it takes to bring an index of 220,000 advisories up to date by 1,000 records that changed.
 *
 * Decision: may a sync update the index in place of building it anew, on every run? Yes while it stays under 0.5 s, its
 * durable write included. Each round is a fresh process that updates a fresh copy of the index, in process: one call of
 * `updateIndex`, measured from outside, and the calls of the system inside it by wrapping them.
 *
 * Run: `HOLDFAST_CORPUS=DIR node bench/index-delta.bench.ts`.
 */
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine, median } from './support.ts';
import { syntheticDelta, syntheticOsv } from './synthetic-osv.ts';

const folder = join(tmpdir(), 'holdfast-bench');
const index = join(folder, 'npm-220000-for-delta.idx');
const delta = join(folder, 'npm-220000-delta.json');
const copy = join(folder, 'npm-220000-updated.idx');

interface Round {
  readonly all: number;
  readonly hash: number;
  readonly write: number;
  readonly fsync: number;
  readonly rssMb: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

if (process.argv[2] === 'round') console.log(JSON.stringify(await round()));
else await run();

async function run(): Promise<void> {
  const corpus = process.env['HOLDFAST_CORPUS'];
  if (corpus === undefined) throw new Error('set HOLDFAST_CORPUS to a folder with advisories/');
  fs.mkdirSync(folder, { recursive: true });
  const source = await syntheticOsv(corpus, join(folder, 'npm-220000.ndjson'));
  fs.writeFileSync(delta, JSON.stringify(await syntheticDelta(source)));
  const { buildIndex } = await import('../src/advisory/advisory-build.actions.ts');
  const { parseInstant } = await import('../src/lib/time.ts');
  const built = parseInstant('2026-11-24T00:00:00Z');
  if (built === null) throw new Error('no moment');
  await buildIndex({ out: index, sources: [source], built, onProgress: () => undefined });

  console.log(machine());
  const rounds: Round[] = [];
  for (let i = 0; i < Number(process.env['ROUNDS'] ?? 7); i++) {
    fs.copyFileSync(index, copy);
    const { stdout, stderr, status } = spawnSync(process.execPath, [import.meta.filename, 'round'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    rounds.push(JSON.parse(stdout) as Round);
  }
  const [first] = rounds;
  console.log(
    `${first?.added} added, ${first?.changed} changed, ${first?.removed} removed, ${first?.unchanged} unchanged; ${fs.statSync(index).size} bytes before, ${fs.statSync(copy).size} after`,
  );
  const row = (name: string, of: (each: Round) => number): void =>
    console.log(
      `${name.padEnd(24)} median ${median(rounds.map(of)).toFixed(1).padStart(7)}  [${rounds.map((each) => of(each).toFixed(0)).join(' ')}]`,
    );
  row('updateIndex, ms', ({ all }) => all);
  row('without fsync, ms', ({ all, fsync }) => all - fsync);
  row('read and merge, ms', ({ all, hash, write, fsync }) => all - hash - write - fsync);
  row('hash, ms', ({ hash }) => hash);
  row('write, ms', ({ write }) => write);
  row('fsync, ms', ({ fsync }) => fsync);
  row('resident, MB', ({ rssMb }) => rssMb);
}

async function round(): Promise<Round> {
  const took = { hash: 0, write: 0, fsync: 0 };
  const timed =
    <Args extends unknown[], Answer>(phase: keyof typeof took, call: (...args: Args) => Answer) =>
    (...args: Args): Answer => {
      const begin = performance.now();
      try {
        return call(...args);
      } finally {
        took[phase] += performance.now() - begin;
      }
    };
  fs.writeSync = timed('write', fs.writeSync) as typeof fs.writeSync;
  fs.fsyncSync = timed('fsync', fs.fsyncSync);
  const builtin = createRequire(import.meta.url)('node:crypto') as typeof crypto;
  const { createHash } = builtin;
  builtin.createHash = ((name: string) => {
    const hash = createHash(name);
    hash.update = timed('hash', hash.update.bind(hash)) as typeof hash.update;
    return hash;
  }) as typeof createHash;
  syncBuiltinESMExports();

  const { updateIndex } = await import('../src/advisory/advisory-update.actions.ts');
  const { parseInstant } = await import('../src/lib/time.ts');
  const built = parseInstant('2026-11-25T00:00:00Z');
  if (built === null) throw new Error('no moment');
  const values = JSON.parse(fs.readFileSync(delta, 'utf8')) as unknown[];
  const items = values.map((value) => ({ type: 'value' as const, value }));
  const begin = performance.now();
  const report = await updateIndex({ path: copy, items, removed: [], exploited: null, epss: null, sync: null, built });
  const all = performance.now() - begin;
  const { added, changed, removed, unchanged } = report;
  return { all, ...took, rssMb: process.memoryUsage().rss / 2 ** 20, added, changed, removed, unchanged };
}
