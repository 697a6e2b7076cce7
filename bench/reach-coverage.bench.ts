/**
 * Whether reach sees everything that runs in real tools and servers, and what it costs.
 *
 * Decision: is the closure good enough to build negatives on? Only while no function that V8 saw running in node_modules is said not to run
 * (0 is the law; unknown is not a miss). And is it fast enough to run on every commit? DESIGN's figure is 10 s cold, 2 s warm, 1.5 GB.
 *
 * Run: `node scripts/prepare.mjs && node bench/reach-coverage.bench.ts [PART OF A NAME]`. Installs from the registry like reach-apps.bench.ts. Servers listen
 * on loopback, are asked a few times and ended by the number of their own process group. FUNCTIONS=N asks about N functions of each file (default 2),
 * QUESTIONS=N asks at most N, spread over all files (default 1,000), TRUTH_ONLY=1 measures without asking the product, ROUNDS=N times the cost N times (default 3).
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Idiom, manifestIn, packageFolder, readIdioms } from '../test/support/idioms.ts';
import { admits, type Asked, clears, readAnswers } from '../test/support/reach.ts';
import { type Coverage, ran as ranThere, readCoverage } from '../test/support/v8-coverage.ts';
import { benchFolder, installed, PROGRAM } from './reach-installed.ts';
import { machine, median } from './support.ts';

const START_TIMEOUT_MS = 90_000;
const REQUEST_TIMEOUT_MS = 20_000;
const END_TIMEOUT_MS = 30_000;
const REACH_TIMEOUT_MS = 600_000;

const cache = benchFolder('reach-coverage');
const home = join(cache, '.home');
const perFile = Number(process.env['FUNCTIONS'] ?? 2);
const mostQuestions = Number(process.env['QUESTIONS'] ?? 1_000);
const rounds = Number(process.env['ROUNDS'] ?? 3);
const wanted = process.argv[2] ?? '';

/** A server must end by `exit`, or V8 writes nothing. */
const ender = join(cache, 'end-on-term.cjs');
mkdirSync(cache, { recursive: true });
writeFileSync(ender, "require('worker_threads').isMainThread && process.on('SIGTERM', () => process.exit(0));\n");

/** Runs the command, asks what is to be asked, ends it, and says what ran. */
async function runAndAsk(app: Idiom, root: string): Promise<Coverage> {
  const reports = join(cache, '.reports');
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports);
  const child = spawn(app.run, {
    cwd: root,
    shell: true,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: root,
      CI: '1',
      NODE_OPTIONS: `--require=${ender}`,
      NODE_V8_COVERAGE: reports,
    },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const closed = once(child, 'close');
  try {
    if (app.port !== null) {
      await listening(app.port);
      for (const path of app.get)
        await fetch(`http://127.0.0.1:${app.port}${path}`, {
          signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
          headers: { connection: 'close' },
        }).then((answer) => answer.arrayBuffer());
      endGroup(child, 'SIGTERM');
    }
    const ended = await Promise.race([closed, wait(END_TIMEOUT_MS, null, { ref: false })]);
    if (ended === null) throw new Error(`"${app.run}" does not end: ${complaint.slice(-500)}`);
  } catch (cause) {
    throw new Error(`"${app.run}" did not run: ${complaint.slice(-500)}`, { cause });
  } finally {
    endGroup(child, 'SIGKILL');
  }
  return readCoverage(reports);
}

/** The group is our own child's and nobody else's; that it may have ended already is no error. */
function endGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {}
}

async function listening(port: number): Promise<void> {
  const end = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < end) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }).catch(
      () => null,
    );
    if (answer !== null) return void (await answer.arrayBuffer());
    await wait(100);
  }
  throw new Error(`nothing listens on ${port}`);
}

/** Functions that ran in installed packages, up to `perFile` of each file: only those whose name V8 saw once in the file. */
function functionsToAsk(
  app: Idiom,
  root: string,
  coverage: Coverage,
): { readonly asked: readonly Asked[]; readonly files: number; readonly ran: number } {
  const asked: Asked[] = [];
  let files = 0;
  let ran = 0;
  for (const [file, functions] of coverage) {
    const place = relative(root, file);
    if (!place.startsWith('node_modules/')) continue;
    files++;
    const running = functions.filter(({ name, count }) => count > 0 && name !== '');
    ran += running.length;
    const last = (name: string) => name.slice(name.lastIndexOf('.') + 1);
    const single = running.filter(
      ({ name }) => functions.filter((other) => last(other.name) === last(name)).length === 1,
    );
    const folder = packageFolder(place, app);
    const { name, version } = manifestIn(root, folder);
    const step = Math.max(1, Math.floor(single.length / perFile));
    for (const each of single.filter((_, index) => index % step === 0).slice(0, perFile))
      asked.push({ id: `${asked.length}`, package: name, version, file: relative(folder, place), function: each.name });
  }
  const every = Math.ceil(asked.length / mostQuestions);
  return { asked: asked.filter((_, index) => index % every === 0), files, ran };
}

