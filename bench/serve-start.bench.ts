/**
 * How long after `holdfast serve` the first page is there, and what an idle service holds in memory.
 *
 * Decisions: may a service be restarted for an update while people work? Yes while the first page takes at most 400 ms. Does it fit beside
 * other programs on the smallest machine that is rented? Yes while an idle one holds at most 120 MB. On SQLite, with the policy of this
 * repository, each start a fresh process; the first start makes the database. Needs dist/ (`npm run prepare`).
 * Run: `node bench/serve-start.bench.ts [STARTS]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { machine, median } from './support.ts';

const STARTS = Number(process.argv[2] ?? 11);
const IDLE_MS = 10_000;
const root = join(import.meta.dirname, '..');

/** Opens its own connection; gives the status. */
function status(url: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  get(url, { agent: false }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0));
  }).on('error', reject);
  return promise;
}

const residentMb = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024);

/** @returns milliseconds from the start of the process to the end of the first page */
async function startOnce(
  data: string,
  idle: boolean,
): Promise<{ readonly ms: number; readonly idleMb: number | null }> {
  const begin = performance.now();
  const child = spawn(process.execPath, [join(root, 'bin', 'holdfast.cjs'), 'serve', '--data', data], {
    cwd: root,
    env: { ...process.env, HOLDFAST_PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout });
  let origin: string | undefined;
  for await (const line of lines) {
    origin = / serves at (\S+)/.exec(line)?.[1];
    if (origin !== undefined) break;
  }
  child.stdout.resume();
  const answered = await status(`${origin}/`);
  const ms = performance.now() - begin;
  if (answered !== 200) throw new Error(`the first page answered ${answered}`);
  let idleMb: number | null = null;
  if (idle) {
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    idleMb = residentMb(child.pid ?? 0);
  }
  child.kill('SIGTERM');
  await once(child, 'exit');
  return { ms, idleMb };
}

console.log(machine());
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
try {
  const fresh: number[] = [];
  const again: number[] = [];
  const idle: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const data = join(folder, String(start));
    fresh.push((await startOnce(data, false)).ms);
    const { ms, idleMb } = await startOnce(data, start < 3);
    again.push(ms);
    if (idleMb !== null) idle.push(idleMb);
  }
  const show = (values: readonly number[]): string =>
    `median ${median(values).toFixed(0)}  [${values.map((value) => value.toFixed(0)).join(' ')}]`;
  console.log(`first page, new database       ms ${show(fresh)}`);
  console.log(`first page, existing database  ms ${show(again)}`);
  console.log(`resident after ${IDLE_MS / 1_000} s idle       MB ${show(idle)}`);
} finally {
  rmSync(folder, { recursive: true });
}
