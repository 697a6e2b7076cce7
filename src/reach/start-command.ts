/**
 * What a command line starts: read, never run. For `--run`, the scripts of package.json, the `CMD` of a Dockerfile, and the child
 * processes of a program.
 *
 * Only the shell's everyday part is read: words, quotes, `&&`, `||`, `;`, `|`, `A=b`. What is beyond it makes a word unknown.
 */
import { boundOf, type Place } from './name-bound.ts';
import { constantOf, type TextShape, type TextShapes } from './text-shape.ts';

export type Started =
  /** Node runs a file; `preloads` come first. The paths are as written. */
  | {
      readonly kind: 'node';
      readonly script: string;
      readonly preloads: readonly Preload[];
      readonly args: readonly Word[];
    }
  /** A program that is looked for in `node_modules/.bin`, then in PATH. */
  | { readonly kind: 'program'; readonly name: string; readonly args: readonly Word[] }
  /** A script of package.json. */
  | { readonly kind: 'script'; readonly name: string; readonly args: readonly Word[] }
  /** Code on the command line, or nothing that can be read. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface Preload {
  readonly request: string;
  readonly manner: 'require' | 'import';
}

/** `null` for a word that is not constant. */
export type Word = string | null;

const LONGEST_LINE = 16_384;
const MOST_WRAPPERS = 12;

export function startedBy(line: string): readonly Started[] {
  if (line.length > LONGEST_LINE) return [{ kind: 'unknown', why: 'the command is too long to be read' }];
  return commandsIn(line).flatMap((words) => startedByWords(words));
}

