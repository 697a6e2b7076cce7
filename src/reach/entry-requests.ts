/**
 * Where a program begins, as its manifests say: package.json and Forge's manifest.yml; those of a Dockerfile are dockerfile-entries.ts. Pure:
 * what the words lead to on the disk is entries.actions.ts.
 */
import { isObject } from '../lib/json.ts';
import type { Callable } from './closure.ts';
import { startedBy } from './start-command.ts';

/** One thing that starts the program. */
export type EntryRequest =
  /** A file that others load: its exports are called from outside. */
  | { readonly kind: 'file'; readonly path: string; readonly via: string; readonly callable: Callable }
  /** A pattern of an exports map: every file that it can mean. */
  | { readonly kind: 'pattern'; readonly pattern: string; readonly via: string }
  | CommandRequest;

export interface CommandRequest {
  readonly kind: 'command';
  readonly line: string;
  readonly via: string;
  /** Where it is started, relative to the folder of the manifest: the first of several that the files lie in. */
  readonly folders: readonly string[];
  /** Where a script may lie that is started with the line as its arguments; empty where there is none. */
  readonly scripts: readonly string[];
}

export interface EntryRequests {
  readonly requests: readonly EntryRequest[];
  /** What could start something and was not taken, in words. */
  readonly leftOut: readonly string[];
}

type Manifest = Readonly<Record<string, unknown>>;

export function entriesOfManifest(manifest: Manifest): EntryRequests {
  const requests: EntryRequest[] = [];
  const { main, bin, exports, scripts, directories } = manifest;
  if (typeof main === 'string') requests.push({ kind: 'file', path: main, via: 'package.json, main', callable: 'all' });
  else if (exports === undefined && bin === undefined) {
    // Node documentation, "Modules: Packages, main": index.js where nothing is said. Not finding it is no mistake.
    requests.push({ kind: 'file', path: 'index.js', via: DEFAULT_MAIN, callable: 'all' });
  }
  for (const target of exportTargets(exports)) {
    const via = 'package.json, exports';
    if (target.includes('*')) requests.push({ kind: 'pattern', pattern: target, via });
    else requests.push({ kind: 'file', path: target, via, callable: 'all' });
  }
  const bins = typeof bin === 'string' ? [bin] : isObject(bin) ? Object.values(bin) : [];
  for (const path of bins) {
    if (typeof path === 'string') requests.push({ kind: 'file', path, via: 'package.json, bin', callable: 'none' });
  }
  // npm documentation, "directories.bin": every file there is a program.
  const programs = bin === undefined && isObject(directories) ? directories['bin'] : undefined;
  if (typeof programs === 'string')
    requests.push({
      kind: 'pattern',
      pattern: `${programs.replace(/\/$/, '')}/*`,
      via: 'package.json, directories.bin',
    });
  const leftOut: string[] = [];
  for (const [name, line] of Object.entries(isObject(scripts) ? scripts : {})) {
    if (typeof line !== 'string') continue;
    if (isRun(name, line)) requests.push(commandHere(line, `package.json, scripts.${name}`));
    else leftOut.push(`package.json, scripts.${name}: ${line}`);
  }
  return { requests, leftOut };
}

export const DEFAULT_MAIN = 'index.js, the default of main';

/**
 * The scripts that run the product, or run where it is installed (npm documentation, "scripts"). Those that test, build or publish it
 * run on the machines of its developers; they are left out and said so, and taken when nothing else starts the program.
 */
const RUNNING =
  /^(?:pre|post)?(?:start|serve|server|restart|stop|prod|production|worker|cron|migrate|install)(?:[:.-].*)?$/;

/** What is run here and not in some other folder, without a script before it. */
const commandHere = (line: string, via: string): CommandRequest => ({
  kind: 'command',
  line,
  via,
  folders: ['.'],
  scripts: [],
});

/** A script of another name that starts Node itself runs the product, unless a part of its name says that it is for developers. */
const isRun = (name: string, line: string): boolean =>
  RUNNING.test(name) ||
  (!name.split(/[:._-]/).some((part) => DEVELOPING.test(part)) && startedBy(line).some(({ kind }) => kind === 'node'));

