/**
 * The YAML that pnpm and Yarn write their lockfiles in, read in one pass.
 *
 * Every scalar stays text: `1.10`, `5e3` and `true` are versions and names before they are anything else, and only the
 * parser of a lockfile knows which. The reader here knows the part of YAML 1.2 that js-yaml (pnpm) and Yarn's own writer
 * produce: block maps and lists, flow collections and quoted scalars on one line, literal blocks, explicit keys, several
 * documents. It answers "not mine" to everything else, mistakes included; then lockfile-yaml-library.ts loads the `yaml`
 * library, which is thirty times slower, reads what is valid and says where the rest is wrong.
 *
 * Searches for a character run over the end of the line only where that ends the reading or where the place that was
 * found is kept, so the work is linear whatever the text holds.
 */
import { lastName, unsupported } from './unreadable.ts';

export type YamlMap = ReadonlyMap<string, YamlValue>;
export type YamlValue = string | readonly YamlValue[] | ReadonlyMap<string, YamlValue>;

/**
 * The documents of a text, in their order; what has no value is the empty text.
 *
 * @throws INVENTORY_MALFORMED with line and column; INVENTORY_UNSUPPORTED for more than can be read in reasonable time
 *   and memory, and for aliases and tags.
 */
export async function parseLockfileYaml(path: string, text: string): Promise<readonly YamlValue[]> {
  const documents = readPlainYaml(path, text);
  if (documents !== null) return documents;
  const { readAnyYaml } = await import('./lockfile-yaml-library.ts');
  return readAnyYaml(path, text);
}

/** @returns `null` when the text is not of the plain kind. @throws INVENTORY_UNSUPPORTED for more than a million values. */
export function readPlainYaml(path: string, text: string): readonly YamlValue[] | null {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const unix = bare.includes('\r') ? bare.replaceAll('\r\n', '\n') : bare;
  if (unix.includes('\t') || unix.includes('\r') || unix.includes('\ufeff')) return null;
  return new PlainReader(path, unix).documents();
}

/** Real lockfiles are five levels deep; both readers of YAML refuse what is deeper. */
export const DEEPEST_YAML = 32;
/** As in json-text.ts: the largest real lockfiles hold some 100,000. */
const MOST_VALUES = 1_000_000;

const LF = 0x0a;
const SPACE = 0x20;
const DOUBLE_QUOTE = 0x22;
const HASH = 0x23;
const SINGLE_QUOTE = 0x27;
const COMMA = 0x2c;
const DASH = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const QUESTION = 0x3f;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const PIPE = 0x7c;
const CLOSE_BRACE = 0x7d;

/** Characters that no plain scalar begins with (YAML 1.2.2 §7.3.3); `-`, `?` and `:` may where no blank follows. */
const INDICATORS: ReadonlySet<number> = new Set(',[]{}#&*!|>\'"%@`'.split('').map((mark) => mark.charCodeAt(0)));

/**
 * Stands on one line at a time: `at` is the next character of interest in it, `column` where its content begins. After
 * the last line, and once something was met that is not plain, `column` is -1, which ends every loop.
 */
class PlainReader {
  readonly #path: string;
  readonly #text: string;
  #at = 0;
  #end = -1;
  #column = -1;
  #isPlain = true;
  #values = 0;
  #depth = 0;
  /** The next `#` and the next `: ` from `at` on; looked for anew only when they are passed. */
  #hash = -1;
  #pair = -1;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  documents(): readonly YamlValue[] | null {
    const documents: YamlValue[] = [];
    this.#nextLine();
    while (this.#column >= 0) {
      const isMarked = this.#isMarker();
      if (isMarked) this.#nextLine();
      // A line that belongs to nothing above it: neither plain nor YAML.
      else if (documents.length > 0) this.#giveUp();
      documents.push(this.#column < 0 || this.#isMarker() ? '' : this.#block());
    }
    return this.#isPlain ? documents : null;
  }

