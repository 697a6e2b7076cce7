/**
 * The JSON of bun.lock: commas may stand behind the last item, and comments anywhere (Bun docs, "Lockfile").
 *
 * `JSON.parse` does the work, on a text without those commas. Two ways lead there. The fast one knows where Bun itself
 * puts them (at the end of a line, and before the bracket of a list on one line) and looks at nothing else; where its
 * text is not JSON after all, the careful one goes through every character, and keeps each in its place, so that a
 * mistake is reported where it is.
 */
import { parseJson, skipQuoted, UNSUSPECTED_LENGTH } from './json-text.ts';

/** @throws as `parseJson` */
export function parseBunJson(path: string, text: string): unknown {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const plain = bare.length > UNSUSPECTED_LENGTH ? null : withoutBunCommas(bare);
  if (plain !== null) {
    try {
      return JSON.parse(plain);
    } catch {
      // The careful way says where the mistake is, or that there is none.
    }
  }
  return parseJson(path, withBlanks(bare));
}

const LF = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const STAR = 0x2a;
const COMMA = 0x2c;
const SLASH = 0x2f;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const isClosing = (code: number): boolean => code === CLOSE_BRACE || code === CLOSE_BRACKET;

/**
 * The text without the commas that Bun writes behind last items; `null` where it is not as Bun writes it.
 *
 * A string holds no line feed, so a comma at the end of a line stands in none, and neither does what follows the quotes of
 * its line in pairs.
 */
export function withoutBunCommas(text: string): string | null {
  const parts: string[] = [];
  const quotes = new QuoteCounter(text);
  let from = 0;
  let atEnd = text.indexOf(',\n');
  let inLine = text.indexOf(', ]');
  while (atEnd >= 0 || inLine >= 0) {
    const isInLine = atEnd < 0 || (inLine >= 0 && inLine < atEnd);
    const comma = isInLine ? inLine : atEnd;
    if (isInLine) {
      inLine = text.indexOf(', ]', comma + 1);
      if (quotes.areOpenAt(comma)) continue;
    } else {
      atEnd = text.indexOf(',\n', comma + 1);
      let next = comma + 2;
      for (let code = text.charCodeAt(next); code === SPACE || code === LF; code = text.charCodeAt(next)) next += 1;
      if (!isClosing(text.charCodeAt(next))) continue;
    }
    // `[,]` is no list with a comma too many but a mistake.
    const before = text.charCodeAt(comma - 1);
    if (!isClosing(before) && before !== QUOTE && !isWordEnd(before)) return null;
    parts.push(text.slice(from, comma));
    from = comma + 1;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** The end of a number or of `true`, `false`, `null`. */
const isWordEnd = (code: number): boolean => (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a);

/** Whether a place is inside of a string, by the quotes of its line; for places in ascending order, in linear time. */
class QuoteCounter {
  readonly #text: string;
  #at = 0;
  #isOpen = false;
  #lineEnd = -1;

  constructor(text: string) {
    this.#text = text;
  }

  areOpenAt(place: number): boolean {
    if (this.#lineEnd < place) {
      this.#at = this.#text.lastIndexOf('\n', place) + 1;
      const end = this.#text.indexOf('\n', place);
      this.#lineEnd = end < 0 ? this.#text.length : end;
      this.#isOpen = false;
    }
    for (; this.#at < place; this.#at += 1) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) this.#isOpen = !this.#isOpen;
      else if (code === BACKSLASH && this.#isOpen) this.#at += 1;
    }
    return this.#isOpen;
  }
}

/** The text with blanks for comments and for commas behind last items; everything else keeps its place. */
export function withBlanks(text: string): string {
  const parts: string[] = [];
  let from = 0;
  const blank = (start: number, end: number): void => {
    parts.push(text.slice(from, start), text.slice(start, end).replace(/[^\n\r]/g, ' '));
    from = end;
  };
  /** A comma that nothing has followed yet, and whether something stands before it. */
  let comma = -1;
  let before = OPEN_BRACKET;
  const comments: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= SPACE) continue;
    if (code === SLASH) {
      const end = endOfComment(text, at);
      if (end < 0) break;
      comments.push(at, end);
      at = end - 1;
      continue;
    }
    if (isClosing(code) && comma >= 0) blankInOrder(comma, comments, blank);
    else if (comments.length > 0) blankInOrder(-1, comments, blank);
    const isFirst = before === COMMA || before === OPEN_BRACE || before === OPEN_BRACKET;
    comma = code === COMMA && !isFirst ? at : -1;
    before = code;
    if (code === QUOTE) at = skipQuoted(text, at);
  }
  blankInOrder(-1, comments, blank);
  parts.push(text.slice(from));
  return parts.join('');
}

/** Blanks the comma, which stands before all of them, and the comments (starts and ends in turn), which are then done. */
function blankInOrder(comma: number, comments: number[], blank: (start: number, end: number) => void): void {
  if (comma >= 0) blank(comma, comma + 1);
  for (let at = 0; at < comments.length; at += 2) blank(comments[at] ?? 0, comments[at + 1] ?? 0);
  comments.length = 0;
}

/** -1 where the slash begins no comment, or one that does not end. */
function endOfComment(text: string, start: number): number {
  const next = text.charCodeAt(start + 1);
  if (next === SLASH) {
    const end = text.indexOf('\n', start);
    return end < 0 ? text.length : end;
  }
  const end = next === STAR ? text.indexOf('*/', start + 2) : -1;
  return end < 0 ? -1 : end + 2;
}
