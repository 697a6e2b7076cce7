/**
 * What a command line starts: read, never run. For `--run`, the scripts of package.json, the `CMD` of a Dockerfile, and the child
 * processes of a program (child-command.ts). The shell's own part is shell-line.ts.
 */
import { readShellLine, type Word } from './shell-line.ts';

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
  /** A script of package.json, in a folder relative to this one; `null` where it is that of one of the workspaces. */
  | { readonly kind: 'script'; readonly name: string; readonly args: readonly Word[]; readonly folder: string | null }
  /** A package manager installs or builds, and runs the scripts that belong to that (npm documentation, "Life Cycle Operation Order"). */
  | { readonly kind: 'lifecycle' }
  /** A script of the shell. */
  | { readonly kind: 'shell-script'; readonly path: string; readonly args: readonly Word[] }
  /** `cd`: what follows is started in another folder, relative to the one before; `null` where it is not known. */
  | { readonly kind: 'folder'; readonly path: string | null }
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

const LONGEST_LINE = 16_384;
const MOST_WRAPPERS = 12;

export function startedBy(line: string): readonly Started[] {
  if (line.length > LONGEST_LINE) return [{ kind: 'unknown', why: 'the command is too long to be read' }];
  const { commands, unread, hasSubshells } = readShellLine(line);
  const started = commands.flatMap(startedByWords);
  // After `(cd a; …)` the folder is the one before; which part stands inside is not looked at.
  const isMixed = hasSubshells && started.some(({ kind }) => kind === 'folder');
  const why = unread ?? (isMixed ? 'the command changes its folder for a part of it' : null);
  return why === null ? started : [...started, { kind: 'unknown', why }];
}

/** Programs that start what follows, and how many words of their own come first: those that begin with a dash, and `A=b`. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'catatonit',
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

/** Of these the first word is a user, or how long it may take. */
const WRAPPERS_WITH_WORD: ReadonlySet<string> = new Set(['gosu', 'su-exec', 'timeout']);

const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** @param words Of one command, without the shell's own words. */
export function startedByWords(words: readonly Word[]): readonly Started[] {
  let rest = words;
  let before: NodeOptions = NO_OPTIONS;
  for (let turn = 0; turn < MOST_WRAPPERS; turn += 1) {
    const [first] = rest;
    if (first === undefined) return inherited(before);
    if (first === null) return [{ kind: 'unknown', why: 'the program is not known before it runs' }];
    const program = first.replace(/^.*[/\\]/, '').replace(/\.(?:exe|cmd)$/, '');
    if (CHANGES_FOLDER.has(program)) return [{ kind: 'folder', path: folderIn(rest.slice(1)) }];
    if (ASSIGNMENT.test(first)) before = withVariable(before, first);
    else if (!WRAPPERS.has(program) && !WRAPPERS_WITH_WORD.has(program))
      return started(first, program, rest.slice(1), before);
    rest = rest.slice(1);
    if (ASSIGNMENT.test(first)) continue;
    while (rest[0]?.startsWith('-') === true) rest = rest.slice(1);
    if (WRAPPERS_WITH_WORD.has(program)) rest = rest.slice(1);
  }
  return [{ kind: 'unknown', why: 'the command wraps another one too often' }];
}

const CHANGES_FOLDER: ReadonlySet<string> = new Set(['cd', 'chdir', 'pushd', 'popd']);

/** `null` for the folder before, that of the user, and one that is not known. */
function folderIn(words: readonly Word[]): string | null {
  const [path, ...others] = withoutOptions(words, []);
  return typeof path !== 'string' || path === '-' || others.length > 0 ? null : path;
}

/** The variables that Node obeys (Node documentation, "Command-line API, Environment variables"). */
function withVariable(before: NodeOptions, assignment: string): NodeOptions {
  const [, name = '', value = ''] = /^(\w+)=([^]*)$/.exec(assignment) ?? [];
  if (name === 'NODE_PATH' && value !== '')
    return { ...before, why: 'NODE_PATH adds folders in which modules are found' };
  if (name !== 'NODE_OPTIONS') return before;
  if (value.includes('$')) return { ...before, why: 'NODE_OPTIONS is not known before the program runs' };
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
      program === 'concurrently' ? startedBy(word) : [{ kind: 'script', name: word, args: [], folder: '.' }],
    );
    return [{ kind: 'program', name: first, args }, ...each];
  }
  return [{ kind: 'program', name: first, args }];
}

