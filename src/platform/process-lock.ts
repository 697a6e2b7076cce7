/**
 * A lock that one process holds: a file that says who.
 *
 * A process that was killed cannot take its file away, so a lock counts only while its holder runs: same machine, same process id,
 * same time of start. Where that cannot be seen (another machine of a shared folder), it counts for some hours.
 */
import { randomBytes } from 'node:crypto';
import { constants, copyFileSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { isObject, stringOr } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { between, formatInstant, hours, parseInstant, type Instant } from '../lib/time.ts';

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

export interface ProcessLock {
  /** False once somebody has taken the file away: then this process must not write any more. */
  readonly isOurs: () => boolean;
  readonly release: () => void;
}

/** Longer than any work under a lock takes. */
const UNSEEN_HOLDER_MS = hours(6);

/**
 * Takes the lock, or says who has it.
 *
 * @throws FILE_UNWRITABLE when the file cannot be made.
 */
export function takeLock(path: string, now: Instant): Result<ProcessLock, LockHolder> {
  const own = `${JSON.stringify({ pid: process.pid, started: startOf(process.pid), host: hostname(), since: formatInstant(now) })}\n`;
  const ticket = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(ticket, own, { flag: 'wx' });
    // Two rounds: a stale lock is taken away in the first. Who loses the race for it finds a living holder in the second.
    for (let round = 0; ; round++) {
      // A link appears with its content or not at all, so that nobody reads half a lock.
      if (tryLink(ticket, path)) return ok(lockOf(path, own));
      const text = readText(path);
      const holder = readHolder(text);
      if (holder !== null && (round > 1 || isAlive(holder, now))) return no(holder);
      if (round > 1) return no({ pid: 0, host: 'unknown', since: 'unknown' });
      takeAway(path, text, `${ticket}.stale`);
    }
  } catch (cause) {
    throw new HoldfastError('FILE_UNWRITABLE', `${path} could not be written: ${messageOf(cause)}`, {
      hint: 'Nothing was changed. Give the right to write there, or choose another place.',
      cause,
    });
  } finally {
    rmSync(ticket, { force: true });
  }
}

const lockOf = (path: string, own: string): ProcessLock => ({
  isOurs: () => readText(path) === own,
  release: () => {
    if (readText(path) === own) rmSync(path, { force: true });
  },
});

function tryLink(ticket: string, path: string): boolean {
  try {
    linkSync(ticket, path);
    return true;
  } catch (error) {
    const code = isObject(error) ? error['code'] : null;
    if (code === 'EEXIST') return false;
    if (typeof code !== 'string' || !NO_LINKS.includes(code)) throw error;
    return tryCopy(ticket, path);
  }
}

/** What file systems without hard links (FAT, some network shares) answer. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

function tryCopy(ticket: string, path: string): boolean {
  try {
    copyFileSync(ticket, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (isObject(error) && error['code'] === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock only if it still says what was judged stale: a faster process may have put its own there. */
function takeAway(path: string, judged: string | null, aside: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isObject(error) && error['code'] === 'ENOENT') return;
    throw error;
  }
  if (readText(aside) !== judged) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').slice(0, 4_096);
  } catch {
    return null;
  }
}

type Held = LockHolder & { readonly started: string | null };

function readHolder(text: string | null): Held | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || typeof value['pid'] !== 'number' || typeof value['host'] !== 'string') return null;
    const { pid, host, started, since } = value;
    return { pid, host, started: stringOr(started, null), since: stringOr(since, 'unknown') };
  } catch {
    return null;
  }
}

function isAlive({ pid, host, started, since }: Held, now: Instant): boolean {
  const at = parseInstant(since);
  const recent = at !== null && between(at, now) < UNSEEN_HOLDER_MS;
  if (host !== hostname()) return recent;
  if (!isRunning(pid)) return false;
  // Where no start can be read, a process id that was given out again looks like the holder: not for ever.
  const running = startOf(pid);
  return running === null || started === null ? recent : running === started;
}

/** True also for a process of somebody else. */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isObject(error) && error['code'] === 'EPERM';
  }
}

/** Linux: ticks since boot, field 22 of /proc/PID/stat (proc(5)); the second field may itself hold blanks and brackets. */
function startOf(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
