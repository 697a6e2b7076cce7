/**
 * The text of a yarn.lock of Yarn 1: entries of two levels, written by indentation.
 *
 *     "@shop/cart@^1.0.0", "@shop/cart@^1.2.0":      the descriptors that this entry answers
 *       version "1.2.3"                              a field
 *       dependencies:                                a table
 *         left-pad "^1.0.0"
 *
 * Source: Yarn 1, `src/lockfile/parse.js` and `stringify.js` (the format has no specification). It looks like YAML and is
 * not: strings are JSON's, and there is no colon between name and value. What Yarn never writes (deeper levels, values at
 * the top) is refused. Entered by yarn-classic.ts, which gives the entries their meaning.
 *
 * Lines are cut out with `indexOf` and told apart by single characters, because this runs on the path of every scan, before V8
 * has compiled anything.
 */
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';
import type { Ask } from './yarn-graph.ts';

export interface ClassicEntry {
  /** `name@range`, as whoever asks spells it; at least one. */
  readonly descriptors: readonly string[];
  /** Only where it differs from the name of the first descriptor; for an alias it is the alias. Empty when there is none. */
  name: string;
  /** `null` only while the entry is being read. */
  version: string | null;
  /** Empty when there is none. */
  resolved: string;
  /** Empty when there is none. */
  integrity: string;
  readonly asks: Ask[];
}

/** @throws INVENTORY_MALFORMED with the line, INVENTORY_UNSUPPORTED for another version of the format. */
export function readClassicText(path: string, text: string): readonly ClassicEntry[] {
  const reading: Reading = { entries: [], entry: null, table: null };
  let entryAt = 0;
  let next = 0;
  for (let at = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0; at < text.length; at = next) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    next = end + 1;
    if (text.charCodeAt(end - 1) === CARRIAGE_RETURN) end -= 1;
    if (end <= at) continue;
    const line = text.slice(at, end);
    if (line.charCodeAt(0) === SPACE) {
      // Blanks at the end mean nothing and are never written by Yarn, so they are looked for only where reading fails.
      if (!readIndented(line, reading) && !readIndented(line.trimEnd(), reading)) throw badLine(path, text, at);
    } else if (line.charCodeAt(0) === HASH) {
      refuseOtherVersions(path, line);
    } else {
      if (reading.entry?.version === null) throw withoutVersion(path, text, entryAt);
      const descriptors = descriptorsOf(line) ?? descriptorsOf(line.trimEnd());
      if (descriptors === null) throw badLine(path, text, at);
      entryAt = at;
      reading.entry = { descriptors, name: '', version: null, resolved: '', integrity: '', asks: [] };
      reading.table = null;
      reading.entries.push(reading.entry);
    }
  }
  if (reading.entry?.version === null) throw withoutVersion(path, text, entryAt);
  return reading.entries;
}

interface Reading {
  readonly entries: ClassicEntry[];
  /** The entry whose lines are being read. */
  entry: ClassicEntry | null;
  /** The table whose lines are being read. */
  table: Table | null;
}

type Table = 'dependencies' | 'optionalDependencies' | 'other';

/**
 * The descriptors of an entry's line, `a@^1, "@b/c@>=1, <2":`; `null` when it is none. Yarn quotes a descriptor that holds
 * more than a bare word may, so a bare one has neither blank, quote nor colon (`stringify.js`, `shouldWrapKey`).
 */
function descriptorsOf(line: string): readonly string[] | null {
  const end = line.length - 1;
  if (line.charCodeAt(end) !== COLON) return null;
  const descriptors: string[] = [];
  for (let at = 0; ; at += 1) {
    while (line.charCodeAt(at) === SPACE) at += 1;
    const isQuoted = line.charCodeAt(at) === QUOTE;
    const close = isQuoted ? afterString(line, at) : endOfWord(line, at, end);
    const descriptor = isQuoted ? stringIn(line, at, close) : wordIn(line, at, close);
    if (descriptor === null) return null;
    descriptors.push(descriptor);
    at = close;
    if (at === end) return descriptors;
    if (line.charCodeAt(at) !== COMMA) return null;
  }
}

function endOfWord(line: string, at: number, end: number): number {
  const comma = line.indexOf(',', at);
  return comma < 0 ? end : comma;
}

/** Reads the line of a field, a table or a comment into the entry; false when it is none of these, or has no entry. */
function readIndented(line: string, reading: Reading): boolean {
  const { entry } = reading;
  if (entry !== null && line.charCodeAt(FIELD_LEVEL) !== SPACE && line.charCodeAt(1) === SPACE) {
    if (line.charCodeAt(line.length - 1) === COLON) {
      reading.table = tableOf(line);
      return reading.table !== null;
    }
    if (line.charCodeAt(FIELD_LEVEL) !== HASH) {
      reading.table = null;
      return readField(line, entry);
    }
  }
  if (entry !== null && reading.table !== null && line.charCodeAt(TABLE_LEVEL) !== SPACE) {
    if (line.startsWith('    ') && line.charCodeAt(TABLE_LEVEL) !== HASH) {
      return readTableLine(line, reading.table, entry);
    }
  }
  const bare = line.trim();
  return bare === '' || bare.charCodeAt(0) === HASH;
}

