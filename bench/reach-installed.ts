/** An application of bench/reach-apps or bench/reach-coverage on disk: installed once from the registry, its own files written anew. */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Idiom } from '../test/support/idioms.ts';

const own = (...path: readonly string[]): string => join(import.meta.dirname, '..', ...path);

/** What to start Node with: the shipped program, or with FROM_SOURCE=1 what lies in src/, unbuilt (slower to start). */
export const PROGRAM: readonly string[] =
  process.env['FROM_SOURCE'] === undefined
    ? [own('bin', 'holdfast.cjs')]
    : ['--import', own('scripts', 'tsx-hook.mjs'), own('src', 'cli.ts')];

const INSTALL_TIMEOUT_MS = 600_000;

export const benchFolder = (name: string): string => join(realpathSync(tmpdir()), 'holdfast-bench', name);

/**
 * Runs no install script: this is the code of strangers.
 *
 * @param cache Where the installations are kept; one folder per application.
 * @returns The folder of the application.
 */
export function installed(app: Idiom, cache: string): string {
  const root = join(cache, app.name.replaceAll(/[^a-z0-9]+/gi, '-'));
  const digest = createHash('sha256').update(app.install.join(' ')).digest('hex');
  const marker = join(root, '.installed');
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== digest) {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    const dependencies = Object.fromEntries(
      app.install.map((spec) => [spec.slice(0, spec.lastIndexOf('@')), spec.slice(spec.lastIndexOf('@') + 1)]),
    );
    writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', dependencies }));
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps'];
    const { status, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS });
    if (status !== 0) throw new Error(`npm install for "${app.name}" ended with ${status}: ${stderr}`);
    writeFileSync(marker, digest);
  }
  for (const [path, text] of app.files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
