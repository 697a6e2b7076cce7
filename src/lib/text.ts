/** Small words and measures for what people read in a terminal. */

/**
 * Text from a file we did not write, made safe to print: without control characters it cannot move the cursor, recolour
 * a verdict or forge a line.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, '\ufffd');

/** C0 and C1 controls, line and paragraph separators, and the bidirectional controls of Unicode UAX #9. */
// oxlint-disable-next-line no-control-regex -- control characters are what is removed
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** `18,231` */
export const number = (value: number): string => value.toString().replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 finding`, `3 findings`, `no findings`. */
export function count(value: number, one: string, many = `${one}s`): string {
  if (value === 0) return `no ${many}`;
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** At most `width` characters; the cut is shown. */
export const shorten = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** Lines of at most `room` characters, broken at spaces; a word longer than that keeps its own line. */
export function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** The first three of `items`, and how many of `total` are left out: `a, b, c and 4 more`. */
export function firstFew(items: readonly string[], total = items.length): string {
  const shown = items.slice(0, 3);
  const left = total - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${number(left)} more` : shown.join(', ');
}

/** By UTF-16 code units: the same order on every machine, for lists that are compared or digested. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** As a POSIX shell reads it back: the line is meant to be copied. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", `'\\''`)}'`;
