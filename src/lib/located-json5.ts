/**
 * JSON, JSON with comments and JSON5 as a tree in which every value knows its line and column. For files that people write by
 * hand for other tools; JSON of machines is read by `JSON.parse`, YAML by located-yaml.ts.
 *
 * Source: https://spec.json5.org (1.0.0). Read: comments, trailing commas, unquoted keys, single quotes, escapes, line
 * continuations, numbers of JSON and hexadecimal ones. Deliberately absent: unicode escapes in unquoted keys.
 */
import type { At, Located, LocatedEntry, YamlIssue } from './located-yaml.ts';
import { no, ok, type Result } from './result.ts';

/** Megabytes of ignores are none that somebody wrote. */
const MAX_JSON5_CHARS = 4_194_304;
/** Ignores have five levels; the parser calls itself once for each. */
const MAX_DEPTH = 40;
const MAX_VALUES = 200_000;

export function parseJson5(text: string): Result<Located, YamlIssue> {
  if (text.length > MAX_JSON5_CHARS)
    return no({ line: 1, column: 1, message: `the file is larger than ${MAX_JSON5_CHARS / 1_048_576} MB` });
  try {
    return ok(new Json5Parser(text).document());
  } catch (thrown) {
    if (!(thrown instanceof Json5Refusal)) throw thrown;
    return no(thrown.issue);
  }
}

/** Carries an issue out of the parser's calls; never leaves this file. */
class Json5Refusal extends Error {
  readonly issue: YamlIssue;
  constructor(issue: YamlIssue) {
    super(issue.message);
    this.issue = issue;
  }
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['0', '\0'],
]);
const LITERALS: ReadonlyMap<string, boolean | null | number> = new Map<string, boolean | null | number>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['Infinity', Infinity],
  ['NaN', NaN],
]);

class Json5Parser {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  document(): Located {
    this.#skip();
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) this.#refuse('there is more after the end of the document');
    return value;
  }

  #place(): At {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #refuse(message: string): never {
    throw new Json5Refusal({ ...this.#place(), message });
  }

  #newline(): void {
    this.#line += 1;
    this.#lineStart = this.#at;
  }

  /** White space and comments. */
  #skip(): void {
    while (this.#at < this.#text.length) {
      const character = this.#text.charAt(this.#at);
      if (character === '\n') {
        this.#at += 1;
        this.#newline();
      } else if (/\s|\ufeff/.test(character)) this.#at += 1;
      else if (this.#text.startsWith('//', this.#at)) this.#to('\n', this.#text.length);
      else if (this.#text.startsWith('/*', this.#at)) this.#skipBlock();
      else return;
    }
  }

  #to(mark: string, otherwise: number): void {
    const found = this.#text.indexOf(mark, this.#at);
    this.#at = found < 0 ? otherwise : found;
  }

  #skipBlock(): void {
    const end = this.#text.indexOf('*/', this.#at + 2);
    if (end < 0) this.#refuse('a comment does not end');
    for (let next = this.#text.indexOf('\n', this.#at); next >= 0 && next < end; ) {
      this.#at = next + 1;
      this.#newline();
      next = this.#text.indexOf('\n', this.#at);
    }
    this.#at = end + 2;
  }

  #value(depth: number): Located {
    if (depth > MAX_DEPTH) this.#refuse(`it is nested deeper than ${MAX_DEPTH} levels`);
    this.#values += 1;
    if (this.#values > MAX_VALUES) this.#refuse('it has more than 200,000 values');
    const at = this.#place();
    const character = this.#text.charAt(this.#at);
    if (character === '{') return { kind: 'map', at, entries: this.#entries(depth) };
    if (character === '[') return { kind: 'list', at, items: this.#items(depth) };
    if (character === '"' || character === "'") return { kind: 'scalar', at, value: this.#string() };
    return { kind: 'scalar', at, value: this.#word() };
  }

  #entries(depth: number): readonly LocatedEntry[] {
    const entries: LocatedEntry[] = [];
    this.#list('}', () => {
      const keyAt = this.#place();
      const key = this.#key();
      this.#skip();
      if (this.#text.charAt(this.#at) !== ':') this.#refuse('expected ":" after a key');
      this.#at += 1;
      this.#skip();
      entries.push({ key, keyAt, value: this.#value(depth + 1) });
    });
    return entries;
  }

  #items(depth: number): readonly Located[] {
    const items: Located[] = [];
    this.#list(']', () => void items.push(this.#value(depth + 1)));
    return items;
  }

  #list(close: string, readOne: () => void): void {
    this.#at += 1;
    this.#skip();
    while (this.#text.charAt(this.#at) !== close) {
      readOne();
      this.#skip();
      if (this.#text.charAt(this.#at) === ',') {
        this.#at += 1;
        this.#skip();
      } else if (this.#text.charAt(this.#at) !== close) this.#refuse(`expected "," or "${close}"`);
    }
    this.#at += 1;
  }

  #key(): string {
    const character = this.#text.charAt(this.#at);
    if (character === '"' || character === "'") return this.#string();
    const key = this.#match(/[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy);
    return key ?? this.#refuse('expected a key');
  }

  #word(): boolean | null | number {
    const word = this.#match(/[+-]?[\w.+-]+/y);
    if (word === null) return this.#refuse('expected a value');
    const [sign, bare] = /^[+-]/.test(word) ? [word.charAt(0), word.slice(1)] : ['', word];
    const literal = LITERALS.get(bare);
    if (literal !== undefined && (sign === '' || typeof literal === 'number')) return literal;
    if (!/^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/.test(bare))
      return this.#refuse('expected a value');
    return sign === '-' ? -Number(bare) : Number(bare);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) return null;
    this.#at += found.length;
    return found;
  }

  #string(): string {
    const quote = this.#text.charAt(this.#at);
    this.#at += 1;
    const pieces: string[] = [];
    for (;;) {
      const character = this.#text.charAt(this.#at);
      if (character === '' || character === '\n') this.#refuse('a text in quotes does not end');
      this.#at += 1;
      if (character === quote) return pieces.join('');
      pieces.push(character === '\\' ? this.#escape() : character);
    }
  }

  #escape(): string {
    const character = this.#text.charAt(this.#at);
    this.#at += 1;
    if (character === '\r' && this.#text.charAt(this.#at) === '\n') this.#at += 1;
    if (character === '\n' || character === '\r') {
      this.#newline();
      return '';
    }
    const digits = character === 'u' ? 4 : character === 'x' ? 2 : 0;
    if (digits === 0) return SIMPLE_ESCAPES.get(character) ?? character;
    const hex = this.#text.slice(this.#at, this.#at + digits);
    if (!new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(hex)) this.#refuse('a broken escape in a text');
    this.#at += digits;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
}
