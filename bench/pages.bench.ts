/**
 * How long people wait for pages while 200 requests a second come in, with a log of a million entries.
 *
 * Decision: may pages read the database each time, on the thread that serves them, without a cache and without workers? Yes while the 99th
 * percentile stays at 50 ms and no page has more than 100 KB. One `holdfast serve` on SQLite, the load generator (autocannon) in this
 * process on the same machine, latencies corrected for coordinated omission. First all pages together for a minute, then each for itself.
 * Needs dist/ (`npm run prepare`) and 1 GB of temporary space. Run: `node bench/pages.bench.ts [ENTRIES] [SECONDS] [CONNECTIONS]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import autocannon from 'autocannon';
import { completeSetUp, offerSetUp } from '../src/auth/registration.actions.ts';
import type { Instant } from '../src/lib/time.ts';
import { appendEntry, openLog, recordInLog, signCheckpoint } from '../src/log/log.actions.ts';
import { loadTables } from '../src/main.ts';
import { openKeyring } from '../src/platform/keyring.ts';
import { systemRandom } from '../src/platform/random.ts';
import { AT_ONCE } from '../test/support/evidence-log.ts';
import { newcomer, valueOf } from '../test/support/people.ts';
import { machine } from './support.ts';

const ENTRIES = Number(process.argv[2] ?? 1_000_000);
const SECONDS = Number(process.argv[3] ?? 60);
const RATE = 200;
/** The generator sends one request on each at the same moment: as many connections, so large is each burst. */
const CONNECTIONS = Number(process.argv[4] ?? 5);
const AT_A_TIME = 20_000;
const root = join(import.meta.dirname, '..');

const PAGES = [
  '/',
  '/policy.json',
  '/today',
  '/statements',
  '/log',
  '/log?type=finding.decided',
  '/log?type=person.registered',
  `/log/entries/${Math.floor(ENTRIES / 3)}`,
  '/people',
  '/sessions',
  '/tokens',
  '/service',
  '/.well-known/holdfast/checkpoint',
];

/** @returns the cookie of an owner */
async function seed(data: string): Promise<string> {
  const now = Date.now() as Instant;
  const log = await openLog({ cwd: root, data, env: {}, migrations: await loadTables(), random: systemRandom }, now);
  const keys = await openKeyring({ env: {}, folder: log.folder }, log.db, log.random);
  for (let from = 0; from < ENTRIES; from += AT_A_TIME)
    await recordInLog(log, async (tx) => {
      for (let at = from; at < Math.min(ENTRIES, from + AT_A_TIME); at++)
        await appendEntry(tx, someEntry(at), (now - ENTRIES + at) as Instant);
    });
  const auth = { log, keys, random: log.random };
  const link = await offerSetUp(auth, now);
  const { session } = valueOf(await completeSetUp(auth, newcomer(link ?? '', 'Ada'), now));
  await signCheckpoint(log, now, AT_ONCE);
  await log.db.close();
  return `holdfast=${session}`;
}

const someEntry = (at: number) => ({
  type: 'finding.decided',
  actor: `staff-${at % 9}`,
  subject: `finding:GHSA-${at.toString(36).padStart(12, '0')}`,
  data: { decision: 'not_affected', reason: 'the vulnerable function is not called' },
  state: { at },
});

async function serve(data: string) {
  const child = spawn(process.execPath, [join(root, 'bin', 'holdfast.cjs'), 'serve', '--data', data], {
    cwd: root,
    env: { ...process.env, HOLDFAST_PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const origin = / serves at (\S+)/.exec(line)?.[1];
    if (origin !== undefined) return { child, origin };
  }
  throw new Error('the service did not start');
}

const load = (origin: string, cookie: string, paths: readonly string[], seconds: number) =>
  autocannon({
    url: origin,
    connections: CONNECTIONS,
    overallRate: RATE,
    duration: seconds,
    requests: paths.map((path) => ({ path, headers: { cookie } })),
  });

console.log(machine());
const folder = mkdtempSync(join(tmpdir(), 'holdfast-pages-'));
const data = join(folder, 'data');
mkdirSync(data, { mode: 0o700 });
try {
  const begin = performance.now();
  const cookie = await seed(data);
  console.log(`${ENTRIES} entries appended in ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
  const { child, origin } = await serve(data);
  const known: string[] = [];
  for (const path of PAGES) {
    const answer = await fetch(`${origin}${path}`, { headers: { cookie }, redirect: 'manual' });
    const bytes = (await answer.arrayBuffer()).byteLength;
    console.log(`${path.padEnd(40)} ${answer.status} ${(bytes / 1_024).toFixed(1)} KB`);
    if (answer.status === 200) known.push(path);
  }
  const show = ({ latency, requests, non2xx, errors, timeouts }: Awaited<ReturnType<typeof load>>): string =>
    `p50 ${latency.p50}  p90 ${latency.p90}  p99 ${latency.p99}  max ${latency.max} ms  ${requests.average.toFixed(0)}/s  ${non2xx} not 2xx, ${errors + timeouts} errors`;
  console.log(`all pages, ${SECONDS} s: ${show(await load(origin, cookie, known, SECONDS))}`);
  for (const path of known)
    console.log(`${path.padEnd(40)} ${show(await load(origin, cookie, [path], Math.min(10, SECONDS)))}`);
  console.log(
    `resident ${Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1_024)} MB`,
  );
  child.kill('SIGTERM');
  await once(child, 'exit');
} finally {
  rmSync(folder, { recursive: true });
}