/** `sh -c 'line'`, or a script of the shell. */
function startedByShell(args: readonly Word[]): readonly Started[] {
  const flag = args.findIndex((word) => word !== null && /^-[a-z]*c$/.test(word));
  const line = flag < 0 ? null : args[flag + 1];
  if (typeof line === 'string') return startedBy(line);
  const [path, ...others] = withoutOptions(args, ['-o', '+o']);
  if (flag < 0 && typeof path === 'string') return [{ kind: 'shell-script', path, args: others }];
  return [{ kind: 'unknown', why: 'what the shell reads is not known before it runs' }];
}

/** Commands of the package managers that are scripts without `run` (their documentation, "npm start", "npm test", …). */
const SCRIPT_COMMANDS: ReadonlySet<string> = new Set(['start', 'test', 'stop', 'restart']);
const LIFECYCLE_COMMANDS =
  /^(?:install|i|ci|add|remove|uninstall|update|up|rebuild|dedupe|publish|pack|version|link|ln)$/;
const QUIET_COMMANDS =
  /^(?:audit|bin|cache|config|explain|fund|get|help|info|init|list|login|logout|ls|outdated|ping|prefix|root|search|set|show|view|whoami|why)$/;
const OF_FOLDER: readonly string[] = ['--prefix', '-C', '--cwd', '--dir'];
const OF_WORKSPACE: readonly string[] = ['--filter', '-F', '-w', '--workspace'];
const OF_ALL_WORKSPACES = /^(?:-r|--recursive|-ws|--workspaces|(?:--filter|-w|--workspace)=.*)$/;

function startedByManager(program: string, args: readonly Word[]): readonly Started[] {
  const [command, ...rest] = withoutOptions(args, [...OF_FOLDER, ...OF_WORKSPACE]);
  if (command === undefined) return program === 'yarn' ? [{ kind: 'lifecycle' }] : [];
  if (command === null) return [{ kind: 'unknown', why: 'the script is not known before it runs' }];
  if (command === 'workspace' || command === 'workspaces' || command === 'foreach')
    return [{ kind: 'unknown', why: `what \`${program} ${command}\` runs is not looked for` }];
  const folder = folderOf(args);
  if (command === 'run' || command === 'run-script') {
    const [name, ...others] = withoutOptions(rest, [...OF_FOLDER, ...OF_WORKSPACE]);
    return typeof name === 'string' ? [{ kind: 'script', name, args: others, folder }] : [];
  }
  if (command === 'exec' || command === 'dlx' || command === 'x')
    return startedByWords(rest.filter((word) => word !== '--'));
  if (SCRIPT_COMMANDS.has(command)) return [{ kind: 'script', name: command, args: rest, folder }];
  if (LIFECYCLE_COMMANDS.test(command)) return [{ kind: 'lifecycle' }];
  if (program === 'npm' || QUIET_COMMANDS.test(command)) return [];
  // `yarn x` and `pnpm x` run the script of that name, else the program.
  return [{ kind: 'script', name: command, args: rest, folder }];
}

/** Where the package manager is told to look for the scripts, wherever that is said before `--`. */
function folderOf(args: readonly Word[]): string | null {
  const end = args.indexOf('--');
  const words = end < 0 ? args : args.slice(0, end);
  for (const [at, word] of words.entries()) {
    if (typeof word !== 'string') continue;
    if (OF_WORKSPACE.includes(word) || OF_ALL_WORKSPACES.test(word)) return null;
    const [, option, value] = /^(--(?:prefix|cwd|dir))=([^]+)$/.exec(word) ?? [];
    if (option !== undefined) return value ?? null;
    if (OF_FOLDER.includes(word)) return words[at + 1] ?? null;
  }
  return '.';
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
