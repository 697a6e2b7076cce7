/**
 * Enters what commands start: files that Node runs, programs, scripts of package.json and of the shell. What the words of a command mean is
 * start-command.ts; the manifests that hold the commands are entries.actions.ts.
 */
import { isObject } from '../lib/json.ts';
import { parseLocated } from '../lib/located-yaml.ts';
import { plain } from '../lib/yaml-schema.ts';
import { readWorkspaces } from '../inventory/product-manifests.actions.ts';
import { add, enterFile, inFolder, known, missing, objectOf, type Search } from './entry-search.actions.ts';
import { readManifestText } from './manifest-files.client.ts';
import { isAbsolutePath, isInside, normalPath } from './path-text.ts';
import type { Word } from './shell-line.ts';
import { type Preload, type Started, startedBy } from './start-command.ts';
import { MENTIONS_NODE, STARTS_NOTHING, STARTS_WHAT_IS_SAID } from './system-programs.ts';

export function enterCommand(line: string, via: string, search: Search): void {
  const shown = `${via}: ${line.length > 120 ? `${line.slice(0, 119)}…` : line}`;
  let place: Search | null = search;
  for (const started of startedBy(line)) {
    if (started.kind === 'folder') place = place === null ? null : searchFrom(started.path, shown, place, search);
    else if (place !== null) enterStarted(started, shown, place);
  }
}

/** @returns `null` where the folder is not known, which is said. */
function searchFrom(path: string | null, via: string, place: Search, { root: top }: Search): Search | null {
  const root = path === null ? null : normalPath(isAbsolutePath(path) ? path : `${place.root}/${path}`);
  if (root !== null && isInside(root, top) && place.listing.isFolder(root)) return inFolder(root, place);
  place.unknown.push({
    via,
    why: `it goes on in ${path ?? 'a folder that is not known'}, and what lies there is not looked at`,
  });
  return null;
}

function enterStarted(started: Started, via: string, search: Search): void {
  search.startedIn.add(search.root);
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
      for (const place of placesOf(started.folder, via, search)) enterScript(started.name, started.args, via, place);
      return;
    case 'lifecycle':
      for (const name of ['install', 'prepare']) enterScripts(name, via, search);
      return;
    case 'shell-script':
      enterShellScript(started.path, started.args, via, search);
      return;
    case 'folder':
      // Of `enterCommand`.
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

/** npm starts every Node of a script with its `node-options`, and scripts with its `script-shell` (npm documentation, "config"). */
export function enterNpmrc(via: string, { root, unknown }: Search): void {
  const read = readManifestText(root, '.npmrc');
  const sets = 'text' in read ? /^\s*(?:node-options|script-shell)\s*=/m.test(read.text) : !read.absent;
  if (sets) unknown.push({ via, why: '.npmrc sets what Node loads first, or cannot be read' });
}

/** Where the script of a package manager is looked for: here, in a folder, or in those workspaces that have it. */
function placesOf(folder: string | null, via: string, search: Search): readonly Search[] {
  if (folder === '.') return [search];
  if (folder !== null) {
    const place = searchFrom(folder, via, search, search);
    return place === null ? [] : [place];
  }
  const { workspaces } = workspacesOf(search);
  if (workspaces.length === 0) search.unknown.push({ via, why: 'it runs a script of a workspace, and there is none' });
  return workspaces.map((workspace) => inFolder(normalPath(`${search.root}/${workspace.folder}`), search));
}

/** One lockfile is for all workspaces. */
export const workspacesOf = ({ root, manifest }: Search): ReturnType<typeof readWorkspaces> =>
  readWorkspaces({ ...manifest, ...pnpmWorkspaces(root) }, `${root}/package.json`);

/** pnpm names them in a file of its own (pnpm documentation, "pnpm-workspace.yaml"). */
function pnpmWorkspaces(root: string): Readonly<Record<string, unknown>> {
  const read = readManifestText(root, 'pnpm-workspace.yaml');
  const parsed = 'text' in read ? parseLocated(read.text) : null;
  const packages = parsed?.ok === true ? objectOf(plain(parsed.value))['packages'] : undefined;
  return packages === undefined ? {} : { workspaces: packages };
}

function enterScript(name: string, args: readonly Word[], via: string, search: Search): void {
  enterNpmrc(via, search);
  if (enterScripts(name, via, search)) {
    enterArguments(args, via, search);
    return;
  }
  // npm: `start` without a script is `node server.js`.
  if (name === 'start' && enterFile('server.js', via, 'none', search)) return;
  enterProgram(name, args, via, search);
  enterArguments(args, via, search);
}

/** With what runs before and after it (npm documentation, "Pre & Post Scripts"). @returns False where there is none of them. */
function enterScripts(name: string, via: string, search: Search): boolean {
  const scripts = objectOf(search.manifest['scripts']);
  let isFound = false;
  for (const each of [`pre${name}`, name, `post${name}`]) {
    const script = Object.hasOwn(scripts, each) ? scripts[each] : undefined;
    if (typeof script !== 'string') continue;
    isFound ||= each === name || name === 'install';
    const key = `${search.root} ${each}`;
    if (search.scripts.has(key)) continue;
    search.scripts.add(key);
    enterCommand(script, `${via}, scripts.${each}`, search);
  }
  return isFound;
}

/** @param args What stands for `"$@"` in it. */
function enterShellScript(path: string, args: readonly Word[], via: string, search: Search): void {
  const file = normalPath(isAbsolutePath(path) ? path : `${search.root}/${path}`);
  const key = `${file} as a script`;
  const read = isInside(file, search.root) ? readManifestText(search.root, file.slice(search.root.length + 1)) : null;
  if (search.scripts.has(key)) return;
  search.scripts.add(key);
  if (read === null || !('text' in read)) missing(path, via, search);
  else enterShellText(read.text, args.map(quoted).join(' '), `${via}, ${path}`, search);
}

const quoted = (word: Word): string => (word === null ? '$1' : `'${word.replaceAll("'", "'\\''")}'`);

/** @param started The command line that stands for `"$@"`. */
export function enterShellText(text: string, started: string, via: string, search: Search): void {
  enterCommand(
    text.replaceAll(/"\$[@*]"|\$[@*]/g, () => started),
    via,
    search,
  );
}

function enterProgram(name: string, args: readonly Word[], via: string, search: Search): void {
  const { path, isUnread } = search.listing.program(name, search.root);
  if (path !== null) add({ path, via, manner: 'require', callable: 'none', args: known(args) }, search);
  else if (name.endsWith('.sh') && search.listing.isFile(normalPath(`${search.root}/${name}`)))
    enterShellScript(name, args, via, search);
  else if (isUnread) search.unknown.push({ via, why: `${name} is a script that is not JavaScript, which is not read` });
  else if (!enterOwnBin(name, via, search) && !startsNothing(name, args)) {
    search.unknown.push({ via, why: `${name} is not in node_modules/.bin, and what it starts is not known` });
  }
}

const startsNothing = (name: string, args: readonly Word[]): boolean =>
  STARTS_NOTHING.has(name) ||
  (STARTS_WHAT_IS_SAID.has(name) && args.every((word) => word === null || !MENTIONS_NODE.test(word)));

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
