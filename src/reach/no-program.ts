/**
 * Files that begin in a way in which no program can: licences, binaries, templates. Bounds by folder name them together with the programs, and a file that
 * could not be parsed is otherwise taken for one that may do anything.
 *
 * Node compiles a file as a whole before it runs any of it (ECMA-262, 16.1.6 and 16.2.1.6), so one early error is enough to know that nothing
 * runs.
 */

export const NOT_JAVASCRIPT = 'is not valid JavaScript or TypeScript';
export const IS_NO_PROGRAM = 'is no program: Node refuses to compile it';

/** Two names in a row with nothing between: `The MIT License`. No keyword is written so, and neither is an operator that is a word. */
const TWO_NAMES = /^\s*[A-Z]\w* [A-Z]\w*/;
/** `Copyright (c) 2015`: a call, and a number behind it. */
const COPYRIGHT = /^\s*Copyright \(c\) \d/i;
/** Two of them begin no comment, no name and no first line. */
const HASHES = /^\s*#[#\s]/;

/** A control character, or what is no UTF-8: no token begins so, and in a program for Windows it follows `MZ`. */
function beginsWithNoToken(text: string): boolean {
  const begin = text.trimStart();
  const code = begin.charCodeAt(begin.startsWith('MZ') ? 2 : 0);
  return code < FIRST_PRINTABLE ? !/\s/.test(String.fromCharCode(code)) : code === DELETE || code === REPLACEMENT;
}

const FIRST_PRINTABLE = 0x20;
const DELETE = 0x7f;
const REPLACEMENT = 0xfffd;

export const isNoProgram = (text: string): boolean =>
  TWO_NAMES.test(text) || COPYRIGHT.test(text) || HASHES.test(text) || beginsWithNoToken(text);

/** What Node may run when it is named: the others are data, texts or pictures. A name without a dot may be a program. */
export const PROGRAM = /^(?:[^.]+|.*\.(?:js|node|[cm]js|[cm]?tsx?|jsx))$/;

/**
 * `res.sendFile(path.join(__dirname, 'page.ejs'))`: where a path is only handed on, and leads to a file that no program is called like and that is
 * no JavaScript. Node ends with a SyntaxError where it is loaded after all, and a hook that would make a program of it is a site of its own.
 *
 * @param why Why it could not be read.
 */
export const isDataAfterAll = (path: string, why: string): boolean =>
  why === NOT_JAVASCRIPT && !PROGRAM.test(path.slice(path.lastIndexOf('/') + 1));
