/**
 * How long `holdfast reach` takes on large programs, and how much memory: with nothing cached, again, and again after one own file has changed.
 *
 * Decision: can it run on every commit, and on a laptop? Yes while a program of 1,000 packages takes at most 10 s with an empty cache, 2 s
 * with a full one and 1.5 GB, for a handful of functions (DESIGN's figure); after a change the value flow has to be done again. Every run is a
 * fresh process; the two programs take turns. The programs are those of bench/reach-coverage/apps.txt; nothing of them is run.
 *
 * Run: `node scripts/prepare.mjs && node bench/reach-speed.bench.ts [ROUNDS] [PART OF A NAME]`. Installs from the registry like reach-apps.bench.ts.
 * SYMBOLS=FILE asks about the functions of that file instead, with which a name should be given.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Idiom, readIdioms } from '../test/support/idioms.ts';
import { benchFolder, installed, PROGRAM } from './reach-installed.ts';
import { machine, median } from './support.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const wanted = process.argv[3] ?? '';
const TIMEOUT_MS = 600_000;

interface Asked {
  readonly package: string;
  readonly file: string;
  readonly function: string;
}

/** Of packages whose version apps.txt fixes: some run, some do not, some are in the largest files. `changes` is the file that somebody works on. */
const PROGRAMS: readonly (readonly [name: string, changes: string, asked: readonly Asked[]])[] = [
  [
    '@forge/cli',
    'node_modules/@forge/cli/out/bin/cli.js',
    [
      { package: '@forge/cli', file: 'out/bin/cli.js', function: 'main' },
      { package: '@forge/cli', file: 'out/autocomplete/index.js', function: 'processAutocompleteFactory' },
      { package: 'lodash', file: 'lodash.js', function: 'baseMerge' },
      { package: 'omelette', file: 'src/omelette.js', function: 'setFragments' },
      { package: 'tslib', file: 'tslib.js', function: 'createExporter' },
    ],
  ],
  [
    'a server with more than 1,000 packages installed',
    'server.js',
    [
      { package: 'express', file: 'lib/application.js', function: 'listen' },
      { package: 'handlebars', file: 'dist/cjs/handlebars/runtime.js', function: 'checkRevision' },
      { package: 'js-yaml', file: 'lib/js-yaml/loader.js', function: 'storeMappingPair' },
      { package: 'lodash', file: 'lodash.js', function: 'baseMerge' },
      { package: 'moment', file: 'moment.js', function: 'preprocessRFC2822' },
    ],
  ],
];

interface Cost {
  readonly ms: number;
  readonly rssMb: number;
  readonly cpuSeconds: number;
}

function reach({ run }: Idiom, root: string, symbols: string, cache: string): Cost {
  const args = ['-f', 'RSS=%M CPU=%U+%S', process.execPath, ...PROGRAM, 'reach', root, '--symbols', symbols];
  const begin = performance.now();
  const { status, stderr } = spawnSync('/usr/bin/time', [...args, '--run', run, '--json'], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 30,
    env: { ...process.env, XDG_CACHE_HOME: cache },
  });
  const ms = performance.now() - begin;
  if (status === null || ![0, 2, 3].includes(status)) throw new Error(`ended with ${status}: ${stderr.slice(-2000)}`);
  const [, rss, user, system] = /RSS=(\d+) CPU=([\d.]+)\+([\d.]+)/.exec(stderr) ?? [];
  return { ms, rssMb: Math.round(Number(rss ?? 0) / 1_024), cpuSeconds: Number(user ?? 0) + Number(system ?? 0) };
}

function inWords(costs: readonly Cost[]): string {
  const raw = costs.map(({ ms, cpuSeconds, rssMb }) => `${ms.toFixed(0)}/${cpuSeconds.toFixed(1)}/${rssMb}`).join(' ');
  const cpu = median(costs.map(({ cpuSeconds }) => cpuSeconds));
  return `median ${median(costs.map(({ ms }) => ms)).toFixed(0)} ms, processor ${cpu.toFixed(1)} s, at most ${Math.max(...costs.map(({ rssMb }) => rssMb))} MB [${raw}]`;
}

const folder = benchFolder('reach-coverage');
const cache = benchFolder('reach-speed');
mkdirSync(cache, { recursive: true });
const apps = new Map(readIdioms(join(import.meta.dirname, 'reach-coverage')).map((app) => [app.name, app]));
const programs = PROGRAMS.filter(([name]) => name.includes(wanted)).map(([name, changes, asked], at) => {
  const app = apps.get(name);
  if (app === undefined) throw new Error(`apps.txt has no ${name}`);
  const symbols = process.env['SYMBOLS'] ?? join(cache, `symbols-${at}.json`);
  if (process.env['SYMBOLS'] === undefined)
    writeFileSync(symbols, JSON.stringify(asked.map((each, id) => ({ id: `${id}`, ...each }))));
  const root = installed(app, folder);
  const costs: Record<'cold' | 'warm' | 'changed', Cost[]> = { cold: [], warm: [], changed: [] };
  return { name, app, root, path: join(root, changes), symbols, ...costs };
});

/** A new file in its place: an installation may share its files with others, by links. */
function replace(path: string, text: string): void {
  rmSync(path);
  writeFileSync(path, text);
}
console.log(machine());
console.log('each run: ms / seconds of the processor / MB');
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { app, root, path, symbols, cold, warm, changed } of round % 2 === 0 ? programs : programs.toReversed()) {
    rmSync(join(cache, 'facts'), { recursive: true, force: true });
    cold.push(reach(app, root, symbols, join(cache, 'facts')));
    warm.push(reach(app, root, symbols, join(cache, 'facts')));
    const text = readFileSync(path, 'utf8');
    replace(path, `${text}\n// changed\n`);
    try {
      changed.push(reach(app, root, symbols, join(cache, 'facts')));
    } finally {
      replace(path, text);
    }
  }
}
for (const { name, cold, warm, changed } of programs) {
  console.log(`\n${name}`);
  console.log(`  nothing cached                ${inWords(cold)}`);
  console.log(`  again, nothing changed        ${inWords(warm)}`);
  console.log(`  again, one own file changed   ${inWords(changed)}`);
}
