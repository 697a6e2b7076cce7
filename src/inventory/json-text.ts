/**
 * JSON text of lockfiles and SBOMs, with the line and column of a mistake.
 *
 * `JSON.parse` does the work; V8 names a position in some of its messages only, so the small scanner below looks for it,
 * and runs only after `JSON.parse` has failed. Source of the grammar: RFC 8259.
 */
import type { HoldfastError } from '../lib/errors.ts';
import { lastName, malformed, unsupported } from './unreadable.ts';

/**
 * Parses a text; a byte order mark is skipped.
 *
 * @throws INVENTORY_MALFORMED with line and column when the text is not JSON; INVENTORY_UNSUPPORTED when it holds more
 *   than can be read in reasonable time and memory.
 */
export function parseJson(path: string, text: string): unknown {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (bare.length > UNSUSPECTED_LENGTH && isOvergrown(bare)) {
    throw unsupported(
      path,
      `${lastName(path)} holds more than 1,000,000 values or is nested more than 1,000 deep`,
      'The largest real lockfiles hold some 100,000. Name the lockfile or SBOM of one product.',
    );
  }
  try {
    return JSON.parse(bare);
  } catch {
    throw mistakeIn(path, bare);
  }
}

function mistakeIn(path: string, text: string): HoldfastError {
  const mistake = findJsonMistake(text);
  const place = mistake === null ? null : placeAt(text, mistake.offset);
  // Git's conflict markers (git-merge(1), "How conflicts are presented") are what breaks lockfiles most often.
  if (mistake !== null && /^(?:<{7}|={7}|>{7})/.test(text.slice(mistake.offset, mistake.offset + 7))) {
    const hint = 'Resolve it; for a lockfile of npm, `npm install --package-lock-only` does.';
    return malformed(path, `${lastName(path)} holds a merge conflict that is not resolved`, hint, place);
  }
  const hint = 'Restore the file from version control, or write it again with the tool that made it.';
  return malformed(path, `${lastName(path)} is not JSON: ${mistake?.what ?? 'it cannot be parsed'}`, hint, place);
}

/**
 * Bounds on what `JSON.parse` is asked to build: a hundred megabytes of brackets would take it 17 seconds and 5 GB, and
 * no word of the file would be of use. Real lockfiles have about 22 values per kilobyte, so texts below the length are
 * parsed without counting.
 */
export const UNSUSPECTED_LENGTH = 4 * 1024 * 1024;
const MOST_VALUES = 1_000_000;
const DEEPEST = 1_000;

function isOvergrown(text: string): boolean {
  let values = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = skipQuoted(text, at);
    else if (code === COMMA) values += 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      values += 1;
      depth += 1;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    if (values > MOST_VALUES || depth > DEEPEST) return true;
  }
  return false;
}

/** The closing quote of a string, judging nothing else about it; the end of the text when there is none. */
export function skipQuoted(text: string, from: number): number {
  let at = from + 1;
  for (let code = text.charCodeAt(at); code !== QUOTE && at < text.length; code = text.charCodeAt(at)) {
    at += code === BACKSLASH ? 2 : 1;
  }
  return at;
}

export interface JsonMistake {
  /** In UTF-16 code units from 0. */
  readonly offset: number;
  readonly what: string;
}

/** Line and column of an offset, both from 1; columns count UTF-16 code units, as editors do. */
export function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = 0; at < offset; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== LF && (code !== CR || text.charCodeAt(at + 1) === LF)) continue;
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

type Expected = 'value' | 'item or ]' | 'key or }' | 'key' | ':' | ', or end' | 'end of file';

const WORDS: Readonly<Record<Expected, string>> = {
  value: 'a value is missing here',
  'item or ]': 'a value or ] is missing here',
  'key or }': 'a property name or } is missing here',
  key: 'a property name in double quotes is missing here',
  ':': 'a colon is missing here',
  ', or end': 'a comma or a closing bracket is missing here',
  'end of file': 'there is text after its end',
};

