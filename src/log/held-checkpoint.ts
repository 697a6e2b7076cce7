/**
 * Checkpoints that somebody kept, and what each of them asks of the log today.
 *
 * The signature of a log shows who wrote it, not that it was never rewritten: the owner of the key can sign another history.
 * Only a checkpoint outside of their reach shows that, so whoever audits keeps some (docs/formats/log.md, "Anchors").
 */
import { fromUtf8, utf8 } from '../lib/bytes.ts';
import { isObject } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { formatInstant, hours, type Instant, parseInstant, plus } from '../lib/time.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import type { Findings } from './log-finding.ts';
import { parseNote, type VerifierKey, verifyNote } from './note.ts';

export interface HeldCheckpoint {
  /** How to name it to people: a file, a line of a file. */
  readonly where: string;
  readonly note: Uint8Array;
  /** When it was fetched as the newest one there was; `null` where nobody wrote it down. */
  readonly seenAt: Instant | null;
}

/** A held checkpoint that belongs to this log. */
export interface Anchor {
  readonly where: string;
  readonly checkpoint: Checkpoint;
  readonly seenAt: Instant | null;
}

/** Bounds of a history file: a checkpoint a day for 27 years. Each of its signatures costs 0.2 ms to check. */
export const MOST_HISTORY_BYTES = 4 * 1_024 * 1_024;
const MOST_HELD = 10_000;

/**
 * Reads a history file: a line for each checkpoint, `{"note":"…","seen":"2026-11-24T09:00:00Z"}`; `seen` may be null.
 *
 * @returns Why it was not read, in words that continue "the history …".
 */
export function parseHistory(where: string, bytes: Uint8Array): Result<readonly HeldCheckpoint[], string> {
  const text = bytes.length > MOST_HISTORY_BYTES ? null : fromUtf8(bytes);
  if (text === null) return no('is not UTF-8, or has more than 4 MiB');
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > MOST_HELD) return no(`holds more than ${MOST_HELD} checkpoints`);
  const held: HeldCheckpoint[] = [];
  for (const [at, line] of lines.entries()) {
    const place = `${where}:${at + 1}`;
    const entry = parseLine(line);
    const seen = entry === null || entry.seen === null ? null : parseInstant(entry.seen);
    if (entry === null || (seen === null && entry.seen !== null))
      return no(`has a line ${at + 1} that is not {"note": …, "seen": …}`);
    held.push({ where: place, note: utf8(entry.note), seenAt: seen });
  }
  return ok(held);
}

function parseLine(line: string): { readonly note: string; readonly seen: string | null } | null {
  try {
    const value: unknown = JSON.parse(line);
    if (!isObject(value)) return null;
    const { note, seen } = value;
    return typeof note === 'string' && (seen === null || typeof seen === 'string') ? { note, seen } : null;
  } catch {
    return null;
  }
}

/** The lines of a history file. */
export const formatHistory = (held: readonly { readonly note: string; readonly seenAt: Instant | null }[]): string =>
  held
    .map(({ note, seenAt }) => `${JSON.stringify({ note, seen: seenAt === null ? null : formatInstant(seenAt) })}\n`)
    .join('');

/** What it says, without a look at who signed it; `null` where it says nothing. */
export function checkpointIn({ note }: HeldCheckpoint): Checkpoint | null {
  const parsed = parseNote(note);
  const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed;
  return checkpoint.ok ? checkpoint.value : null;
}

/** Those of the held checkpoints that this log has to answer for, smallest first; the others are findings. */
export function anchorsOf(
  held: readonly HeldCheckpoint[],
  current: Checkpoint,
  key: VerifierKey,
  findings: Findings,
): readonly Anchor[] {
  const anchors: Anchor[] = [];
  for (const { where, note, seenAt } of held) {
    const parsed = parseNote(note);
    const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed;
    if (!parsed.ok || !checkpoint.ok) {
      const fault = checkpoint.ok ? '' : checkpoint.error;
      findings.add('unread', 'history-malformed', where, `the checkpoint ${fault}, so nothing was compared with it`);
    } else if (checkpoint.value.origin !== current.origin) {
      const words = `the checkpoint is of the log "${checkpoint.value.origin}", so nothing was compared with it`;
      findings.add('unread', 'history-other-log', where, words);
    } else if (verifyNote(parsed.value, key) !== 'signed') {
      const words = 'the checkpoint names this log and is not signed by its key: one of the two is not genuine';
      findings.add('broken', 'history-other-key', where, words);
    } else if (checkpoint.value.size > current.size) {
      const words = `the log once had ${checkpoint.value.size} entries and now ends at ${current.size}: entries were cut off`;
      findings.add('broken', 'rolled-back', where, words);
    } else anchors.push({ where, checkpoint: checkpoint.value, seenAt });
  }
  return anchors.sort((a, b) => a.checkpoint.size - b.checkpoint.size);
}

/**
 * How far the time of an entry may pass the time at which an anchor was seen: checkpoints are signed within a minute of
 * growth, and the clocks of two organisations differ.
 */
const ANCHOR_SLACK = hours(1);

/** The earliest and the latest time that the anchors allow, entry by entry in order of the index. */
export class AnchorTimes {
  readonly #anchors: readonly { readonly size: number; readonly seenAt: Instant }[];
  /** For each anchor the earliest time among it and the ones after it. */
  readonly #latest: readonly Instant[];
  #passed = 0;
  #earliest: Instant | null = null;

  constructor(anchors: readonly Anchor[]) {
    this.#anchors = anchors.flatMap(({ checkpoint, seenAt }) =>
      seenAt === null ? [] : [{ size: checkpoint.size, seenAt }],
    );
    const latest: Instant[] = [];
    for (const { seenAt } of [...this.#anchors].reverse()) {
      const after = latest.at(-1);
      latest.push(after !== undefined && after < seenAt ? after : seenAt);
    }
    this.#latest = latest.reverse();
  }

  /** `null` where the time is possible. Asked for each index once, in order. */
  judge(index: number, at: Instant): 'before' | 'after' | null {
    for (let next = this.#anchors[this.#passed]; next !== undefined && next.size <= index; ) {
      // Who was shown a larger log before cannot have been shown the newest one now: such a time says nothing about what follows.
      if (next.seenAt === this.#latest[this.#passed]) this.#earliest = next.seenAt;
      this.#passed += 1;
      next = this.#anchors[this.#passed];
    }
    if (this.#earliest !== null && plus(at, ANCHOR_SLACK) < this.#earliest) return 'before';
    const latest = this.#latest[this.#passed];
    return latest !== undefined && at > plus(latest, ANCHOR_SLACK) ? 'after' : null;
  }
}
