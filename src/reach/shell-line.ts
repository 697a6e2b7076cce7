/**
 * Reads a line, or a script, of the shell: which simple commands stand in it, and of which words (POSIX.1-2024, "Shell Command Language").
 * Nothing is run. Its neighbour start-command.ts says what a command starts.
 *
 * What the shell puts together while it runs makes a word unknown; what cannot be read at all is said, so that whoever asks takes it for anything.
 */

/** `null` for a word that is not constant. */
export type Word = string | null;

export interface ShellLine {
  readonly commands: readonly (readonly Word[])[];
  /** Why part of it could not be read; `null` where all was. */
  readonly unread: string | null;
  /** True where parentheses let a part run with a folder and variables of its own. */
  readonly hasSubshells: boolean;
}

/** Stands for text that is not known, in a line too: the word around it is `null`. */
export const UNKNOWN = '\0';

interface Reading {
  readonly commands: Word[][];
  word: string | null;
  /** The next word is a file that is read or written. */
  isRedirected: boolean;
  unread: string | null;
  hasSubshells: boolean;
}

/** What begins at a place outside of quotes, longest first. */
const TOKENS: readonly (readonly [pattern: RegExp, read: (text: string, reading: Reading) => void])[] = [
  [/\\\n/y, () => undefined],
  [/&>>?/y, redirect],
  [/\n|&&|&|\|\|?|;+|[()]/y, separate],
  [/[ \t\r]+/y, (_, reading) => endWord(reading)],
  [/<<<|<<-?|>>|>\||[<>]&|<>|[<>]/y, redirect],
  [/'[^']*'/y, (text, reading) => append(text.slice(1, -1), reading)],
  [/"(?:[^"\\]|\\[^])*"/y, readQuoted],
  [/\\[^]/y, (text, reading) => append(text.slice(1), reading)],
  [/#[^\n]*/y, (text, reading) => (reading.word === null ? undefined : append(text, reading))],
  [/\[{1,2}(?=\s)|[{}](?=[\s;]|$)|\{\}/y, append],
  [/~/y, (text, reading) => append(reading.word === null ? UNKNOWN : text, reading)],
  [/[$*?[{]/y, (_, reading) => append(UNKNOWN, reading)],
  [/[^\s\\'"`$*?[{~#<>&|;()]+/y, append],
];

export function readShellLine(line: string): ShellLine {
  const reading: Reading = { commands: [[]], word: null, isRedirected: false, unread: null, hasSubshells: false };
  for (let at = 0; at < line.length; ) {
    const length = readToken(line, at, reading);
    if (length === 0) {
      reading.unread = 'a quote that does not end, or a command within backquotes, is not read';
      break;
    }
    at += length;
  }
  endWord(reading);
  const { commands, unread, hasSubshells } = reading;
  const read = commands.map(withoutKeywords).filter((words) => words.length > 0);
  return { commands: read, unread: unread ?? unreadIn(read), hasSubshells };
}

/** @returns How many characters it took; 0 where nothing can be read. */
function readToken(line: string, at: number, reading: Reading): number {
  for (const [pattern, read] of TOKENS) {
    pattern.lastIndex = at;
    const text = pattern.exec(line)?.[0];
    if (text === undefined) continue;
    read(text, reading);
    return text.length;
  }
  return 0;
}

function append(text: string, reading: Reading): void {
  reading.word = (reading.word ?? '') + text;
}

/** In double quotes only `$`, backquotes and some escapes mean anything (2.2.3). */
function readQuoted(text: string, reading: Reading): void {
  const inside = text.slice(1, -1);
  if (/`|\$\(/.test(inside.replaceAll(/\\[^]/g, ''))) reading.unread = 'a command within a text is not read';
  const plain = inside.replaceAll(/\\([$`"\\\n])|\$[^]?/g, (_, escaped: string | undefined) =>
    escaped === undefined ? UNKNOWN : escaped.replace('\n', ''),
  );
  append(plain, reading);
}

function redirect(operator: string, reading: Reading): void {
  // `2>`: the number belongs to the operator.
  if (/^\d+$/.test(reading.word ?? '')) reading.word = null;
  endWord(reading);
  if (/^<<-?$/.test(operator)) reading.unread = 'a text that follows the command is not read';
  reading.isRedirected = true;
}

function separate(text: string, reading: Reading): void {
  endWord(reading);
  reading.isRedirected = false;
  if (text === '(') reading.hasSubshells = true;
  if (reading.commands.at(-1)?.length !== 0) reading.commands.push([]);
}

function endWord(reading: Reading): void {
  const { word, isRedirected, commands } = reading;
  if (word === null) return;
  reading.word = null;
  reading.isRedirected = false;
  if (!isRedirected) commands.at(-1)?.push(word.includes(UNKNOWN) ? null : word);
}

/** Reserved words before a command (2.4), and those whose words are no command. */
const BEFORE_COMMANDS: ReadonlySet<Word> = new Set([
  '!',
  '{',
  '}',
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'while',
  'until',
  'do',
  'done',
  'esac',
  'time',
]);
const NO_COMMAND: ReadonlySet<Word> = new Set(['for', 'case', 'select']);

function withoutKeywords(words: readonly Word[]): readonly Word[] {
  const first = words.findIndex((word) => !BEFORE_COMMANDS.has(word));
  return first < 0 || NO_COMMAND.has(words[first] ?? null) ? [] : words.slice(first);
}

/** They run what their words, or another file, say (2.14, and the manuals of bash). */
const RUN_TEXTS: ReadonlySet<Word> = new Set(['eval', '.', 'source', 'trap', 'alias', 'coproc', 'function']);

function unreadIn(commands: readonly (readonly Word[])[]): string | null {
  const found = commands.find(([first]) => RUN_TEXTS.has(first ?? null))?.[0];
  return found === undefined ? null : `what \`${found}\` runs is not read`;
}