/** The first mistake, or `null` when the text is JSON. One pass, no recursion: depth costs one byte per level. */
export function findJsonMistake(text: string): JsonMistake | null {
  const open = new Brackets();
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    if (text.charCodeAt(at) <= 0x20) at = skipBlank(text, at);
    if (at >= text.length) return expected === 'end of file' ? null : endsEarly(text);
    const code = text.charCodeAt(at);
    if (expected === 'end of file') return { offset: at, what: WORDS[expected] };
    if (expected === ':' || expected === ', or end') {
      const next: Expected | null = afterPunctuation(code, expected, open);
      if (next === null) return { offset: at, what: WORDS[expected] };
      expected = next;
      at += 1;
    } else if (code === open.closing && (expected === 'item or ]' || expected === 'key or }')) {
      open.pop();
      expected = open.depth === 0 ? 'end of file' : ', or end';
      at += 1;
    } else if (expected === 'key' || expected === 'key or }') {
      if (code !== QUOTE) return { offset: at, what: WORDS[expected] };
      const end = skipString(text, at);
      if (typeof end !== 'number') return end;
      at = end;
      expected = ':';
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      open.push(code);
      expected = code === OPEN_BRACE ? 'key or }' : 'item or ]';
      at += 1;
    } else {
      const end = code === QUOTE ? skipString(text, at) : skipScalar(text, at, WORDS[expected]);
      if (typeof end !== 'number') return end;
      at = end;
      expected = open.depth === 0 ? 'end of file' : ', or end';
    }
  }
}

function afterPunctuation(code: number, expected: ':' | ', or end', open: Brackets): Expected | null {
  if (expected === ':') return code === COLON ? 'value' : null;
  if (code === COMMA) return open.closing === CLOSE_BRACE ? 'key' : 'value';
  if (code !== open.closing) return null;
  open.pop();
  return open.depth === 0 ? 'end of file' : ', or end';
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const SMALL_E = 0x65;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The brackets that are open, one byte each: a hostile file may open a hundred million. */
class Brackets {
  depth = 0;
  #codes = new Uint8Array(64);

  /** The code that closes the innermost bracket; 0 when none is open. */
  get closing(): number {
    if (this.depth === 0) return 0;
    return this.#codes[this.depth - 1] === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
  }

  push(code: number): void {
    if (this.depth === this.#codes.length) {
      const larger = new Uint8Array(this.#codes.length * 2);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    this.#codes[this.depth] = code;
    this.depth += 1;
  }

  pop(): void {
    this.depth -= 1;
  }
}

/** The mistake of a truncated file stands behind its last word, not behind the line feed that may follow. */
function endsEarly(text: string): JsonMistake {
  return { offset: text.trimEnd().length, what: 'the file ends before its JSON is complete' };
}

function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== LF && code !== CR && code !== 0x09) return at;
    at += 1;
  }
}

function skipString(text: string, from: number): number | JsonMistake {
  let at = from + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code < 0x20) return { offset: at, what: 'a line break or control character stands inside a string' };
    if (code !== BACKSLASH) continue;
    const escaped = text.charAt(at + 1);
    if (escaped === 'u' && /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) at += 5;
    else if (escaped !== '' && '"\\/bfnrt'.includes(escaped)) at += 1;
    else return at + 6 > text.length ? endsEarly(text) : { offset: at, what: 'an escape sequence is not one of JSON' };
  }
  return endsEarly(text);
}

/** Numbers and the three literals. */
function skipScalar(text: string, from: number, missing: string): number | JsonMistake {
  const number = skipNumber(text, from);
  if (number > from) return number;
  for (const literal of ['true', 'false', 'null']) if (text.startsWith(literal, from)) return from + literal.length;
  const rest = text.slice(from, from + 6).trimEnd();
  const isCut = from + rest.length >= text.trimEnd().length && /^(?:t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|-)$/.test(rest);
  return isCut ? endsEarly(text) : { offset: from, what: missing };
}

/** The end of the number that starts at `from`, `from` itself when none does; by hand, for files full of them. */
function skipNumber(text: string, from: number): number {
  const start = text.charCodeAt(from) === MINUS ? from + 1 : from;
  let end = text.charCodeAt(start) === ZERO ? start + 1 : skipDigits(text, start);
  if (end === start) return from;
  if (text.charCodeAt(end) === DOT) end = longer(end, skipDigits(text, end + 1), 1);
  if ((text.charCodeAt(end) | 0x20) === SMALL_E) {
    const sign = text.charCodeAt(end + 1);
    const length = sign === PLUS || sign === MINUS ? 2 : 1;
    end = longer(end, skipDigits(text, end + length), length);
  }
  return end;
}

/** A fraction or exponent without digits does not belong to the number: the mistake is then what stands behind it. */
const longer = (end: number, withPart: number, marks: number): number => (withPart > end + marks ? withPart : end);

function skipDigits(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= ZERO && code <= NINE; code = text.charCodeAt(at)) at += 1;
  return at;
}