/** Splits into commands, and those into words. `\0` stands for text that is not known. */
export function commandsIn(line: string): readonly (readonly Word[])[] {
  const commands: Word[][] = [[]];
  let word: string | null = null;
  let quote = '';
  const end = (): void => {
    if (word !== null) commands.at(-1)?.push(isKnown(word) ? word : null);
    word = null;
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && /["\\$`]/.test(line.charAt(at + 1)))
        word = `${word ?? ''}${line.charAt((at += 1))}`;
      else word = (word ?? '') + (quote === '"' && (char === '$' || char === '`') ? UNKNOWN : char);
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === '\\') word = `${word ?? ''}${line.charAt((at += 1))}`;
    else if (/\s/.test(char)) end();
    else if (/[;&|()]/.test(char)) {
      end();
      if (commands.at(-1)?.length !== 0) commands.push([]);
    } else word = (word ?? '') + (/[$`*?]/.test(char) ? UNKNOWN : char);
  }
  end();
  return commands.filter((words) => words.length > 0);
}

const UNKNOWN = '\0';
const isKnown = (word: string): boolean => !word.includes(UNKNOWN);

/** Programs that start what follows, and how many words of their own come first: those that begin with a dash, and `A=b`. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'command',
  'cross-env',
  'dotenv',
  'dumb-init',
  'env',
  'env-cmd',
  'exec',
  'nice',
  'nohup',
  'sudo',
  'time',
  'tini',
]);

const ASSIGNMENT = /^[A-Za-z_]\w*=/;

export function startedByWords(words: readonly Word[]): readonly Started[] {
  let rest = words;
  const preloads: Preload[] = [];
  for (let turn = 0; turn < MOST_WRAPPERS; turn += 1) {
    const [first] = rest;
    if (first === undefined) return [];
    if (first === null) return [{ kind: 'unknown', why: 'the program is not known before it runs' }];
    if (ASSIGNMENT.test(first)) {
      if (first.startsWith('NODE_OPTIONS='))
        preloads.push(...nodeOptions(first.slice('NODE_OPTIONS='.length).split(/\s+/)).preloads);
      rest = rest.slice(1);
      continue;
    }
    const program = first.replace(/^.*[/\\]/, '').replace(/\.(?:exe|cmd)$/, '');
    if (!WRAPPERS.has(program) && !/^(?:\/sbin\/)?tini$/.test(first))
      return started(first, program, rest.slice(1), preloads);
    rest = rest.slice(1);
    while (rest[0]?.startsWith('-') === true) rest = rest.slice(1);
  }
  return [{ kind: 'unknown', why: 'the command wraps another one too often' }];
}

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ash']);
const PACKAGE_MANAGERS: ReadonlySet<string> = new Set(['npm', 'yarn', 'pnpm', 'bun']);
const RUNNERS: ReadonlySet<string> = new Set(['npx', 'pnpx', 'bunx']);

function started(
  first: string,
  program: string,
  args: readonly Word[],
  preloads: readonly Preload[],
): readonly Started[] {
  if (program === 'node' || program === 'nodejs') return startedByNode(args, preloads);
  if (SHELLS.has(program)) return startedByShell(args);
  if (PACKAGE_MANAGERS.has(program)) return startedByManager(program, args);
  if (RUNNERS.has(program)) return startedByWords(withoutOptions(args, ['-p', '--package', '-c', '--call']));
  if (program === 'concurrently' || program === 'npm-run-all' || program === 'run-s' || program === 'run-p') {
    const parts = args.filter((word): word is string => word !== null && !word.startsWith('-'));
    const each = parts.flatMap((word): readonly Started[] =>
      program === 'concurrently' ? startedBy(word) : [{ kind: 'script', name: word, args: [] }],
    );
    return [{ kind: 'program', name: first, args }, ...each];
  }
  return [{ kind: 'program', name: first, args }];
}

/** `sh -c 'line'`, or a script of the shell, which is not read. */
function startedByShell(args: readonly Word[]): readonly Started[] {
  const flag = args.findIndex((word) => word !== null && /^-[a-z]*c$/.test(word));
  const line = flag < 0 ? null : args[flag + 1];
  if (line === null || line === undefined) return [{ kind: 'unknown', why: 'a script of the shell is not read' }];
  return startedBy(line);
}

/** Commands of the package managers that are scripts without `run` (their documentation, "npm start", "npm test", …). */
const SCRIPT_COMMANDS: ReadonlySet<string> = new Set(['start', 'test', 'stop', 'restart']);
const MANAGER_COMMANDS =
  /^(?:install|i|ci|add|remove|publish|pack|audit|config|init|login|version|cache|why|list|ls|link|set)$/;

function startedByManager(program: string, args: readonly Word[]): readonly Started[] {
  const [command, ...rest] = withoutOptions(args, ['--prefix', '-C', '--cwd', '--filter', '-w', '--workspace']);
  if (command === undefined) return [];
  if (command === null) return [{ kind: 'unknown', why: 'the script is not known before it runs' }];
  if (command === 'run' || command === 'run-script') {
    const [name, ...others] = withoutOptions(rest, []);
    return typeof name === 'string' ? [{ kind: 'script', name, args: others }] : [];
  }
  if (command === 'exec' || command === 'dlx' || command === 'x')
    return startedByWords(rest.filter((word) => word !== '--'));
  if (SCRIPT_COMMANDS.has(command)) return [{ kind: 'script', name: command, args: rest }];
  if (program === 'npm' || MANAGER_COMMANDS.test(command)) return [];
  // `yarn x` and `pnpm x` run the script of that name, else the program.
  return [{ kind: 'script', name: command, args: rest }];
}

/** The words from the first on that is no option; an option in `valued` takes the next word with it. */
function withoutOptions(words: readonly Word[], valued: readonly string[]): readonly Word[] {
  let at = 0;
  for (let word = words[at]; typeof word === 'string' && word.startsWith('-'); word = words[at]) {
    if (word === '--') return words.slice(at + 1);
    at += valued.includes(word) ? 2 : 1;
  }
  return words.slice(at);
}

/** Options of Node that take the next word (`node --help`, Node 26). Those with `=` are one word. */
const VALUED_NODE_OPTIONS: ReadonlySet<string> = new Set([
  '-C',
  '--conditions',
  '--env-file',
  '--env-file-if-exists',
  '--icu-data-dir',
  '--input-type',
  '--openssl-config',
  '--redirect-warnings',
  '--report-dir',
  '--stack-trace-limit',
  '--test-name-pattern',
  '--test-reporter',
  '--test-reporter-destination',
  '--title',
  '--trace-event-categories',
  '--watch-path',
]);

const PRELOADS: ReadonlyMap<string, Preload['manner']> = new Map([
  ['-r', 'require'],
  ['--require', 'require'],
  ['--import', 'import'],
  ['--loader', 'import'],
  ['--experimental-loader', 'import'],
]);

function startedByNode(args: readonly Word[], before: readonly Preload[]): readonly Started[] {
  const { preloads, rest, why } = nodeOptions(args);
  if (why !== null) return [{ kind: 'unknown', why }];
  const [script, ...others] = rest;
  if (script === undefined) return [];
  if (script === null) return [{ kind: 'unknown', why: 'the file that Node runs is not known before it runs' }];
  return [{ kind: 'node', script, preloads: [...before, ...preloads], args: others }];
}

function nodeOptions(args: readonly Word[]): {
  preloads: readonly Preload[];
  rest: readonly Word[];
  why: string | null;
} {
  const preloads: Preload[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at];
    if (word === null || word === undefined || !word.startsWith('-') || word === '-')
      return { preloads, rest: args.slice(at), why: null };
    if (word === '--') return { preloads, rest: args.slice(at + 1), why: null };
    const [, option = word, value] = /^(--?[\w-]+)=(.*)$/.exec(word) ?? [];
    const manner = PRELOADS.get(option);
    if (manner !== undefined) {
      const request = value ?? args[(at += 1)];
      if (typeof request !== 'string')
        return { preloads, rest: [], why: 'what Node loads first is not known before it runs' };
      preloads.push({ request, manner });
    } else if (
      /^(?:-e|-p|-pe|-c|--eval|--print|-i|--interactive|--run|--test|--build-sea|--build-snapshot)$/.test(option)
    ) {
      return { preloads, rest: [], why: `\`node ${option}\` runs code that is no file, or files by a pattern` };
    } else if (option === '-C' || option === '--conditions') {
      return { preloads, rest: [], why: 'a condition of its own changes which files packages lead to' };
    } else if (value === undefined && VALUED_NODE_OPTIONS.has(option)) at += 1;
  }
  return { preloads, rest: [], why: null };
}

