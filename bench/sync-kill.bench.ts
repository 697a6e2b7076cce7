/**
 * What is left of an index after `holdfast db sync` was killed, many times over.
 *
 * Question: does any moment exist at which a kill leaves an index that is neither the old nor the new one, or a run that cannot go
 * on? The tests kill 22 times; this kills KILLS times (default 300) and ends with the number of bad ones, which has to be 0.
 * Run: `KILLS=300 node bench/sync-kill.bench.ts`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IndexReader } from '../src/advisory/index-reader.client.ts';
import { startMirror } from '../test/support/osv-mirror.ts';
import { machine } from './support.ts';

const KILLS = Number(process.env['KILLS'] ?? 300);
const RECORDS = 5_000;
const holdfast = join(import.meta.dirname, '..', 'bin', 'holdfast.cjs');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-'));
const out = join(folder, 'advisories.idx');
const mirror = await startMirror();

const record = (id: string, modified: string) => ({
  id,
  modified,
  affected: [
    {
      package: { ecosystem: 'npm', name: id.toLowerCase() },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
    },
  ],
});
const old = Array.from({ length: RECORDS }, (_, i) => record(`GHSA-${i}`, '2026-11-20T10:00:00Z'));

function sync(killAfterMs: number | null, ...more: string[]): Promise<number | null> {
  const args = [holdfast, 'db', 'sync', '--from', mirror.url, '--ecosystem', 'npm', '--out', out, ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const timer = killAfterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) =>
    child.on('close', (status) => {
      if (timer !== null) clearTimeout(timer);
      resolve(status);
    }),
  );
}

function advisories(): number | null {
  try {
    const index = new IndexReader(out);
    index.verify();
    index.close();
    return index.header.counts.advisories;
  } catch {
    return null;
  }
}

console.log(machine());
mirror.publish('npm', old);
const begin = performance.now();
await sync(null);
const wholeMs = performance.now() - begin;
const counts = { killed: 0, oldStands: 0, newStands: 0, bad: 0, notRecovered: 0 };
for (let round = 1; counts.killed < KILLS && round < KILLS * 4; round++) {
  const before = advisories();
  const more = Array.from({ length: round % 500 }, (_, i) => record(`NEW-${round}-${i}`, '2026-11-21T10:00:00Z'));
  mirror.publish('npm', [...old, ...more]);
  const full = round % 2 === 0;
  const status = await sync(20 + Math.random() * wholeMs, ...(full ? ['--full'] : []));
  if (status !== null) continue;
  counts.killed++;
  const now = advisories();
  if (now === null) counts.bad++;
  else if (now === before) counts.oldStands++;
  else counts.newStands++;
  if (counts.killed % 5 === 0) {
    const recovered = await sync(null, '--full');
    if (recovered === 0 && advisories() === RECORDS + more.length) continue;
    counts.notRecovered++;
    console.log(`round ${round}: exit ${recovered}, ${advisories()} advisories instead of ${RECORDS + more.length}`);
  }
}
await sync(null, '--full');
console.log(
  counts,
  `one run takes ${wholeMs.toFixed(0)} ms; left in the folder: ${readdirSync(folder).join(' ')}, in its own: ${readdirSync(`${out}.sync`).length}`,
);
await mirror.close();
rmSync(folder, { recursive: true });
