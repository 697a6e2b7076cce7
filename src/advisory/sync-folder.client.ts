/**
 * The folder beside an index where a sync works: `advisories.idx.sync/` holds its lock and unfinished downloads. It
 * may be removed whenever no sync runs.
 */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import { removeDownload } from '../platform/download.ts';
import { removeLeftovers } from '../platform/leftovers.ts';
import { takeLock } from '../platform/process-lock.ts';

export interface SyncFolder {
  readonly archive: (ecosystem: string) => string;
  readonly removeArchive: (ecosystem: string) => void;
  /** @throws SYNC_BUSY when another process has taken the lock over: then nothing may be replaced any more. */
  readonly assertOurs: () => void;
  readonly leave: () => void;
}

/**
 * Enters the folder as the only sync there, and removes what killed processes left behind.
 *
 * @throws SYNC_BUSY, FILE_UNWRITABLE
 */
export function enterSyncFolder(index: string, now: Instant): SyncFolder {
  const folder = `${index}.sync`;
  makeFolder(folder);
  const lockPath = join(folder, 'lock');
  const lock = takeLock(lockPath, now);
  if (!lock.ok) {
    const { pid, host, since } = lock.error;
    throw busy(`another sync of ${index} runs since ${since} (process ${pid} on ${host})`);
  }
  removeLeftovers(folder, /^(?:lock\.|\..+\.)(\d+)-[0-9a-f]{8}\.?(?:tmp|stale)?$/);
  // The names that platform/replace-file.ts gives to what it has not put into place yet.
  const name = basename(index).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  removeLeftovers(dirname(index), new RegExp(`^\\.${name}\\.(\\d+)-[0-9a-f]{8}\\.tmp$`));
  const archive = (ecosystem: string): string => join(folder, `${encodeURIComponent(ecosystem)}.zip`);
  return {
    archive,
    removeArchive: (ecosystem) => removeDownload(archive(ecosystem)),
    assertOurs: () => {
      if (!lock.value.isOurs()) throw busy(`another process took ${lockPath} over`);
    },
    leave: lock.value.release,
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new HoldfastError('FILE_UNWRITABLE', `${folder} cannot be made: ${messageOf(cause)}`, {
      hint: 'Nothing was changed. Give the right to write there, or choose another place with --out.',
      cause,
    });
  }
}

const busy = (message: string): HoldfastError =>
  new HoldfastError('SYNC_BUSY', message, {
    hint: 'Nothing was changed. Wait for it to end and run this again; a lock of a process that no longer runs is passed over by itself.',
  });
