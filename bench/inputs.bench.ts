/**
 * How long the largest inputs take, beside the least that any reader must do: reading the bytes and parsing them.
 *
 * Decision: may every kind of lockfile be read on every commit, or do the large ones need a cache? Every one may, while parse and
 * scan stay within 1.5 × of that floor and the whole corpus of 37 inputs within 3 s. The floor of bun.lock is JSON.parse of its
 * text without the trailing commas; of pnpm and Yarn 2 the `yaml` library; of Yarn 1, which is no YAML, Yarn's own parser.
 *
 * Run: `HOLDFAST_CORPUS=DIR node bench/inputs.bench.ts`. Whole processes, each fresh; then the same inside of a process, cold.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseBunJson } from '../src/inventory/bun-json.ts';
import { machine, measure, report, type Variant } from './support.ts';

const corpus = process.env['HOLDFAST_CORPUS'];
if (corpus === undefined) throw new Error('set HOLDFAST_CORPUS to a folder with lockfiles/');
const lockfiles = join(corpus, 'lockfiles');
const folder = join(tmpdir(), 'holdfast-bench');
mkdirSync(folder, { recursive: true });
const root = join(import.meta.dirname, '..');
const holdfast = join(root, 'bin', 'holdfast.cjs');

const bun = join(folder, 'comp-without-commas.json');
writeFileSync(
  bun,
  JSON.stringify(parseBunJson('bun.lock', readFileSync(join(lockfiles, 'comp-2026.bun.lock'), 'utf8')), null, 2),
);

const yaml = join(root, 'node_modules', 'yaml');
const yarn = join(root, 'node_modules', '@yarnpkg', 'lockfile');
const read = (path: string): string => `require('fs').readFileSync(${JSON.stringify(path)},'utf8')`;
const FLOORS: readonly (readonly [string, string])[] = [
  ['comp-2026.bun.lock', `JSON.parse(${read(bun)})`],
  [
    'ghost-5.2.0.yarn-v1.lock',
    `require(${JSON.stringify(yarn)}).parse(${read(join(lockfiles, 'ghost-5.2.0.yarn-v1.lock'))})`,
  ],
  [
    'outline-2022.yarn-v1.lock',
    `require(${JSON.stringify(yarn)}).parse(${read(join(lockfiles, 'outline-2022.yarn-v1.lock'))})`,
  ],
  [
    'outline-2026.yarn-berry8.lock',
    `require(${JSON.stringify(yaml)}).parse(${read(join(lockfiles, 'outline-2026.yarn-berry8.lock'))})`,
  ],
  [
    'keystone-2023.pnpm-lock-6.yaml',
    `require(${JSON.stringify(yaml)}).parse(${read(join(lockfiles, 'keystone-2023.pnpm-lock-6.yaml'))})`,
  ],
  [
    'netflix-dispatch-2022.package-lock-v2.json',
    `JSON.parse(${read(join(lockfiles, 'netflix-dispatch-2022.package-lock-v2.json'))})`,
  ],
  ['keycloak-10.0.2.cdx.json', `JSON.parse(${read(join(lockfiles, 'keycloak-10.0.2.cdx.json'))})`],
];

console.log(machine());
const rounds = Number(process.env['ROUNDS'] ?? 11);
for (const [name, floor] of FLOORS) {
  console.log(name);
  const path = join(lockfiles, name);
  const variants: Variant[] = [
    { name: '  floor', command: process.execPath, args: ['-e', floor], done: [0] },
    { name: '  holdfast scan', command: process.execPath, args: [holdfast, 'scan', path], done: [0, 3] },
  ];
  report(measure(variants, rounds), '  floor');
}

const all = readdirSync(lockfiles).filter((name) => name !== 'INDEX.md');
console.log(`all ${all.length} inputs`);
report(
  measure(
    [
      { name: '  node -e 0', command: process.execPath, args: ['-e', '0'], done: [0] },
      {
        name: '  holdfast scan',
        command: process.execPath,
        args: [holdfast, 'scan', ...all.map((name) => join(lockfiles, name))],
        done: [0, 3],
      },
    ],
    rounds,
  ),
  '  node -e 0',
);
