/** What a strip (strip.tsx) is drawn from: the states of a year, and the words for them. */
export type StripState = 'kept' | 'broken' | 'stale' | 'unknown' | 'manual';

/** Days in a row with the same state; `null`: nothing was recorded. */
export interface StripRun {
  readonly state: StripState | null;
  readonly days: number;
}

export interface StripHistory {
  /** The first day, `YYYY-MM-DD`. */
  readonly from: string;
  /** Oldest first; together the days that are shown. */
  readonly runs: readonly StripRun[];
}

export interface StripWords {
  /** "Past year: " */
  readonly span: string;
  /** "kept on 363 days"; for `null` "not recorded on 2 days". */
  readonly sum: (state: StripState | null, days: number) => string;
  readonly state: (state: StripState | null) => string;
  readonly table: {
    readonly summary: string;
    readonly from: string;
    readonly to: string;
    readonly state: string;
    /** Rows that are left out. */
    readonly earlier: (rows: number) => string;
  };
  readonly until: string;
}
