/** The shape of the words around a policy; they are policy-page-en.text.ts and policy-page-de.text.ts. */
import type { StatementVerdict } from '../policy/evaluate.ts';
import type { StripWords } from '../web/strip-history.ts';

export interface PolicyPageText {
  readonly skip: string;
  readonly lede: string;
  /** For search engines. */
  readonly description: (owner: string) => string;
  /** "1 of 18 statements kept" */
  readonly headline: (kept: number, all: number) => string;
  readonly measured: string;
  /** A page from a disk grows old without noticing. */
  readonly frozen: string;
  /** Of a page that the service makes. */
  readonly live: string;
  /** The service should have measured since. */
  readonly old: string;
  /** Before the moment since when the document cannot be read, and behind it. */
  readonly unreadable: readonly [string, string];
  readonly recorded: (origin: string, entry: number) => string;
  readonly checkpoint: string;
  /** The way in for those who keep the promises. */
  readonly staff: string;
  readonly verdict: Readonly<Record<StatementVerdict, string>>;
  readonly meaning: Readonly<Record<StatementVerdict, string>>;
  /** "1 statement is broken" */
  readonly trouble: Readonly<Record<'broken' | 'stale' | 'unknown', (amount: number) => string>>;
  readonly troubleNext: string;
  readonly how: string;
  /** "Note 3: how this is checked" */
  readonly note: (number: number) => string;
  readonly uncheckedSentence: string;
  /** The control that would answer does not exist yet. */
  readonly notBuilt: (control: string) => string;
  readonly noExplanation: string;
  readonly notMeasured: string;
  readonly measuredOnce: string;
  readonly historyBegins: string;
  /** Names of what was measured and is not shown. */
  readonly withheld: (names: readonly string[]) => string;
  readonly asJson: string;
  readonly empty: { readonly why: string; readonly next: string };
  readonly legend: {
    readonly title: string;
    readonly worst: string;
    readonly unbound: string;
    readonly source: string;
  };
  readonly effective: string;
  readonly version: string;
  readonly timesAre: (zone: string) => string;
  readonly writtenBy: (version: string) => string;
  readonly notFound: { readonly title: string; readonly words: string; readonly link: string };
  readonly strip: StripWords;
  readonly done: string;
  readonly open: string;
}
