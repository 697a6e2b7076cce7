/** Whether a scan has to know a holdfast.yaml or decisions: asked before anything is loaded that could read it. */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DECISIONS_FILE } from '../triage/decision.ts';

/** Globs concern folders only: a file that is named is read. */
export const needsGlobs = (cwd: string, paths: readonly string[]): boolean =>
  existsSync(join(cwd, 'holdfast.yaml')) &&
  paths.some((path) => statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() === true);

export const hasDecisions = (root: string): boolean => existsSync(join(root, DECISIONS_FILE));

/** The folder itself is among what is scanned, so nothing in it is left out. */
export const coversFolder = (root: string, cwd: string, paths: readonly string[]): boolean =>
  paths.some((path) => resolve(cwd, path) === resolve(root));
