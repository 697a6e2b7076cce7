/**
 * Lets others go first: requests that came in, timers, other jobs.
 *
 * Queries on SQLite never leave the thread, so a loop of them, however often it awaits, keeps everybody waiting until it ends. Long work in the service
 * calls this between its pieces, each a few milliseconds long.
 */
import { setImmediate as immediately } from 'node:timers/promises';

export const nextTurn = (): Promise<void> => immediately(undefined);
