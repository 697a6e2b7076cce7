/**
 * Finds where a program begins: the files behind `--run`, holdfast.yaml, package.json, Dockerfile and Forge's manifest.
 *
 * What the manifests ask for is entry-requests.ts, what a command starts is start-command.ts. Nothing is run. What cannot be followed
 * is in the answer, and makes an unknown of everything it could reach.
 */
import { isObject } from '../lib/json.ts';
import { parseJson5 } from '../lib/located-json5.ts';
import { parseLocated } from '../lib/located-yaml.ts';
import { plain } from '../lib/yaml-schema.ts';
import { loadFacts } from '../policy/facts.actions.ts';
import type { Callable, Entry, UnknownEntry } from './closure.ts';
import {
  DEFAULT_MAIN,
  entriesOfDockerfile,
  entriesOfForge,
  entriesOfManifest,
  type EntryRequest,
  type EntryRequests,
  sourcesOf,
} from './entry-requests.ts';
import { createFolderListing, type FolderListing } from './folder-listing.client.ts';
import { dockerfilesIn, readManifestText } from './manifest-files.client.ts';
import { isNamedBy } from './name-bound.ts';
import { isAbsolutePath, normalPath } from './path-text.ts';
import { createResolver, realPath, type Resolver } from './resolve.client.ts';
import { type Preload, type Started, startedBy, type Word } from './start-command.ts';

export interface FoundEntries {
  readonly entries: readonly Entry[];
  /** What starts the program and could not be followed. */
  readonly unknown: readonly UnknownEntry[];
  /** Conditions that the commands add to Node's own, each list by itself (Node documentation, `--conditions`). */
  readonly conditions: readonly (readonly string[])[];
  /** What could start something and was left out, in words. */
  readonly leftOut: readonly string[];
}

interface Search {
  readonly root: string;
  readonly resolver: Resolver;
  readonly listing: FolderListing;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly compilerOptions: unknown;
  readonly entries: Map<string, Entry>;
  readonly unknown: UnknownEntry[];
  readonly conditions: string[];
  /** Scripts that were entered, so that two that call each other end. */
  readonly scripts: Set<string>;
}

/** @param run The command of `--run`: it replaces all other entries. */
export async function findEntries(folder: string, run: string | null): Promise<FoundEntries> {
  const root = realPath(folder);
  const search: Search = {
    root,
    resolver: createResolver(),
    listing: createFolderListing(),
    manifest: objectOf(jsonIn(root, 'package.json')),
    compilerOptions: objectOf(jsonIn(root, 'tsconfig.json'))['compilerOptions'],
    entries: new Map(),
    unknown: [],
    conditions: [],
    scripts: new Set(),
  };
  if (run !== null) {
    enterCommand(run, '--run', search);
    return answer(search, []);
  }
  const declared = await declaredEntries(root);
  const asked = declared.length > 0 ? { requests: declared, leftOut: [] } : manifestEntries(search);
  for (const request of asked.requests) enter(request, search);
  if (search.entries.size > 0 || search.unknown.length > 0) return answer(search, asked.leftOut);
  // Nothing else starts the program, so whatever its developers run is all there is.
  const { scripts } = search.manifest;
  for (const [name, line] of Object.entries(isObject(scripts) ? scripts : {})) {
    if (typeof line === 'string') enterCommand(line, `package.json, scripts.${name}`, search);
  }
  return answer(search, []);
}

function answer({ entries, unknown, conditions }: Search, leftOut: readonly string[]): FoundEntries {
  const nothing = { via: 'package.json', why: 'nothing says where the program starts' };
  return {
    entries: [...entries.values()],
    unknown: entries.size + unknown.length > 0 ? unknown : [nothing],
    conditions: combined(conditions),
    leftOut,
  };
}

/** Which of them come together is not looked at, so every choice of a few counts; more than that are told apart one by one and all at once. */
function combined(names: readonly string[]): readonly (readonly string[])[] {
  const all = [...new Set(names)];
  if (all.length > 3) return [...all.map((name) => [name]), all];
  return all
    .reduce<readonly (readonly string[])[]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]])
    .slice(1);
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});

/** JSON with comments, as tsconfig.json may have them; `null` when it is not there or no JSON. */
function jsonIn(root: string, name: string): unknown {
  const read = readManifestText(root, name);
  if (!('text' in read)) return null;
  const parsed = parseJson5(read.text);
  return parsed.ok ? plain(parsed.value) : null;
}

