/** Temporary files of processes that were killed before they could remove them. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from './process-lock.ts';

/**
 * Removes the files of `folder` that `pattern` matches and whose process has ended.
 *
 * @param pattern its first group is the id of the process that made the file
 */
export function removeLeftovers(folder: string, pattern: RegExp): void {
  for (const name of listOrNone(folder)) {
    const [, pid] = pattern.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function listOrNone(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
