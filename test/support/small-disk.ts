/** A file system that is really full, for tests of what happens then. Mounting needs root, and not every container lets root. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A reason to skip, shown by the runner. */
export const CANNOT_MOUNT = cannotMount();

function cannotMount(): string | false {
  if (process.platform !== 'linux') return 'no tmpfs';
  const probe = mkdtempSync(join(tmpdir(), 'holdfast-mount-'));
  try {
    mount(probe, 64);
    execFileSync('umount', [probe]);
    return false;
  } catch {
    return 'this machine lets nobody mount a small file system';
  } finally {
    rmSync(probe, { recursive: true });
  }
}

function mount(at: string, kilobytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=700`, 'tmpfs', at], { stdio: 'ignore' });
}

/** Does something with a folder that has so little room, and takes it away. */
export async function onSmallDisk(folder: string, kilobytes: number, work: () => Promise<void>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  mount(folder, kilobytes);
  try {
    await work();
  } finally {
    execFileSync('umount', ['--lazy', folder]);
  }
}

/** Takes all the room there is. */
export function fillDisk(folder: string): void {
  try {
    writeFileSync(join(folder, 'filler'), new Uint8Array(64 * 1_024 * 1_024));
  } catch {
    // That it ends like this is what it is for.
  }
}
