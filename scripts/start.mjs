/**
 * What `npm start` runs: the policy of this repository, checked by the program that was just built.
 *
 *   npm start -- --json
 *
 * There is no service yet to keep running, so it prints the check and ends. A broken promise is an answer, not a failure
 * of the start: only when Holdfast itself failed (exit codes 1 and 64) does this fail.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const FAILED = 1;
const ANSWERS = [0, 2, 3];

if (!existsSync(join(root, 'dist', 'cli.cjs'))) {
  process.stderr.write('dist/ is missing: run `npm ci` or `npm run build` first.\n');
  process.exit(FAILED);
}
const { status } = spawnSync(process.execPath, [join(root, 'bin', 'holdfast.cjs'), 'check', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(ANSWERS.includes(status) ? 0 : FAILED);
