/** How the log stands now, for /readyz, the home of the staff and the foot of every page. Keeping it so is signing.jobs.ts. */
import { HoldfastError } from '../lib/errors.ts';
import { between, EPOCH, type Instant, type Millis } from '../lib/time.ts';
import type { Queries } from '../platform/db.ts';
import { readLeaf } from './leaf.ts';
import type { LogState } from './log-state.ts';
import { type OpenLog, refuseUnsound } from './log.actions.ts';
import { type LogHead, readCheckpoints, readEntries, readHead } from './log.store.ts';

/** Checkpoints follow growth within a minute; another process takes over within half a minute. The rest is for slow machines. */
const LONGEST_UNSIGNED_MS = 300_000 as Millis;

/** Never throws for what is wrong with the log. @throws DB_… */
export async function logState(log: Pick<OpenLog, 'db' | 'folder' | 'memory'>, now: Instant): Promise<LogState> {
  return log.db.snapshot(async (queries) => {
    try {
      const head = await readHead(queries);
      // Also without a head: the checkpoint in the folder may say that there was one.
      if (head !== null || log.memory?.signs !== false) await refuseUnsound(queries, log, head);
      return head === null || head.size === 0 ? { kind: 'none' } : await stateOf(queries, head, now);
    } catch (error) {
      if (!(error instanceof HoldfastError) || !STOPS.test(error.code)) throw error;
      const { code, message, hint } = error;
      return { kind: 'stopped', code, message, hint };
    }
  });
}

/** What recording fails with until a person has looked; a database that cannot be reached is its own matter. */
const STOPS = /^(?:LOG|FILE)_/;

async function stateOf(queries: Queries, head: LogHead, now: Instant): Promise<LogState> {
  const { log, origin, size } = head;
  const [last] = await readCheckpoints(queries, log, 1);
  const signed = last === undefined ? null : { size: last.size, at: last.signedAt };
  const position = { origin, size, signed };
  const from = signed?.size ?? 0;
  if (from >= size) return { kind: 'sound', ...position };
  const [first] = await readEntries(queries, log, from, from + 1);
  const leaf = first === undefined ? null : readLeaf(first.leaf);
  // An entry that cannot be read waits since for ever: `log verify` says what is wrong with it.
  const since = leaf !== null && leaf.ok ? leaf.value.at : EPOCH;
  return between(since, now) > LONGEST_UNSIGNED_MS
    ? { kind: 'unsigned', since, ...position }
    : { kind: 'sound', ...position };
}

/** For /readyz: whether an act of a person could be recorded now. Never throws. */
export async function isRecording(log: Pick<OpenLog, 'db' | 'folder' | 'memory'>, now: Instant): Promise<boolean> {
  try {
    return (await logState(log, now)).kind !== 'stopped';
  } catch (error) {
    if (error instanceof HoldfastError) return false;
    throw error;
  }
}
