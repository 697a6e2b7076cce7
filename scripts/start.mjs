/**
 * `npm start`: evaluates this repository's own policy with the program it builds, and exits 0 whatever the verdicts are: there is
 * no service yet that could keep running. Only a program that failed is a failure here.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const holdfast = join(import.meta.dirname, '..', 'bin', 'holdfast.cjs');
const { status } = spawnSync(process.execPath, [holdfast, 'check', ...process.argv.slice(2)], { stdio: 'inherit' });
// 1 and 64: Holdfast itself failed, or was used wrongly (docs/formats/exit-codes.md).
process.exit(status === 1 || status === 64 || status === null ? 1 : 0);
