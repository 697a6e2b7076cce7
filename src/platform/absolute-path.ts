/** Paths that people name are relative to where they stand, which need not be where the process runs. */
import { isAbsolute, join } from 'node:path';

export const absolutePath = (cwd: string, named: string): string => (isAbsolute(named) ? named : join(cwd, named));