/** The functions that the file names and that did not run. */
function idleToAsk(app: Idiom, root: string, coverage: Coverage): readonly Asked[] {
  const idle = app.checks.filter(({ file, function: name, nth }) => !ranThere(coverage, join(root, file), name, nth));
  return idle.map(({ file, function: name }, index) => {
    const folder = packageFolder(file, app);
    return {
      id: `idle-${index}`,
      package: manifestIn(root, folder).name,
      version: manifestIn(root, folder).version,
      file: relative(folder, file),
      function: name,
    };
  });
}

interface Cost {
  readonly ms: number;
  readonly rssMb: number;
  readonly out: string;
}

function reach(app: Idiom, root: string, asked: readonly Asked[]): Cost {
  const symbols = join(cache, 'symbols.json');
  writeFileSync(symbols, JSON.stringify(asked));
  const args = [
    '-f',
    'RSS=%M',
    process.execPath,
    ...PROGRAM,
    'reach',
    root,
    '--symbols',
    symbols,
    '--run',
    app.run,
    '--json',
  ];
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync('/usr/bin/time', args, {
    encoding: 'utf8',
    timeout: REACH_TIMEOUT_MS,
    maxBuffer: 1 << 30,
    env: { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, '.cache') },
  });
  const ms = performance.now() - begin;
  if (status === null || ![0, 2, 3].includes(status))
    throw new Error(`reach ended with ${status}: ${stderr.slice(-2000)}`);
  return { ms, rssMb: Math.round(Number(/RSS=(\d+)/.exec(stderr)?.[1] ?? 0) / 1_024), out: stdout };
}

const inWords = (costs: readonly Cost[]): string =>
  `median ${median(costs.map(({ ms }) => ms)).toFixed(0)} ms, ${Math.max(...costs.map(({ rssMb }) => rssMb))} MB [${costs.map(({ ms }) => ms.toFixed(0)).join(' ')}]`;

const packagesOf = (root: string): number =>
  Object.keys((JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: object }).packages)
    .length - 1;

let missed = 0;
console.log(machine());
for (const app of readIdioms(join(import.meta.dirname, 'reach-coverage')).filter(({ name }) => name.includes(wanted))) {
  const root = installed(app, cache);
  const coverage = await runAndAsk(app, root);
  const { asked, files, ran } = functionsToAsk(app, root, coverage);
  console.log(
    `\n${app.name}: ${packagesOf(root)} packages, ${files} files and ${ran} named functions ran in node_modules`,
  );
  if (process.env['TRUTH_ONLY'] !== undefined) continue;

  const idle = idleToAsk(app, root, coverage);
  const { out, ms, rssMb } = reach(app, root, [...asked, ...idle]);
  const answers = readAnswers(out, [...asked, ...idle]);
  const counts = new Map<string, number>();
  for (const each of asked) {
    const answer = answers.get(each.id);
    if (answer === undefined) continue;
    counts.set(answer.verdict, (counts.get(answer.verdict) ?? 0) + 1);
    if (admits(answer)) continue;
    missed++;
    console.log(`  MISSED ${each.package} ${each.file} ${each.function}: ${answer.verdict}`);
  }
  const verdicts = [...counts].map(([verdict, count]) => `${verdict} ${count}`).join(', ');
  console.log(`  asked about ${asked.length} that ran: ${verdicts}; ${ms.toFixed(0)} ms, ${rssMb} MB`);

  const cleared = idle.filter(({ id }) => {
    const answer = answers.get(id);
    return answer !== undefined && clears(answer);
  });
  console.log(`  asked about ${idle.length} that did not run: ${cleared.length} cleared`);

  const cold: Cost[] = [];
  const warm: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    if (existsSync(home)) rmSync(home, { recursive: true });
    cold.push(reach(app, root, asked.slice(0, 5)));
    warm.push(reach(app, root, asked.slice(0, 5)));
  }
  const kept = existsSync(home) ? readdirSync(home).length : 0;
  console.log(
    `  5 functions, cold: ${inWords(cold)}; warm${kept === 0 ? ' (nothing was cached)' : ''}: ${inWords(warm)}`,
  );
}
console.log(`\nmissed: ${missed}`);
process.exitCode = missed > 0 ? 2 : 0;
