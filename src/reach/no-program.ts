/**
 * Files that begin in a way in which no program can: licences, binaries, templates. Bounds by folder name them together with the programs, and a file that
 * could not be parsed is otherwise taken for one that may do anything.
 *
 * Node compiles a file as a whole before it runs any of it (ECMA-262, 16.1.6 and 16.2.1.6), so one early error is enough to know that nothing
 * runs.
 */

export const IS_NO_PROGRAM = 'is no program: Node refuses to compile it';

/** Two names in a row with nothing between: `The MIT License`. No keyword is written so, and neither is an operator that is a word. */
const TWO_NAMES = /^\s*[A-Z]\w* [A-Z]\w*/;
/** `Copyright (c) 2015`: a call, and a number behind it. */
const COPYRIGHT = /^\s*Copyright \(c\) \d/i;
/** A sign that begins no token: a control character, what is no UTF-8, `##`. `#!` and `#name` are something. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const NO_TOKEN = /^\s*(?:[\0-\x08\x0e-\x1f\x7f\ufffd]|#[#\s]|MZ[\0-\x08\x0e-\x1f\x7f\ufffd])/;

export const isNoProgram = (text: string): boolean =>
  TWO_NAMES.test(text) || COPYRIGHT.test(text) || NO_TOKEN.test(text);
