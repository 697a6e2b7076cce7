/**
 * How long `holdfast db sync` takes against a mirror on this machine: everything (220,000 records), what changed (1,000 records), nothing.
 *
 * Decision: may a CI run sync before each scan? Yes while "what changed" stays in the order of seconds over a loopback, where only
 * our own work and the round trips count. Whole processes, a fresh one each round; the mirror runs in a process of its own.
 * Run: `HOLDFAST_CORPUS=DIR node bench/sync.bench.ts`.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, createReadStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { listOf, startMirror, type OsvRecord } from '../test/support/osv-mirror.ts';
import { makeZip, type ZipEntry } from '../test/support/zip.ts';
import { machine, report, type Measured } from './support.ts';
import { syntheticDelta, syntheticOsv } from './synthetic-osv.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const folder = join(tmpdir(), 'holdfast-bench');
const holdfast = join(import.meta.dirname, '..', 'bin', 'holdfast.cjs');
const base = join(folder, 'sync-before.idx');
const out = join(folder, 'sync.idx');

if (process.argv[2] === 'mirror') await serve();
else await run();

async function run(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  rmSync(base, { force: true });
  const mirror = spawn(process.execPath, [import.meta.filename, 'mirror'], { stdio: ['ipc', 'inherit', 'inherit'] });
  const next = (): Promise<unknown> => new Promise((resolve) => mirror.once('message', resolve));
  const url = String(await next());
  console.log(machine());

  const ms: Record<string, number[]> = { everything: [], 'what changed': [], nothing: [] };
  const rss: Record<string, number> = {};
  /** That each variant did what its name says. */
  const changes: Record<string, string> = {};
  const sync = async (name: string, path: string, ...more: string[]): Promise<void> => {
    const begin = performance.now();
    const args = ['db', 'sync', '--json', '--from', url, '--ecosystem', 'npm', '--out', path, ...more];
    const { peakMb, answer } = await holdfastSync(args);
    ms[name]?.push(performance.now() - begin);
    rss[name] = Math.max(rss[name] ?? 0, peakMb);
    changes[name] =
      `${answer.mode} ${JSON.stringify(answer.changes)}, ${answer.ecosystems[0]?.records} records fetched`;
  };
  await sync('first', base);
  for (let round = 0; round < ROUNDS; round++) await sync('everything', out, '--full');
  mirror.send('change');
  await next();
  for (let round = 0; round < ROUNDS; round++) {
    copyFileSync(base, out);
    await sync('what changed', out);
    await sync('nothing', out);
  }
  console.log(changes);
  console.log(`index of ${statSync(out).size} bytes`);
  const measured: Measured[] = Object.keys(ms).map((name) => ({
    name,
    ms: ms[name] ?? [],
    rssMb: Math.round(rss[name] ?? 0),
  }));
  report(measured, 'everything');
  mirror.disconnect();
}

interface Answer {
  readonly mode: string;
  readonly changes: object | null;
  readonly ecosystems: readonly { readonly records: number }[];
}

function holdfastSync(args: readonly string[]): Promise<{ readonly peakMb: number; readonly answer: Answer }> {
  return new Promise((resolve, reject) => {
    const timed = ['time', '-f', 'RSS=%M', process.execPath, holdfast, ...args];
    const child = spawn('/usr/bin/env', timed, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let answer = '';
    child.stdout.on('data', (piece: Buffer) => (answer += piece));
    child.stderr.on('data', (piece: Buffer) => (said += piece));
    child.on('close', (status) => {
      const peakMb = Number(/RSS=(\d+)/.exec(said)?.[1] ?? 0) / 1_024;
      if (status === 0) resolve({ peakMb, answer: JSON.parse(answer) as Answer });
      else reject(new Error(`exit ${status}: ${said}`));
    });
  });
}

async function serve(): Promise<void> {
  const corpus = process.env['HOLDFAST_CORPUS'];
  if (corpus === undefined) throw new Error('set HOLDFAST_CORPUS to a folder with advisories/');
  const source = await syntheticOsv(corpus, join(folder, 'npm-220000.ndjson'));
  const mirror = await startMirror();
  const listed = new Map<string, OsvRecord>();
  const entries: ZipEntry[] = [];
  for await (const line of createInterface({ input: createReadStream(source) })) {
    const { id, modified } = JSON.parse(line) as OsvRecord;
    listed.set(id, { id, modified });
    entries.push({ name: `${id}.json`, data: line });
  }
  mirror.put('/npm/all.zip', makeZip(entries));
  mirror.put('/npm/modified_id.csv', listOf([...listed.values()]));
  process.on('message', () => {
    void syntheticDelta(source).then((changed) => {
      const newest = (changed as readonly OsvRecord[]).reduce(
        (at, { modified }) => (modified > at ? modified : at),
        '',
      );
      for (const each of changed as readonly OsvRecord[]) {
        // Also the new ones carry the date of their appearance, as OSV's do.
        const record = { ...each, modified: newest };
        listed.set(record.id, { id: record.id, modified: record.modified });
        mirror.put(`/npm/${record.id}.json`, JSON.stringify(record));
      }
      mirror.put('/npm/modified_id.csv', listOf([...listed.values()]));
      process.send?.('changed');
    });
  });
  process.on('disconnect', () => process.exit());
  process.send?.(mirror.url);
}