  #giveUp(): '' {
    this.#isPlain = false;
    this.#at = this.#text.length;
    this.#end = this.#text.length;
    this.#column = -1;
    return '';
  }

  /** Goes to the next line that holds more than blanks and a comment. */
  #nextLine(): void {
    const text = this.#text;
    let start = this.#end + 1;
    while (start < text.length) {
      let at = start;
      while (text.charCodeAt(at) === SPACE) at += 1;
      const code = text.charCodeAt(at);
      if (code === LF) {
        start = at + 1;
        continue;
      }
      const found = text.indexOf('\n', at);
      const end = found < 0 ? text.length : found;
      if (code !== HASH && at < end) {
        this.#at = at;
        this.#end = end;
        this.#column = at - start;
        return;
      }
      start = end + 1;
    }
    this.#end = text.length;
    this.#column = -1;
  }

  /** `---` on a line of its own; what may follow it there, and `...`, is not plain. */
  #isMarker(): boolean {
    if (this.#column !== 0) return false;
    const code = this.#text.charCodeAt(this.#at);
    if (code === DOT && this.#text.startsWith('...', this.#at)) this.#giveUp();
    if (code !== DASH || !this.#text.startsWith('---', this.#at)) return false;
    if (this.#at + 3 < this.#end) this.#giveUp();
    return true;
  }

  /** The list or map that begins at `at`. */
  #block(): YamlValue {
    this.#depth += 1;
    if (this.#depth > DEEPEST_YAML || this.#column < 0) return this.#giveUp();
    const value = this.#isSign(DASH) ? this.#list(this.#column) : this.#map(this.#column);
    this.#depth -= 1;
    return value;
  }

  /** True where the mark stands alone: `- item`, `? key`, `: value`. */
  #isSign(mark: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== mark) return false;
    return this.#at + 1 >= this.#end || this.#text.charCodeAt(this.#at + 1) === SPACE;
  }

  #count(): void {
    this.#values += 1;
    if (this.#values <= MOST_VALUES) return;
    throw unsupported(
      this.#path,
      `${lastName(this.#path)} holds more than 1,000,000 values`,
      'The largest real lockfiles hold some 100,000. Name the lockfile of one product.',
    );
  }

  #map(column: number): YamlMap {
    const map = new Map<string, YamlValue>();
    let size = 0;
    while (this.#column === column && !this.#isMarker()) {
      this.#count();
      const isExplicit = this.#isSign(QUESTION);
      const key = isExplicit ? this.#explicitKey(column) : this.#key();
      map.set(key, isExplicit ? this.#itemOrNothing(column) : this.#valueOrNothing(column));
      size += 1;
      // Twice the same key is a mistake (YAML 1.2.2 §3.2.1.1).
      if (map.size !== size) this.#giveUp();
    }
    return map;
  }

  /** `key:`; leaves `at` behind the colon. */
  #key(): string {
    const text = this.#text;
    const code = text.charCodeAt(this.#at);
    if (code === SINGLE_QUOTE || code === DOUBLE_QUOTE) {
      const key = this.#quoted(code);
      this.#skipSpaces();
      if (!this.#isSign(COLON)) return this.#giveUp();
      this.#at += 1;
      return key;
    }
    if (!this.#beginsPlain(code)) return this.#giveUp();
    let colon = text.indexOf(':', this.#at);
    while (colon >= 0 && colon + 1 < this.#end && text.charCodeAt(colon + 1) !== SPACE) {
      colon = text.indexOf(':', colon + 1);
    }
    if (colon < 0 || colon >= this.#end) return this.#giveUp();
    const key = this.#plain(this.#at, colon);
    this.#at = colon + 1;
    return key;
  }

  /** `? key` and, on the next line, `:`; leaves `at` on that colon. */
  #explicitKey(column: number): string {
    this.#at += 1;
    this.#skipSpaces();
    const key = this.#inline(column);
    if (typeof key !== 'string' || this.#column !== column || !this.#isSign(COLON)) return this.#giveUp();
    return key;
  }

  /** What stands behind the colon of a key that stands at `column`. */
  #valueOrNothing(column: number): YamlValue {
    this.#skipSpaces();
    if (!this.#isLineOver()) return this.#inline(column);
    this.#nextLine();
    if (this.#column > column) return this.#block();
    // A list may stand as far left as the key it belongs to (YAML 1.2.2 §8.2.3, "compact").
    const isList = this.#column === column && this.#isSign(DASH) && !this.#isMarker();
    return isList ? this.#block() : '';
  }

  #list(column: number): readonly YamlValue[] {
    const list: YamlValue[] = [];
    while (this.#column === column && this.#isSign(DASH)) {
      this.#count();
      list.push(this.#itemOrNothing(column));
    }
    return list;
  }

  /** What stands behind `-`, or behind the `:` of an explicit key, that stands at `column`. */
  #itemOrNothing(column: number): YamlValue {
    if (this.#column < 0) return '';
    const mark = this.#at;
    this.#at += 1;
    this.#skipSpaces();
    if (this.#isLineOver()) {
      this.#nextLine();
      return this.#column > column ? this.#block() : '';
    }
    if (!this.#beginsBlock()) return this.#inline(column);
    this.#column = column + this.#at - mark;
    return this.#block();
  }

  /** True when a list or a map begins in the middle of the line: `- - a`, `- name: a`. */
  #beginsBlock(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    if (this.#isSign(DASH) || this.#isSign(QUESTION)) return true;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) return false;
    if (code !== SINGLE_QUOTE && code !== DOUBLE_QUOTE) return this.#pairInside(this.#at, this.#end);
    const start = this.#at;
    this.#quoted(code);
    this.#skipSpaces();
    const isKey = this.#isSign(COLON);
    if (this.#isPlain) this.#at = start;
    return isKey && this.#isPlain;
  }

  /** A scalar or flow collection that ends on its line; then goes to the next line. */
  #inline(column: number): YamlValue {
    const code = this.#text.charCodeAt(this.#at);
    if (code === PIPE) return this.#literal(column);
    let value: YamlValue;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) value = this.#flow(code);
    else if (code === SINGLE_QUOTE || code === DOUBLE_QUOTE) value = this.#quoted(code);
    else {
      if (!this.#beginsPlain(code) || this.#pairInside(this.#at, this.#end)) return this.#giveUp();
      value = this.#plain(this.#at, this.#commentFrom(this.#at));
      this.#at = this.#end;
    }
    this.#skipSpaces();
    if (!this.#isLineOver()) return this.#giveUp();
    this.#nextLine();
    return value;
  }

  #skipSpaces(): void {
    while (this.#at < this.#end && this.#text.charCodeAt(this.#at) === SPACE) this.#at += 1;
  }

  /** Nothing but a comment is left of the line; a `#` begins one only behind a blank. */
  #isLineOver(): boolean {
    if (this.#at >= this.#end) return true;
    const code = this.#text.charCodeAt(this.#at);
    return code === HASH && this.#text.charCodeAt(this.#at - 1) === SPACE;
  }

  #beginsPlain(code: number): boolean {
    if (code === DASH || code === QUESTION || code === COLON) return !this.#isSign(code);
    return !INDICATORS.has(code);
  }

  /** A plain scalar between two places of the line, without the blanks around it. */
  #plain(from: number, to: number): string {
    if (this.#commentFrom(from) < to) return this.#giveUp();
    let end = to;
    while (end > from && this.#text.charCodeAt(end - 1) === SPACE) end -= 1;
    return this.#text.slice(from, end);
  }

  /** Where the comment of the line begins behind `from`; the line's end where there is none. */
  #commentFrom(from: number): number {
    if (this.#hash < from) this.#hash = indexOrEnd(this.#text, '#', from);
    while (this.#hash < this.#end && this.#text.charCodeAt(this.#hash - 1) !== SPACE) {
      this.#hash = indexOrEnd(this.#text, '#', this.#hash + 1);
    }
    return Math.min(this.#hash, this.#end);
  }

  /** Whether a colon that separates a key from a value stands in this part of the line. */
  #pairInside(from: number, to: number): boolean {
    if (this.#pair < from) this.#pair = indexOrEnd(this.#text, ': ', from);
    return this.#pair < to || this.#text.charCodeAt(to - 1) === COLON;
  }

  /** A quoted scalar that ends on its line; leaves `at` behind the closing quote. */
  #quoted(quote: number): string {
    const start = this.#at + 1;
    const end = quote === SINGLE_QUOTE ? this.#closingSingle(start) : this.#closingDouble(start);
    if (end < 0 || end >= this.#end) return this.#giveUp();
    this.#at = end + 1;
    const inside = this.#text.slice(start, end);
    if (quote === SINGLE_QUOTE) return inside.includes("'") ? inside.replaceAll("''", "'") : inside;
    return inside.includes('\\') ? this.#unescaped(inside) : inside;
  }

  #closingSingle(from: number): number {
    let end = this.#text.indexOf("'", from);
    while (end >= 0 && this.#text.charCodeAt(end + 1) === SINGLE_QUOTE) end = this.#text.indexOf("'", end + 2);
    return end;
  }

  #closingDouble(from: number): number {
    let at = from;
    for (; at < this.#end; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (code === DOUBLE_QUOTE) return at;
      if (code === BACKSLASH) at += 1;
    }
    return -1;
  }

  /** The escapes of JSON mean the same in YAML (§5.7), and Yarn writes no others. */
  #unescaped(inside: string): string {
    try {
      const value: unknown = JSON.parse(`"${inside}"`);
      return typeof value === 'string' ? value : this.#giveUp();
    } catch {
      return this.#giveUp();
    }
  }

  #flow(open: number): YamlValue {
    this.#depth += 1;
    if (this.#depth > DEEPEST_YAML) return this.#giveUp();
    const map = new Map<string, YamlValue>();
    const list: YamlValue[] = [];
    const close = open === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
    this.#at += 1;
    for (let size = 1; ; size += 1) {
      this.#skipSpaces();
      if (this.#text.charCodeAt(this.#at) === close) break;
      this.#count();
      if (open === OPEN_BRACE) {
        const key = this.#flowKey();
        map.set(key, this.#flowValue());
        if (map.size !== size) return this.#giveUp();
      } else list.push(this.#flowValue());
      this.#skipSpaces();
      const code = this.#text.charCodeAt(this.#at);
      if (code === close) break;
      if (code !== COMMA) return this.#giveUp();
      this.#at += 1;
    }
    this.#at += 1;
    this.#depth -= 1;
    return open === OPEN_BRACE ? map : list;
  }

  #flowKey(): string {
    const key = this.#flowScalar();
    this.#skipSpaces();
    if (!this.#isSign(COLON)) return this.#giveUp();
    this.#at += 1;
    this.#skipSpaces();
    return key;
  }

  #flowValue(): YamlValue {
    const code = this.#text.charCodeAt(this.#at);
    return code === OPEN_BRACE || code === OPEN_BRACKET ? this.#flow(code) : this.#flowScalar();
  }

  /** Up to the next mark of a flow collection, or the colon of a key; one that holds nothing is not plain. */
  #flowScalar(): string {
    const text = this.#text;
    const start = this.#at;
    const first = text.charCodeAt(start);
    if (first === SINGLE_QUOTE || first === DOUBLE_QUOTE) return this.#quoted(first);
    if (INDICATORS.has(first) || first === DASH || first === QUESTION || first === COLON) return this.#giveUp();
    let at = start;
    for (; at < this.#end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET) break;
      if (code === OPEN_BRACE || code === OPEN_BRACKET || code === HASH) return this.#giveUp();
      if (code !== COLON) continue;
      const next = text.charCodeAt(at + 1);
      if (next === SPACE) break;
      if (next === COMMA || next === CLOSE_BRACE || next === CLOSE_BRACKET) return this.#giveUp();
    }
    if (at >= this.#end || at === start) return this.#giveUp();
    this.#at = at;
    while (text.charCodeAt(at - 1) === SPACE) at -= 1;
    return text.slice(start, at);
  }

  /** `|`, `|-` or `|+` and the lines below it that stand further right than `column` (YAML 1.2.2 §8.1.2). */
  #literal(column: number): string {
    const text = this.#text;
    const header = text.slice(this.#at, this.#end).trimEnd();
    if (header !== '|' && header !== '|-' && header !== '|+') return this.#giveUp();
    let start = this.#end + 1;
    let content = start;
    while (text.charCodeAt(content) === SPACE) content += 1;
    const indent = content - start;
    if (indent <= column || content >= text.length || text.charCodeAt(content) === LF) return this.#giveUp();
    const lines: string[] = [];
    while (start < text.length) {
      let at = start;
      while (at < start + indent && text.charCodeAt(at) === SPACE) at += 1;
      const found = text.indexOf('\n', at);
      const end = found < 0 ? text.length : found;
      if (at < start + indent && at < end) break;
      lines.push(text.slice(at, end));
      start = end + 1;
    }
    // No writer leaves the last line open.
    if (start > text.length) return this.#giveUp();
    this.#end = start - 1;
    this.#nextLine();
    return chomped(lines, header);
  }
}

const indexOrEnd = (text: string, mark: string, from: number): number => {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
};

/** The line breaks at the end of a literal block: one, none (`-`) or all (`+`); YAML 1.2.2 §8.1.1.2. */
function chomped(lines: readonly string[], header: string): string {
  let last = lines.length;
  while (last > 0 && lines[last - 1] === '') last -= 1;
  if (header === '|+') return `${lines.join('\n')}\n`;
  const text = lines.slice(0, last).join('\n');
  return header === '|' ? `${text}\n` : text;
}
