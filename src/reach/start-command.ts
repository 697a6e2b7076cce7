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
      /** Of `--env-file`: what they say of NODE_OPTIONS counts (Node documentation, `--env-file`). */
      readonly envFiles: readonly string[];
      readonly args: readonly Word[];
    }
  /** A program that is looked for in `node_modules/.bin`, then in PATH. */
  | { readonly kind: 'program'; readonly name: string; readonly args: readonly Word[] }
  /** A script of package.json. */
  | { readonly kind: 'script'; readonly name: string; readonly args: readonly Word[] }
  /** `--conditions`: Node follows other targets of exports maps as well, there and in what it starts. */
  | { readonly kind: 'conditions'; readonly names: readonly string[] }
  /** `--preserve-symlinks`: where there are links, files are found from other folders. */
  | { readonly kind: 'keeps-links'; readonly option: string }
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
function commandsIn(line: string): readonly (readonly Word[])[] {
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
  'export',
  'nice',
  'nohup',
  'sudo',
  'time',
  'tini',
]);

const ASSIGNMENT = /^[A-Za-z_]\w*=/;

function startedByWords(words: readonly Word[]): readonly Started[] {
  let rest = words;
  let before: NodeOptions = NO_OPTIONS;
  for (let turn = 0; turn < MOST_WRAPPERS; turn += 1) {
    const [first] = rest;
    if (first === undefined) return inherited(before);
    if (first === null) return [{ kind: 'unknown', why: 'the program is not known before it runs' }];
    const program = first.replace(/^.*[/\\]/, '').replace(/\.(?:exe|cmd)$/, '');
    if (ASSIGNMENT.test(first)) before = withVariable(before, first);
    else if (!WRAPPERS.has(program)) return started(first, program, rest.slice(1), before);
    rest = rest.slice(1);
    while (WRAPPERS.has(program) && rest[0]?.startsWith('-') === true) rest = rest.slice(1);
  }
  return [{ kind: 'unknown', why: 'the command wraps another one too often' }];
}

/** The variables that Node obeys (Node documentation, "Command-line API, Environment variables"). */
function withVariable(before: NodeOptions, assignment: string): NodeOptions {
  const [, name = '', value = ''] = /^(\w+)=([^]*)$/.exec(assignment) ?? [];
  if (name === 'NODE_PATH' && value !== '')
    return { ...before, why: 'NODE_PATH adds folders in which modules are found' };
  if (name !== 'NODE_OPTIONS') return before;
  const options = nodeOptions(value.split(/\s+/).filter((word) => word !== ''));
  return {
    preloads: [...before.preloads, ...options.preloads],
    envFiles: [...before.envFiles, ...options.envFiles],
    others: [...before.others, ...options.others],
    rest: [],
    why: before.why ?? options.why,
  };
}

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ash']);
const PACKAGE_MANAGERS: ReadonlySet<string> = new Set(['npm', 'yarn', 'pnpm', 'bun']);
const RUNNERS: ReadonlySet<string> = new Set(['npx', 'pnpx', 'bunx']);

