/**
 * `npm test`: every gate there is, one after another; the first that fails ends the run. The order is from fast to slow.
 *
 * HOLDFAST_CORPUS=DIR adds the tests over real advisories and lockfiles.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (...path) => join(root, 'node_modules', ...path);

const gates = [
  ['types', bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'],
  ['pure types', bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.pure.json'],
  ['browser types', bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.browser.json'],
  ['lint', bin('oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings'],
  ['format', bin('@biomejs', 'biome', 'bin', 'biome'), 'format', '.'],
  ['unused', bin('knip', 'bin', 'knip.js')],
  ['build', join(root, 'scripts', 'prepare.mjs')],
  // Two files at once also on two cores, where Node alone would take one: many tests wait for servers and processes they started.
  [
    'tests',
    '--import',
    './scripts/tsx-hook.mjs',
    '--test',
    '--test-concurrency=2',
    'src/**/*.test.ts',
    'test/**/*.test.ts',
  ],
];

for (const [name, ...args] of gates) {
  process.stdout.write(`── ${name}\n`);
  const begin = performance.now();
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    process.stderr.write(`── ${name} failed\n`);
    process.exit(status ?? 1);
  }
  process.stdout.write(`── ${name}: ${((performance.now() - begin) / 1_000).toFixed(1)} s\n`);
}