/** The entries of all products in holdfast.yaml that lie in this folder. */
async function declaredEntries(root: string): Promise<readonly EntryRequest[]> {
  const facts = await loadFacts(root);
  return facts.products.flatMap(({ id, path, entries }) =>
    entries.map((entry): EntryRequest => {
      const via = `holdfast.yaml, entries of ${id}`;
      return { kind: 'file', path: path === '.' ? entry : `${path}/${entry}`, via, callable: 'all' };
    }),
  );
}

function manifestEntries({ root, manifest }: Search): EntryRequests {
  const parts = [entriesOfManifest(manifest)];
  for (const name of dockerfilesIn(root)) {
    const read = readManifestText(root, name);
    if ('text' in read) parts.push(entriesOfDockerfile(read.text, name));
  }
  const forge = readManifestText(root, 'manifest.yml');
  if ('text' in forge) {
    const parsed = parseLocated(forge.text);
    parts.push(entriesOfForge(parsed.ok ? plain(parsed.value) : null));
  }
  return { requests: parts.flatMap(({ requests }) => requests), leftOut: parts.flatMap(({ leftOut }) => leftOut) };
}

function enter(request: EntryRequest, search: Search): void {
  switch (request.kind) {
    case 'command':
      enterNpmrc(request.via, search);
      enterCommand(request.line, request.via, search);
      return;
    case 'pattern':
      enterPattern(request.pattern, request.via, search);
      return;
    case 'file': {
      const isEntered = enterFile(request.path, request.via, request.callable, search);
      if (!isEntered && request.via !== DEFAULT_MAIN) missing(request.path, request.via, search);
    }
  }
}

const missing = (path: string, via: string, { unknown }: Search): void => {
  unknown.push({ via, why: `${path} is named as a start of the program and is not there` });
};

