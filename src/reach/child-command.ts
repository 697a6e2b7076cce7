/**
 * What a child process starts with: the files and programs behind a command, where they can be said. Its neighbours: process-sites.ts finds
 * the calls, start-command.ts reads the commands, command-targets.ts looks for the files.
 */
import { boundOf, type Place } from './name-bound.ts';
import { isAbsolutePath } from './path-text.ts';
import { UNKNOWN, type Word } from './shell-line.ts';
import { type Started, startedBy, startedByWords } from './start-command.ts';
import { INTERPRETERS, MENTIONS_NODE, STARTS_BY_FILES, STARTS_NOTHING, STARTS_OTHERS } from './system-programs.ts';
import { constantOf, type TextShape, type TextShapes } from './text-shape.ts';

export interface ChildCommand {
  /** What Node runs: each has to be found. As written, in the folder that the command is started in. */
  readonly scripts: readonly string[];
  /** What a program is given, and may run. */
  readonly given: readonly string[];
  /** Names of programs, or paths to them. */
  readonly programs: readonly string[];
}

interface Found {
  readonly scripts: string[];
  readonly given: string[];
  readonly programs: string[];
  /** Behind a `cd`; `null` where it led to somewhere that is not known. */
  folder: string | null;
}

/**
 * @param args None for a line that a shell reads.
 * @returns `null` where it can be anything.
 */
export function childCommand(name: TextShape, args: readonly TextShapes[], place: Place): ChildCommand | null {
  const line = lineOf(name, place);
  const found: Found = { scripts: [], given: [], programs: [], folder: '' };
  const started =
    args.length > 0
      ? startedByWords([isKnown(name, place) ? line : null, ...args.map((shapes) => wordOf(shapes, place))])
      : startedBy(line);
  if (!started.every((each) => addStarted(each, found))) return null;
  return { scripts: found.scripts, given: found.given, programs: found.programs };
}

function wordOf(shapes: TextShapes, place: Place): Word {
  const [only, ...others] = shapes;
  return only === undefined || others.length > 0 || !isKnown(only, place) ? null : lineOf(only, place);
}

const isKnown = (shape: TextShape, place: Place): boolean =>
  boundOf(shape, place).kind === 'request' || constantOf(shape) !== null;

function lineOf(shape: TextShape, place: Place): string {
  const bound = boundOf(shape, place);
  if (bound.kind === 'request') return bound.request;
  return constantOf(shape) ?? shape.map((piece) => (typeof piece === 'string' ? piece : UNKNOWN)).join('');
}

/** @returns False where it can be anything. */
function addStarted(started: Started, found: Found): boolean {
  switch (started.kind) {
    case 'node':
      if (started.envFiles.length > 0) return false;
      addGiven(started.args, found);
      return [started.script, ...started.preloads.map(({ request }) => request)].every((path) =>
        addPath(path, found.scripts, found),
      );
    case 'program':
      addGiven(started.args, found);
      return addProgram(started.name, started.args, found);
    case 'folder':
      found.folder = started.path === null || found.folder === null ? null : joinedPath(found.folder, started.path);
      return true;
    // With other conditions a child finds other files than those that are looked for here; scripts are not read here.
    case 'conditions':
    case 'keeps-links':
    case 'script':
    case 'lifecycle':
    case 'shell-script':
    case 'unknown':
      return false;
  }
}

const joinedPath = (folder: string, path: string): string =>
  folder === '' || isAbsolutePath(path) ? path : `${folder}/${path}`;

/** @returns False where the folder of the path is not known. */
function addPath(path: string, paths: string[], { folder }: Found): boolean {
  if (folder === null && !isAbsolutePath(path)) return false;
  paths.push(joinedPath(folder ?? '', path));
  return true;
}

/** In an unknown folder a guess is none. */
function addGiven(args: readonly Word[], found: Found): void {
  for (const word of args) if (word !== null && PROGRAM.test(word)) addPath(word, found.given, found);
}

const PROGRAM = /\.[cm]?[jt]s$/;

/**
 * A program that is no Node starts one of ours only where its words lead to it: by the name of Node, or of a program of ours. The few that
 * are told by files are anything.
 */
function addProgram(path: string, args: readonly Word[], found: Found): boolean {
  const name = path.replace(/^.*[/\\]/, '').replace(/\.exe$/, '');
  const isFound = path.includes('/') ? addPath(path, found.programs, found) : found.programs.push(path) > 0;
  if (!isFound) return false;
  if (STARTS_NOTHING.has(name)) return true;
  if (STARTS_BY_FILES.has(name) || MENTIONS_NODE.test(path)) return false;
  if (INTERPRETERS.test(name) && !isTextOnly(args)) return false;
  if (STARTS_OTHERS.has(name) && args.includes(null)) return false;
  for (const [at, word] of args.entries()) {
    if (word === null) continue;
    if (IS_NODE.test(word) && !ADDS_WORDS.has(name))
      return startedByWords(args.slice(at)).every((each) => addStarted(each, found));
    if (MENTIONS_NODE.test(word)) return false;
    for (const part of word.split(/[\s"';&|()]+/)) if (/^[\w@./-]+$/.test(part)) addPath(part, found.programs, found);
  }
  return true;
}

const IS_NODE = /^(?:[^\s]*\/)?node(?:js)?$/;

/** What they add to the words of the command stands elsewhere. */
const ADDS_WORDS: ReadonlySet<string> = new Set(['find', 'parallel', 'xargs']);

/** A program of another language that stands in the command itself; one in a file, or from the standard input, is not read. */
const isTextOnly = (args: readonly Word[]): boolean => {
  const [flag, text] = args;
  return (
    typeof flag === 'string' &&
    (/^-\w*[cer]$/.test(flag)
      ? typeof text === 'string'
      : /^-[-\w]+$/.test(flag) && flag !== '-i' && text === undefined)
  );
};
