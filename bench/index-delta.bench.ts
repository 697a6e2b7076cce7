/**
 * How long it takes to bring an index of 220,000 advisories up to date by 1,000 records that changed.
 *
 * Decision: may a sync update the index in place of building it anew, on every run? Yes while it stays under 0.5 s, its
 * durable write included. The index holds 300,000 EPSS scores besides, kept in one variant and all replaced in the other. Each round is a fresh process that updates a fresh copy of the index, in process: one call of
 * `updateIndex`, measured from outside, and the calls of the system inside it by wrapping them.
 *
 * Run: `HOLDFAST_CORPUS=DIR node bench/index-delta.bench.ts`.
 */
import { spawnSync } from 'node:child_process';
import type crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine, median } from './support.ts';
import { syntheticDelta, syntheticOsv, syntheticScores } from './synthetic-osv.ts';

const folder = join(tmpdir(), 'holdfast-bench');
const index = join(folder, 'npm-220000-for-delta.idx');
const delta = join(folder, 'npm-220000-delta.json');
const copy = join(folder, 'npm-220000-updated.idx');

const KEPT = 'scores kept';
const REPLACED = 'scores and catalogue replaced';

interface Round {
  readonly all: number;
  /** Of this process on all processors: what a busy machine does not stretch. */
  readonly cpu: number;
  readonly hash: number;
  readonly write: number;
  readonly fsync: number;
  readonly rssMb: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

if (process.argv[2] === 'round') console.log(JSON.stringify(await round(process.argv[3] === REPLACED)));
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
  await buildIndex({ out: index, sources: [source], built, epss: syntheticScores(0.1), onProgress: () => undefined });

  console.log(machine());
  const rounds: Readonly<Record<string, Round[]>> = { [KEPT]: [], [REPLACED]: [] };
  for (let i = 0; i < Number(process.env['ROUNDS'] ?? 7); i++) {
    for (const variant of i % 2 === 0 ? [KEPT, REPLACED] : [REPLACED, KEPT]) {
      fs.copyFileSync(index, copy);
      const args = [import.meta.filename, 'round', variant];
      const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      rounds[variant]?.push(JSON.parse(stdout) as Round);
    }
  }
  console.log(`${fs.statSync(index).size} bytes before, ${fs.statSync(copy).size} after`);
  for (const [variant, each] of Object.entries(rounds)) table(variant, each);
}

function table(variant: string, rounds: readonly Round[]): void {
  const [first] = rounds;
  console.log(
    `${variant}: ${first?.added} added, ${first?.changed} changed, ${first?.removed} removed, ${first?.unchanged} unchanged`,
  );
  const row = (name: string, of: (each: Round) => number): void =>
    console.log(
      `  ${name.padEnd(22)} median ${median(rounds.map(of)).toFixed(1).padStart(7)}  [${rounds.map((each) => of(each).toFixed(0)).join(' ')}]`,
    );
  row('updateIndex, ms', ({ all }) => all);
  row('without fsync, ms', ({ all, fsync }) => all - fsync);
  row('read and merge, ms', ({ all, hash, write, fsync }) => all - hash - write - fsync);
  row('processor time, ms', ({ cpu }) => cpu);
  row('hash, ms', ({ hash }) => hash);
  row('write, ms', ({ write }) => write);
  row('fsync, ms', ({ fsync }) => fsync);
  row('resident, MB', ({ rssMb }) => rssMb);
}

async function round(replaced: boolean): Promise<Round> {
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
  const catalogues = replaced
    ? { exploited: [...syntheticScores(0.2).keys()].filter((_, i) => i % 200 === 0), epss: syntheticScores(0.2) }
    : { exploited: null, epss: null };
  const before = process.cpuUsage();
  const begin = performance.now();
  const report = await updateIndex({ path: copy, items, removed: [], ...catalogues, sync: null, built });
  const all = performance.now() - begin;
  const { user, system } = process.cpuUsage(before);
  const { added, changed, removed, unchanged } = report;
  return {
    all,
    cpu: (user + system) / 1_000,
    ...took,
    rssMb: process.memoryUsage().rss / 2 ** 20,
    added,
    changed,
    removed,
    unchanged,
  };
}
