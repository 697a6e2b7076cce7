/** The daily entry `log.heartbeat`. It is scheduled in signing.jobs.ts. */
import type { Instant } from '../lib/time.ts';
import { readLeaf } from './leaf.ts';
import { findListed } from './log-listing.store.ts';
import { appendEntry, type OpenLog, recordInLog } from './log.actions.ts';
import { readEntries, readHead } from './log.store.ts';

/**
 * @param job The job that records it: jobs run at least once, and one day has one heartbeat.
 * @returns The entry, also where an earlier run of the job recorded it.
 */
export async function recordHeartbeat(log: OpenLog, job: number, now: Instant): Promise<number> {
  return recordInLog(log, async (tx) => {
    const head = await readHead(tx);
    if (head !== null) {
      const filter = { type: HEARTBEAT, subject: null, from: 0, to: head.size };
      const [last] = await findListed(tx, head.log, filter, 1);
      const [entry] = last === undefined ? [] : await readEntries(tx, head.log, last, last + 1);
      const leaf = entry === undefined ? null : readLeaf(entry.leaf);
      if (last !== undefined && leaf !== null && leaf.ok && leaf.value.data['job'] === job) return last;
    }
    const entry = { type: HEARTBEAT, actor: null, subject: null, data: { job }, state: null };
    return (await appendEntry(tx, entry, now)).index;
  });
}

const HEARTBEAT = 'log.heartbeat';