function started(first: string, program: string, args: readonly Word[], before: NodeOptions): readonly Started[] {
  if (program === 'node' || program === 'nodejs') return startedByNode(args, before);
  if (before !== NO_OPTIONS) return [...started(first, program, args, NO_OPTIONS), ...inherited(before)];
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

/** Every Node that a program starts loads these first; which it starts is not known. */
const inherited = ({ preloads, others, why }: NodeOptions): readonly Started[] => {
  if (why !== null) return [{ kind: 'unknown', why }];
  const first = preloads.map(
    ({ request }): Started => ({ kind: 'node', script: request, preloads: [], envFiles: [], args: [] }),
  );
  return [...others, ...first];
};

/** Options of Node that change neither what is run nor how modules are found (`node --help`, Node 26); those with `true` take a word. */
const HARMLESS_OPTIONS: ReadonlyMap<string, boolean> = new Map([
  ...['--title', '--icu-data-dir', '--openssl-config', '--redirect-warnings', '--report-dir', '--diagnostic-dir'].map(
    withWord,
  ),
  ...[
    '--watch-path',
    '--stack-trace-limit',
    '--dns-result-order',
    '--unhandled-rejections',
    '--max-http-header-size',
  ].map(withWord),
  ...['--trace-event-categories', '--disable-warning', '--heapsnapshot-signal', '--localstorage-file'].map(withWord),
  ...['--enable-source-maps', '--no-warnings', '--trace-warnings', '--no-deprecation', '--trace-deprecation'].map(
    alone,
  ),
  ...[
    '--throw-deprecation',
    '--expose-gc',
    '--expose_gc',
    '--inspect',
    '--inspect-brk',
    '--watch',
    '--trace-uncaught',
  ].map(alone),
  ...[
    '--experimental-strip-types',
    '--experimental-transform-types',
    '--experimental-vm-modules',
    '--pending-deprecation',
  ].map(alone),
  ...[
    '--use-openssl-ca',
    '--use-system-ca',
    '--use-bundled-ca',
    '--tls-min-v1.2',
    '--tls-min-v1.3',
    '--prof',
    '--cpu-prof',
  ].map(alone),
  ...[
    '--heap-prof',
    '--abort-on-uncaught-exception',
    '--no-experimental-fetch',
    '--experimental-fetch',
    '--harmony',
  ].map(alone),
  ...['--max-old-space-size', '--max_old_space_size', '--max-semi-space-size', '--stack-size', '--stack_size'].map(
    alone,
  ),
  ...['--max-old-space-size-percentage', '--optimize-for-size', '--no-opt', '--jitless', '--frozen-intrinsics'].map(
    alone,
  ),
  ...['--experimental-modules', '--experimental-json-modules', '--experimental-specifier-resolution'].map(alone),
  ...['--no-node-snapshot', '--secure-heap', '--trace-exit', '--trace-sync-io', '--disable-proto', '--permission'].map(
    alone,
  ),
]);

function withWord(option: string): [string, boolean] {
  return [option, true];
}

function alone(option: string): [string, boolean] {
  return [option, false];
}

const PRELOADS: ReadonlyMap<string, Preload['manner']> = new Map([
  ['-r', 'require'],
  ['--require', 'require'],
  ['--import', 'import'],
  ['--loader', 'import'],
  ['--experimental-loader', 'import'],
]);

interface NodeOptions {
  readonly preloads: readonly Preload[];
  readonly envFiles: readonly string[];
  /** What else they change about what is loaded. */
  readonly others: readonly Extract<Started, { kind: 'conditions' | 'keeps-links' }>[];
  /** From the file on. */
  readonly rest: readonly Word[];
  /** Why it cannot be said what Node loads; `null` where it can. */
  readonly why: string | null;
}

const NO_OPTIONS: NodeOptions = { preloads: [], envFiles: [], others: [], rest: [], why: null };

function startedByNode(args: readonly Word[], before: NodeOptions): readonly Started[] {
  const { preloads, envFiles, others: changes, rest, why } = nodeOptions(args);
  const unknown = before.why ?? why;
  if (unknown !== null) return [{ kind: 'unknown', why: unknown }];
  const [script, ...others] = rest;
  if (script === undefined) return [{ kind: 'unknown', why: 'Node reads its program from the standard input' }];
  if (script === null) return [{ kind: 'unknown', why: 'the file that Node runs is not known before it runs' }];
  const first = [...before.preloads, ...preloads];
  return [
    ...before.others,
    ...changes,
    { kind: 'node', script, preloads: first, envFiles: [...before.envFiles, ...envFiles], args: others },
  ];
}

function nodeOptions(args: readonly Word[]): NodeOptions {
  const preloads: Preload[] = [];
  const envFiles: string[] = [];
  const others: NodeOptions['others'][number][] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at];
    if (word === null || word === undefined || !word.startsWith('-'))
      return { preloads, envFiles, others, rest: args.slice(at), why: null };
    if (word === '--') return { preloads, envFiles, others, rest: args.slice(at + 1), why: null };
    const [, option = word, value] = /^(--?[\w.-]+)=([^]*)$/.exec(word) ?? [];
    const given = value ?? (takesWord(option) ? args[(at += 1)] : '');
    if (typeof given !== 'string')
      return { ...NO_OPTIONS, why: `what \`${option}\` names is not known before it runs` };
    const manner = PRELOADS.get(option);
    if (manner !== undefined) preloads.push({ request: given, manner });
    else if (ENV_FILE.test(option)) envFiles.push(given);
    else if (CONDITIONS.has(option)) others.push({ kind: 'conditions', names: [given] });
    else if (KEEPING_LINKS.has(option)) others.push({ kind: 'keeps-links', option });
    else if (!HARMLESS_OPTIONS.has(option)) {
      // `--eval`, `--test` and whatever comes: what is loaded is not what is analysed.
      return { ...NO_OPTIONS, why: `\`node ${option}\` may load other files than the ones that are followed` };
    }
  }
  return { preloads, envFiles, others, rest: [], why: null };
}

const takesWord = (option: string): boolean =>
  PRELOADS.has(option) || ENV_FILE.test(option) || CONDITIONS.has(option) || HARMLESS_OPTIONS.get(option) === true;

const CONDITIONS: ReadonlySet<string> = new Set(['-C', '--conditions']);
const KEEPING_LINKS: ReadonlySet<string> = new Set(['--preserve-symlinks', '--preserve-symlinks-main']);

const ENV_FILE = /^--env-file(?:-if-exists)?$/;

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
    // With other conditions a child finds other files than those that are looked for here.
    if (each.kind !== 'node' && each.kind !== 'program') return null;
    if (each.kind === 'node') {
      if (each.envFiles.length > 0) return null;
      files.push(each.script, ...each.preloads.map(({ request }) => request));
    } else if (STARTS_OTHERS.test(each.name) && each.args.includes(null)) return null;
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
