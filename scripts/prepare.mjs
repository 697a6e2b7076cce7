/** Runs after `npm ci` and before `npm pack`: builds dist/. Without development dependencies there is nothing to build with, and nothing to do. */
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

if (existsSync('node_modules/rolldown')) {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/rolldown/bin/cli.mjs', '-c', 'rolldown.config.js', '--log-level', 'warn'],
    { stdio: 'inherit' },
  );
  process.exit(status ?? 1);
}