const DEVELOPING =
  /^(?:(?:pre|post)?(?:test|build|lint|publish|publishonly|pack|version|release|docs?|commit|push)|prepare|tests?|unit|integration|e2e|spec|cover|coverage|bench|benchmarks?|perf|check|ci|clean|codegen|gen|generate|compile|bundle|format|fmt|fix|types?|typecheck|tsc|dev|develop|debug|watch|example|examples|demo|update|upgrade|changelog|husky|size|analyze|docs?)$/i;

/** Conditions under which Node never takes a target, and files that are no programs. */
const FOREIGN_CONDITIONS: ReadonlySet<string> = new Set([
  'types',
  'browser',
  'deno',
  'bun',
  'react-native',
  'workerd',
  'style',
]);
const NO_PROGRAM = /\.(?:json|css|d\.[cm]?ts)$/;
const MOST_TARGETS = 2_000;

function exportTargets(exports: unknown): readonly string[] {
  const targets = new Set<string>();
  const open: unknown[] = [exports];
  // Grows while it is gone through.
  for (const value of open) {
    if (open.length > MOST_TARGETS) break;
    if (typeof value === 'string') {
      if (value.startsWith('./') && !NO_PROGRAM.test(value)) targets.add(value);
    } else if (Array.isArray(value)) open.push(...value);
    else if (isObject(value)) {
      for (const [condition, target] of Object.entries(value))
        if (!FOREIGN_CONDITIONS.has(condition)) open.push(target);
    }
  }
  return [...targets];
}

/**
 * The functions of a Forge app: `handler: index.run` is the export `run` of `src/index` (Forge documentation, "Manifest: function").
 * What is below `resources` runs in the browser and is left out.
 */
export function entriesOfForge(manifest: unknown): EntryRequests {
  const requests: EntryRequest[] = [];
  const leftOut: string[] = [];
  if (!isObject(manifest)) return { requests, leftOut };
  const modules = isObject(manifest['modules']) ? manifest['modules'] : {};
  const functions = Array.isArray(modules['function']) ? modules['function'] : [];
  for (const each of functions) {
    const handler = isObject(each) ? each['handler'] : undefined;
    const dot = typeof handler === 'string' ? handler.lastIndexOf('.') : -1;
    if (typeof handler !== 'string' || dot <= 0) continue;
    const via = `manifest.yml, function ${handler}`;
    requests.push({ kind: 'file', path: `src/${handler.slice(0, dot)}`, via, callable: [handler.slice(dot + 1)] });
  }
  for (const resource of Array.isArray(manifest['resources']) ? manifest['resources'] : []) {
    const path = isObject(resource) ? resource['path'] : undefined;
    if (typeof path === 'string') leftOut.push(`manifest.yml, resource ${path}: it runs in the browser`);
  }
  return { requests, leftOut };
}

/**
 * The sources that a built file comes from, the likeliest first: `dist/main.js` is `src/main.ts` (TypeScript documentation, `outDir`,
 * `rootDir`). For a program that is analysed before it is built.
 */
export function sourcesOf(path: string, compilerOptions: unknown): readonly string[] {
  const options = isObject(compilerOptions) ? compilerOptions : {};
  const clean = (value: unknown): string | null =>
    typeof value === 'string' ? value.replace(/^\.\//, '').replace(/\/+$/, '') : null;
  const outs = [clean(options['outDir']), 'dist', 'build', 'lib', 'out'].filter((folder) => folder !== null);
  const roots = [clean(options['rootDir']), 'src', ''].filter((folder) => folder !== null);
  const wanted = path.replace(/^\.\//, '');
  const sources = new Set<string>();
  for (const out of outs) {
    if (out === '' || !wanted.startsWith(`${out}/`)) continue;
    const inside = wanted.slice(out.length + 1);
    for (const root of roots) {
      const base = `${root === '' ? '' : `${root}/`}${inside}`;
      for (const source of typescriptNames(base)) sources.add(source);
      // Compiled without `rootDir`, the folder of the sources stays in the path: dist/src/main.js.
      sources.add(base);
    }
  }
  return [...sources, ...typescriptNames(wanted)];
}

function typescriptNames(path: string): readonly string[] {
  if (/\.[cm]js$/.test(path)) return [path.replace(/js$/, 'ts')];
  const bare = path.replace(/\.jsx?$/, '');
  return [`${bare}.ts`, `${bare}.tsx`, `${bare}/index.ts`];
}