const FIELD_LEVEL = 2;
const TABLE_LEVEL = 4;

/** Tables of other names are checked as these are, and say nothing that is needed. */
function tableOf(line: string): Table | null {
  if (line === '  dependencies:') return 'dependencies';
  if (line === '  optionalDependencies:') return 'optionalDependencies';
  return wordIn(line, FIELD_LEVEL, line.length - 1) === null ? null : 'other';
}

/** Reads `version "1.2.3"`; other fields are checked as these are. */
function readField(line: string, entry: ClassicEntry): boolean {
  const blank = line.indexOf(' ', FIELD_LEVEL);
  const value = blank < 0 ? null : valueIn(line, blank + 1);
  if (value === null) return false;
  if (line.startsWith('version ', FIELD_LEVEL)) entry.version = value;
  else if (line.startsWith('resolved ', FIELD_LEVEL)) entry.resolved = value;
  else if (line.startsWith('integrity ', FIELD_LEVEL)) entry.integrity = value;
  else if (line.startsWith('name ', FIELD_LEVEL)) entry.name = value;
  return true;
}

/** Reads `left-pad "^1.0.0"`. */
function readTableLine(line: string, table: Table, entry: ClassicEntry): boolean {
  const isQuoted = line.charCodeAt(TABLE_LEVEL) === QUOTE;
  const close = isQuoted ? afterString(line, TABLE_LEVEL) : line.indexOf(' ', TABLE_LEVEL);
  const name = isQuoted ? stringIn(line, TABLE_LEVEL, close) : wordIn(line, TABLE_LEVEL, close);
  const range = line.charCodeAt(close) === SPACE ? valueIn(line, close + 1) : null;
  if (name === null || range === null) return false;
  if (table !== 'other') entry.asks.push({ name, range, optional: table === 'optionalDependencies' });
  return true;
}

/** A value up to the end of its line: a JSON string or a bare word; `null` when it is neither. */
function valueIn(line: string, start: number): string | null {
  if (line.charCodeAt(start) !== QUOTE) return wordIn(line, start, line.length);
  return afterString(line, start) === line.length ? stringIn(line, start, line.length) : null;
}

/** Behind the closing quote of the string that opens at `start`; -1 when it does not close. */
function afterString(line: string, start: number): number {
  for (let at = line.indexOf('"', start + 1); at > 0; at = line.indexOf('"', at + 1)) {
    if (line.charCodeAt(at - 1) !== BACKSLASH) return at + 1;
    let escape = at - 1;
    while (line.charCodeAt(escape - 1) === BACKSLASH) escape -= 1;
    if ((at - escape) % 2 === 0) return at + 1;
  }
  return -1;
}

/** The text between two quotes; `null` where `end` is -1 or its escapes are not JSON's. */
function stringIn(line: string, start: number, end: number): string | null {
  if (end < 0) return null;
  const inner = line.slice(start + 1, end - 1);
  if (!inner.includes('\\')) return inner;
  try {
    return String(JSON.parse(line.slice(start, end)));
  } catch {
    return null;
  }
}

/** A bare word; `null` where `end` is -1 or it holds what only a string may. */
function wordIn(line: string, start: number, end: number): string | null {
  if (end <= start) return null;
  const word = line.slice(start, end);
  return /[\s",:]/.test(word) ? null : word;
}

/** Yarn 1 refuses what a later version of the format would say in its header (`parse.js`, `VERSION_REGEX`). */
function refuseOtherVersions(path: string, comment: string): void {
  const version = /^# yarn lockfile v(\d{1,9})\s*$/.exec(comment)?.[1];
  if (version === undefined || Number(version) === 1) return;
  throw unsupported(
    path,
    `the lockfile says that it has version ${version} of the format`,
    'Holdfast reads version 1 of Yarn classic, and the lockfiles of Yarn 2 to 4.',
  );
}

function badLine(path: string, text: string, at: number) {
  const end = text.indexOf('\n', at);
  const line = text.slice(at, end < 0 ? text.length : end);
  if (/^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)/.test(line)) {
    return malformed(
      path,
      `${lastName(path)} holds a merge conflict that is not resolved`,
      MERGE_HINT,
      placeOf(text, at),
    );
  }
  return malformed(
    path,
    `\`${excerpt(line.trim())}\` is not what stands in a yarn.lock of Yarn 1 at this place`,
    RESTORE_HINT,
    placeOf(text, at),
  );
}

const withoutVersion = (path: string, text: string, at: number) =>
  malformed(path, 'here begins an entry without a version', RESTORE_HINT, placeOf(text, at));

function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  let line = 1;
  for (let feed = text.indexOf('\n'); feed >= 0 && feed < at; feed = text.indexOf('\n', feed + 1)) line += 1;
  return { line, column: 1 };
}

const MERGE_HINT = 'Resolve it; `yarn install` does.';
const RESTORE_HINT = 'Restore the lockfile from version control, or write it again with `yarn install`.';

const BYTE_ORDER_MARK = 0xfeff;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
