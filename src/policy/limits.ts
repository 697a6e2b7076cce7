/**
 * What is refused before anything is parsed: documents that no person wrote.
 *
 * The Markdown parser (micromark) is quadratic in several constructs: a paragraph of 32,000 `]` takes it 6 s, and its
 * stack and memory grow with nesting. A policy is read from pull requests and by the service, so the work a document
 * may cause is bounded by counting, in one pass, what the parser has to look at. All limits stand far above real
 * policies: the one that `holdfast init` writes has 7 KB, 230 lines, 360 marks and a depth of 2. Of 80 shapes made as
 * large as the limits allow, the worst took 1.2 s and 285 MB; limits.test.ts holds the costly ones.
 */

/** Bytes of UTF-8 for the whole document. */
export const MAX_BYTES = 256 * 1_024;
const MAX_DEPTH = 100;
const MAX_LINES = 6_000;
/** Characters that may mean something to Markdown, in the whole document. */
const MAX_MARKS = 12_000;
/** List items, quoted lines and footnotes: what Markdown opens a container for. */
const MAX_CONTAINERS = 2_500;
/** Limits of a block: lines without a blank line between them. Markdown looks for partners inside a block only. */
const MAX_BLOCK_CHARS = 32 * 1_024;
const MAX_BLOCK_LINES = 500;
const MAX_BLOCK_MARKS = 2_000;

export interface TooLarge {
  /** From 1; where the limit was passed. */
  readonly line: number;
  /** Names the value and the limit. */
  readonly message: string;
  readonly hint: string;
}

/** Says why `text` is not parsed; `null` when it may be. Line ends are `\n`. */
export function refuseTooLarge(text: string): TooLarge | null {
  const bytes = utf8Length(text);
  if (bytes > MAX_BYTES) return tooMany(1, 'the document', bytes, 'bytes', MAX_BYTES);
  const total = { lines: 0, marks: 0, containers: 0 };
  let block = { chars: 0, lines: 0, marks: 0 };
  const lines = text.split('\n');
  for (const line of lines) {
    const { marks, depth, containers } = measure(line);
    total.lines++;
    total.containers += containers;
    total.marks += marks;
    block =
      line.trim() === ''
        ? { chars: 0, lines: 0, marks: 0 }
        : { chars: block.chars + line.length, lines: block.lines + 1, marks: block.marks + marks };
    const at = total.lines;
    if (depth > MAX_DEPTH) return tooMany(at, 'this line', depth, 'levels of nesting', MAX_DEPTH);
    if (total.lines > MAX_LINES) return tooMany(at, 'the document', lines.length, 'lines', MAX_LINES);
    if (total.marks > MAX_MARKS) return tooMany(at, 'the document', total.marks, 'Markdown characters', MAX_MARKS);
    if (total.containers > MAX_CONTAINERS)
      return tooMany(at, 'the document', total.containers, 'list items, quotes and footnotes', MAX_CONTAINERS);
    if (block.chars > MAX_BLOCK_CHARS) return tooMany(at, 'this block', block.chars, 'characters', MAX_BLOCK_CHARS);
    if (block.lines > MAX_BLOCK_LINES) return tooMany(at, 'this block', block.lines, 'lines', MAX_BLOCK_LINES);
    if (block.marks > MAX_BLOCK_MARKS)
      return tooMany(at, 'this block', block.marks, 'Markdown characters', MAX_BLOCK_MARKS);
  }
  return null;
}

function tooMany(line: number, what: string, value: number, unit: string, limit: number): TooLarge {
  // Counting stops where a limit is passed; these three are known as a whole.
  const more =
    unit === 'bytes' || unit === 'levels of nesting' || (what === 'the document' && unit === 'lines') ? '' : ' or more';
  return {
    line,
    message: `${what} has ${inWords(value)}${more} ${unit}; at most ${inWords(limit)} are read`,
    hint:
      what === 'this block'
        ? 'Divide it with blank lines, or move it to a document of its own and link to it.'
        : what === 'this line'
          ? 'Use fewer levels of lists and quotes.'
          : 'Move long annexes to documents of their own and link to them.',
  };
}

const inWords = (value: number): string => value.toLocaleString('en-US');

const MARKS = new Set('*_~[]()!`<>&|\\-+=#$^"\'@');

/**
 * How much work a line is, and how deep it opens containers. Depth is counted generously: a quote mark or list marker is
 * a level, and so are two columns of indentation, because a list item inside another may be indented by no more.
 */
function measure(line: string): { readonly marks: number; readonly depth: number; readonly containers: number } {
  let marks = 0;
  for (const char of line) if (MARKS.has(char)) marks++;
  let depth = 0;
  let containers = line.trimStart().startsWith('[^') ? 1 : 0;
  let spaces = 0;
  const prefix = /^(?:[ \t>]|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*/.exec(line)?.[0] ?? '';
  for (const part of prefix.match(/[ \t]|>|[-*+]|\d+[.)]/g) ?? []) {
    if (part === ' ') spaces++;
    else if (part === '\t') spaces += 4;
    else {
      containers++;
      depth += 1 + Math.floor(spaces / 2);
      spaces = 0;
    }
  }
  return { marks, depth: depth + Math.floor(spaces / 2), containers };
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
