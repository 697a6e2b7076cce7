/**
 * Trees with planted mistakes, to see whether a gate notices them.
 *
 * They stand under test/, because the tools look upwards for node_modules, in a folder that git and the gates themselves
 * ignore, and are removed when the test file ends.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after } from 'node:test';

export const ROOT = join(import.meta.dirname, '..', '..');

/** What the canary takes over from the house; tsconfig files are extended, because their paths are relative. */
const COPIED = ['.oxlintrc.json', 'biome.json', 'knip.json'];
const EXTENDED = ['tsconfig.json', 'tsconfig.pure.json', 'tsconfig.browser.json'];

/** Writes `files` (path → text) into a new folder with the house's own settings beside them; returns the folder. */
export function plant(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(ROOT, 'test', '.canary-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of COPIED) copyFileSync(join(ROOT, name), join(folder, name));
  for (const name of EXTENDED) writeFileSync(join(folder, name), canaryConfig(name));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const INCLUDED: Readonly<Record<string, readonly string[]>> = {
  'tsconfig.pure.json': ['src/*/*.ts'],
  'tsconfig.browser.json': ['src/*/*.browser.ts'],
};

/** The house's compiler settings over the planted files: `extends` keeps the options, `include` and `exclude` start anew. */
function canaryConfig(name: string): string {
  const include = INCLUDED[name] ?? ['src'];
  return JSON.stringify({ extends: `../../${name}`, include });
}

interface Answer {
  readonly status: number | null;
  readonly output: string;
}

/** Starts a tool of node_modules by its own file, with this Node and without a shell. */
export function runTool(tool: string, args: readonly string[], cwd: string): Answer {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [join(ROOT, 'node_modules', tool), ...args], {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  if (error !== undefined) throw error;
  return { status, output: `${stdout}${stderr}` };
}