/**
 * What a child process starts with, as paths or names of programs; `null` where it can be anything.
 *
 * A program that is no Node, and not in `.bin`, runs outside of what is analysed, unless it is one that starts others.
 */
export function commandOf(
  name: TextShape,
  args: readonly TextShapes[],
  place: Place,
): { readonly files: readonly string[]; readonly programs: readonly string[] } | null {
  const line = lineOf(name, place);
  const words = args.map((shapes): Word => {
    const [only, ...others] = shapes.map((shape) => lineOf(shape, place));
    return only === undefined || others.length > 0 || !isKnown(only) ? null : only;
  });
  const commands = args.length > 0 ? [[isKnown(line) ? line : null, ...words]] : commandsIn(line);
  const files: string[] = [];
  const programs: string[] = [];
  for (const each of commands.flatMap(startedByWords)) {
    if (each.kind === 'unknown' || each.kind === 'script') return null;
    if (each.kind === 'node') files.push(each.script, ...each.preloads.map(({ request }) => request));
    else if (STARTS_OTHERS.test(each.name) && each.args.includes(null)) return null;
    else programs.push(each.name);
    // What a program is given may be a program.
    for (const word of each.args) if (word !== null && /\.[cm]?[jt]s$/.test(word)) files.push(word);
  }
  return { files, programs };
}

const STARTS_OTHERS =
  /(?:^|[/\\])(?:cmd|powershell|pwsh|xargs|find|start|open|xdg-open|wscript|osascript|script|ssh|docker|make)(?:\.exe)?$/;

function lineOf(shape: TextShape, place: Place): string {
  const bound = boundOf(shape, place);
  if (bound.kind === 'request') return bound.request;
  return constantOf(shape) ?? shape.map((piece) => (typeof piece === 'string' ? piece : UNKNOWN)).join('');
}