/** `./dist/*.js`: every file that the star can stand for (Node documentation, "Subpath patterns"). */
function enterPattern(pattern: string, via: string, search: Search): void {
  const [before = '', after = ''] = pattern.replace(/^\.\//, '').split('*');
  const folder = before.includes('/') ? before.slice(0, before.lastIndexOf('/')) : '';
  const prefix = before.slice(folder === '' ? 0 : folder.length + 1);
  const inside = search.listing.programsUnder(`${search.root}/${folder}`, prefix, 5_000);
  if (inside === null) search.unknown.push({ via, why: `${pattern} means more files than are followed` });
  for (const path of inside ?? []) {
    if (path.includes('node_modules/') || !isNamedBy(path, { prefix, suffix: after })) continue;
    enterFile(folder === '' ? path : `${folder}/${path}`, via, 'all', search);
  }
}

function enterFile(path: string, via: string, callable: Callable, search: Search, args: readonly Word[] = []): boolean {
  const { root, resolver, compilerOptions } = search;
  for (const candidate of [path, ...sourcesOf(path, compilerOptions)]) {
    const request = normalPath(isAbsolutePath(candidate) ? candidate : `${root}/${candidate}`);
    const found = resolver.resolve(`${root}/.`, request, 'require');
    if (!('found' in found)) continue;
    for (const file of found.found) add({ path: file, via, manner: 'require', callable, args: known(args) }, search);
    return true;
  }
  return false;
}

const known = (words: readonly Word[]): readonly string[] => words.filter((word) => word !== null);

function add(entry: Entry, { entries }: Search): void {
  const path = realPath(entry.path);
  const before = entries.get(path);
  if (before === undefined) entries.set(path, { ...entry, path });
  else {
    const callable = entry.callable === 'none' || before.callable === 'all' ? before.callable : 'all';
    entries.set(path, { ...before, callable, args: [...before.args, ...entry.args] });
  }
}

function enterCommand(line: string, via: string, search: Search): void {
  const shown = `${via}: ${line.length > 120 ? `${line.slice(0, 119)}…` : line}`;
  for (const started of startedBy(line)) enterStarted(started, shown, search);
}

function enterStarted(started: Started, via: string, search: Search): void {
  switch (started.kind) {
    case 'unknown':
      search.unknown.push({ via, why: started.why });
      return;
    case 'conditions':
      search.conditions.push(...started.names);
      return;
    case 'keeps-links': {
      const link = search.listing.linkUnder(search.root);
      if (link !== null)
        search.unknown.push({
          via,
          why: `\`node ${started.option}\` finds other files than the ones that are followed, because of ${link}`,
        });
      return;
    }
    case 'script':
      enterScript(started.name, started.args, via, search);
      return;
    case 'node':
      for (const preload of started.preloads) enterPreload(preload, via, search);
      for (const file of started.envFiles) enterEnvFile(file, via, search);
      if (!enterFile(started.script, via, 'none', search, started.args)) missing(started.script, via, search);
      enterArguments(started.args, via, search);
      return;
    case 'program':
      enterProgram(started.name, started.args, via, search);
      enterArguments(started.args, via, search);
  }
}

/** Node takes NODE_OPTIONS from them, and dotenv hands on whatever they hold. */
function enterEnvFile(name: string, via: string, { root, unknown }: Search): void {
  const read = readManifestText(root, name);
  const sets = 'text' in read ? /^\s*(?:export\s+)?NODE_(?:OPTIONS|PATH)\s*=/m.test(read.text) : !read.absent;
  if (sets) unknown.push({ via, why: `${name} sets what Node loads first, or cannot be read` });
}

function enterPreload({ request, manner }: Preload, via: string, search: Search): void {
  const path = request.startsWith('.') ? `${search.root}/${request}` : request;
  const found = search.resolver.resolve(`${search.root}/.`, path, manner);
  if ('missing' in found) missing(request, via, search);
  for (const path of 'found' in found ? found.found : []) {
    add({ path, via: `${via}, loaded first`, manner, callable: 'none', args: [] }, search);
  }
}

/** npm starts every Node of a script with its `node-options` (npm documentation, "config"). */
function enterNpmrc(via: string, { root, unknown }: Search): void {
  const read = readManifestText(root, '.npmrc');
  const sets = 'text' in read ? /^\s*node-options\s*=/m.test(read.text) : !read.absent;
  if (sets) unknown.push({ via, why: '.npmrc sets what Node loads first, or cannot be read' });
}

/** With what runs before and after it (npm documentation, "Pre & Post Scripts"). */
function enterScript(name: string, args: readonly Word[], via: string, search: Search): void {
  enterNpmrc(via, search);
  const scripts = objectOf(search.manifest['scripts']);
  const line = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
  if (typeof line !== 'string') {
    // npm: `start` without a script is `node server.js`.
    if (name === 'start' && enterFile('server.js', via, 'none', search)) return;
    enterProgram(name, args, via, search);
    enterArguments(args, via, search);
    return;
  }
  for (const each of [`pre${name}`, name, `post${name}`]) {
    const script = Object.hasOwn(scripts, each) ? scripts[each] : undefined;
    if (typeof script !== 'string' || search.scripts.has(each)) continue;
    search.scripts.add(each);
    enterCommand(script, `${via}, scripts.${each}`, search);
  }
  enterArguments(args, via, search);
}

/** Programs of the system that start none of ours; another one that is not found may start anything. */
const SYSTEM_PROGRAMS =
  /^(?:cat|cd|chmod|chown|cp|date|echo|exit|export|false|git|grep|head|kill|ls|mkdir|mv|printf|pwd|rm|rmdir|sed|set|sleep|tail|tar|test|touch|true|wait|which|\[)$/;

function enterProgram(name: string, args: readonly Word[], via: string, search: Search): void {
  const { path, isUnread } = search.listing.program(name, search.root);
  if (path !== null) add({ path, via, manner: 'require', callable: 'none', args: known(args) }, search);
  else if (isUnread) search.unknown.push({ via, why: `${name} is a script that is not JavaScript, which is not read` });
  else if (!enterOwnBin(name, via, search) && !SYSTEM_PROGRAMS.test(name)) {
    search.unknown.push({ via, why: `${name} is not in node_modules/.bin, and what it starts is not known` });
  }
}

/** npm puts the programs of a package itself in the PATH of its scripts only where it is linked; the names are known anyway. */
function enterOwnBin(name: string, via: string, search: Search): boolean {
  const { bin } = search.manifest;
  const path =
    isObject(bin) && Object.hasOwn(bin, name) ? bin[name] : search.manifest['name'] === name ? bin : undefined;
  return typeof path === 'string' && enterFile(path, via, 'none', search);
}

/** A program that is given a program may run it: `nodemon server.js`, `pm2 start app.js`, `mocha test/a.js`. */
function enterArguments(args: readonly Word[], via: string, search: Search): void {
  for (const word of args) {
    if (word === null || !/\.[cm]?[jt]sx?$/.test(word)) continue;
    const path = normalPath(isAbsolutePath(word) ? word : `${search.root}/${word}`);
    if (!search.listing.isFile(path)) continue;
    add({ path, via: `${via}, given to the program`, manner: 'require', callable: 'none', args: known(args) }, search);
  }
}
