/**
 * What `npm test` runs: types, lint, format, dead code, then every test. Stops at the first gate that fails.
 *
 * Tools are started by their own files with this Node and without a shell, so it works on Windows as well. The runner's
 * own output comes last and is passed through as it is. HOLDFAST_CORPUS is inherited: with it, tests read real inputs too.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tool = (path) => join(root, 'node_modules', path);

/** In the order of what is cheapest to find out. */
const gates = [
  { title: 'types', args: [tool('typescript/bin/tsc'), '-p', 'tsconfig.json'] },
  { title: 'types of pure code', args: [tool('typescript/bin/tsc'), '-p', 'tsconfig.pure.json'] },
  { title: 'lint', args: [tool('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'] },
  { title: 'format', args: [tool('@biomejs/biome/bin/biome'), 'format', '.'] },
  { title: 'dead code', args: [tool('knip/bin/knip.js'), '--no-config-hints'] },
  { title: 'tests', args: ['--test', ...testFiles()] },
];

/** Named one by one: a pattern that matches nothing would pass. */
function testFiles() {
  const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], {
    cwd: root,
    exclude: (path) => path.includes('.canary-'),
  }).sort();
  if (files.length === 0) throw new Error('no test was found');
  return files;
}

for (const { title, args } of gates) {
  process.stdout.write(`\n== ${title}\n`);
  const start = process.hrtime.bigint();
  const { status, signal, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const seconds = Number((process.hrtime.bigint() - start) / 1_000_000n) / 1_000;
  if (status !== 0) {
    const why = error?.message ?? (signal === null ? `exit code ${status}` : `ended by ${signal}`);
    process.stderr.write(`\n== ${title} FAILED after ${seconds.toFixed(1)} s: ${why}\n`);
    process.exit(1);
  }
  process.stdout.write(`== ${title}: ${seconds.toFixed(1)} s\n`);
}
