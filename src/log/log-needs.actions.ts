/** What of the log needs someone today: that it has stopped, or that nobody signs it. */
import type { Instant } from '../lib/time.ts';
import { formatSpan, between } from '../lib/time.ts';
import { shorten } from '../lib/text.ts';
import type { NeedSource } from '../today/need.ts';
import { logState } from './log-state.actions.ts';
import type { OpenLog } from './log.actions.ts';

const PAGE = '/log';
const MOST_WORDS = 200;

export const logNeeds = (log: Pick<OpenLog, 'db' | 'folder' | 'memory'>): NeedSource => ({
  title: 'The evidence log',
  all: { text: 'The log', href: PAGE },
  read: async (now: Instant) => {
    const state = await logState(log, now);
    const about = { about: 'The evidence log', href: PAGE };
    if (state.kind === 'stopped')
      return [
        {
          ...about,
          state: 'broken',
          word: 'stopped',
          detail: `Nothing can be recorded: ${shorten(state.message, MOST_WORDS)}.`,
          next: { text: 'See what to do', href: PAGE },
        },
      ];
    if (state.kind !== 'unsigned') return [];
    return [
      {
        ...about,
        state: 'overdue',
        detail: `Entries wait for a signature for ${formatSpan(between(state.since, now))}: no process signs.`,
        next: { text: 'Start a process with --jobs=on', href: PAGE },
      },
    ];
  },
});
