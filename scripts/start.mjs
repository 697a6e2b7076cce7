/**
 * `npm start`: evaluates this repository's own policy with the program it builds, prints the verdicts, and serves until it is ended.
 * Whatever the verdicts are, it serves; only a program that failed ends it. What follows `npm start --` goes to `holdfast serve`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const holdfast = join(root, 'bin', 'holdfast.cjs');
const options = { cwd: root, stdio: 'inherit' };

const { status } = spawnSync(process.execPath, [holdfast, 'check'], options);
// 1 and 64: Holdfast itself failed, or was used wrongly (docs/formats/exit-codes.md).
if (status === 1 || status === 64 || status === null) process.exit(1);

process.stdout.write('\n');
// A smaller young generation: an idle service holds 15 MB less, and its pages are as fast (docs/benchmarks.md).
const service = spawn(
  process.execPath,
  ['--max-semi-space-size=4', holdfast, 'serve', ...process.argv.slice(2)],
  options,
);
// A terminal sends Ctrl-C to both; whoever ends this process by name means the service.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => service.kill('SIGTERM'));
service.on('exit', (code) => process.exit(code ?? 1));
