/** Whether a scan has to know a holdfast.yaml: asked before anything is loaded that could read it. */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Globs concern folders only: a file that is named is read. */
export const needsGlobs = (cwd: string, paths: readonly string[]): boolean =>
  existsSync(join(cwd, 'holdfast.yaml')) &&
  paths.some((path) => statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() === true);
