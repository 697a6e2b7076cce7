/** What the pages of the log say: sentences for kinds of entries, for states, for what was checked. */
import { count, number } from '../lib/text.ts';
import { inZone, type Instant } from '../lib/time.ts';
import type { LogState } from './log-state.ts';

/** Kinds of entries that every log has; the features' own names say what happened as they are. */
const SENTENCES: Readonly<Record<string, string>> = {
  'policy.evaluated': 'the policy was evaluated',
  'log.heartbeat': 'the log was alive on that day',
  'log.reopened': 'this log began, because the one before it could not go on',
  'subject.erased': 'the personal data of somebody were erased',
};

/** Continues "Entry 17: …". */
export const entrySentence = (type: string): string =>
  Object.hasOwn(SENTENCES, type) ? (SENTENCES[type] ?? type) : type;

/** `2026-11-24 10:05:00`, in the zone of the organisation: the head of the column names it. */
export const localTime = (at: Instant, zone: string): string =>
  inZone(at, zone).toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');

/** `Log 1,204 entries, signed 09:05`; `null` where nothing was recorded. */
export function positionWords(state: LogState, zone: string): string | null {
  switch (state.kind) {
    case 'none':
      return null;
    case 'stopped':
      return 'The log has stopped: nothing is recorded.';
    case 'sound':
    case 'unsigned': {
      const entries = `Log ${count(state.size, 'entry', 'entries')}`;
      if (state.signed === null) return `${entries}, not signed yet`;
      const time = inZone(state.signed.at, zone).toPlainTime().toString({ smallestUnit: 'minute' });
      const late = state.kind === 'unsigned' ? `${number(state.size - state.signed.size)} of them not signed; ` : '';
      return `${entries}, ${late}signed ${time}`;
    }
  }
}
