/** The words around a policy, in English. The German twin is policy-page-de.text.ts. */
import { number } from '../lib/text.ts';
import type { StripState } from '../web/strip-history.ts';
import type { PolicyPageText } from './policy-page-text.ts';

const statements = (amount: number): string => (amount === 1 ? '1 statement is' : `${number(amount)} statements are`);

function dayState(state: StripState | null): string {
  return state ?? 'not recorded';
}

export const ENGLISH: PolicyPageText = {
  skip: 'Skip to content',
  lede: 'This is our security policy. Beside each sentence stands what was measured, and when. What is not kept is shown like everything else, and a sentence that nothing checks says so.',
  description: (owner) => `What ${owner} promises about security, sentence by sentence, with what was measured.`,
  headline: (kept, all) => `${number(kept)} of ${all === 1 ? '1 statement' : `${number(all)} statements`} kept`,
  measured: 'Measured',
  frozen: 'This page does not change by itself: it says nothing about the time after.',
  live: 'This is measured again every day and whenever something new is reported. The page shows the latest evaluation.',
  old: 'Nothing was evaluated since then, although it is due every day. What stands here says nothing about today.',
  unreadable: [
    'The policy or its facts cannot be read since',
    'What stands here was measured before, and says nothing about the time after.',
  ],
  recorded: (origin, entry) => `This evaluation is entry ${number(entry)} of the evidence log ${origin}.`,
  checkpoint: 'Its signed checkpoint',
  staff: 'For the staff',
  verdict: {
    kept: 'kept',
    broken: 'broken',
    stale: 'stale',
    unknown: 'unknown',
    manual: 'manual',
    'no-case': 'no case yet',
    unbound: 'unbound',
  },
  meaning: {
    kept: 'measured and true',
    broken: 'measured and not true',
    stale: 'evidence too old',
    unknown: 'could not be measured',
    manual: 'attested by a person',
    'no-case': 'nothing to judge so far',
    unbound: 'checked by nothing',
  },
  trouble: {
    broken: (amount) => `${statements(amount)} broken`,
    unknown: (amount) => `${statements(amount)} unknown`,
    stale: (amount) => `${statements(amount)} stale`,
  },
  troubleNext: 'What we know about each stands beside it:',
  how: 'How this is checked',
  note: (at) => `Note ${at}: how this is checked`,
  uncheckedSentence: 'Nothing checks this sentence.',
  notBuilt: (control) => `Nothing checks this sentence yet: its control, ${control}, is not built.`,
  noExplanation: 'The policy does not say how.',
  notMeasured: 'Not measured.',
  measuredOnce: 'Measured once, on',
  historyBegins: 'History begins with recorded evaluations.',
  withheld: (names) => `Measured as well, and not shown here: ${names.join(', ')}`,
  asJson: 'The same as JSON',
  empty: {
    why: 'The document has no sentence, so there is nothing to keep and nothing was measured.',
    next: 'Write the first sentence of the policy, then publish again.',
  },
  legend: {
    title: 'How to read this page',
    worst:
      'A sentence that several controls check has the worst of their verdicts. Unknown and stale count as not kept; what a person attests and what has had no case yet never count as kept.',
    unbound:
      'Unbound means that nothing checks the sentence. It may be true; this page does not claim it. Where words of the check are in English, they are what the program wrote.',
    source: 'SHA-256 of the document:',
  },
  effective: 'In force since',
  version: 'Version',
  timesAre: (zone) => `Times are ${zone}.`,
  writtenBy: (version) => `Written by Holdfast ${version}.`,
  notFound: {
    title: 'There is nothing at this address',
    words: 'The page was moved, or the address is not complete.',
    link: 'Read the security policy',
  },
  strip: {
    span: 'Past year: ',
    sum: (state, amount) => `${dayState(state)} on ${amount === 1 ? '1 day' : `${number(amount)} days`}`,
    state: dayState,
    table: {
      summary: 'The strip as a table',
      from: 'From',
      to: 'To',
      state: 'State',
      earlier: (rows) => `${number(rows)} earlier rows are in policy.json.`,
    },
    until: 'today',
  },
  done: 'done:',
  open: 'open:',
};
