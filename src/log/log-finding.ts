/** What a verification of the log finds. Made in verify-log.ts, told in verify.text.ts. */

/**
 * `broken`: the log is not what its checkpoint, or an older one, says. `unread`: something could not be looked at, so that
 * nothing is known about it. Each code belongs to one of the two, apart from what is missing: see `missingEntries`.
 */
export type FindingKind = 'broken' | 'unread';

export type FindingCode =
  | 'key-missing'
  | 'key-malformed'
  | 'key-differs'
  | 'checkpoint-missing'
  | 'checkpoint-malformed'
  | 'signature-missing'
  | 'signature-wrong'
  | 'origin-differs'
  | 'entries-missing'
  | 'bundle-malformed'
  | 'entry-malformed'
  | 'entry-foreign'
  | 'time-backwards'
  | 'time-before-anchor'
  | 'time-after-anchor'
  | 'tile-missing'
  | 'tile-differs'
  | 'root-differs'
  | 'earlier-differs'
  | 'earlier-missing'
  | 'history-malformed'
  | 'history-other-log'
  | 'history-other-key'
  | 'history-other-size'
  | 'rolled-back'
  | 'rewritten'
  | 'state-differs'
  | 'state-missing'
  | 'state-elsewhere'
  | 'state-unread'
  | 'listing-differs'
  | 'evidence-differs'
  | 'evidence-missing'
  | 'evidence-unread'
  | 'proof-malformed';

export interface LogFinding {
  readonly code: FindingCode;
  readonly kind: FindingKind;
  /** In the pack, or as the checkpoint that somebody holds was named. */
  readonly where: string;
  /** A sentence without its full stop. May hold text of a file that we did not write. */
  readonly words: string;
}

/** A log with a million malformed entries has to give a report, not a million lines. */
const MOST_LISTED = 100;

/** Counts everything and lists the beginning. */
export class Findings {
  readonly listed: LogFinding[] = [];
  broken = 0;
  unread = 0;

  add(kind: FindingKind, code: FindingCode, where: string, words: string): void {
    this[kind] += 1;
    if (this.listed.length < MOST_LISTED) this.listed.push({ code, kind, where, words });
  }

  /** Those of a log that came before, under its name. */
  addAll(others: Findings, origin: string): void {
    this.broken += others.broken;
    this.unread += others.unread;
    const room = MOST_LISTED - this.listed.length;
    this.listed.push(...others.listed.slice(0, room).map((each) => ({ ...each, where: `${origin}: ${each.where}` })));
  }
}
