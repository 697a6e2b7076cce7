/**
 * The idioms of test/reach/idioms: small programs in which a function of a dependency runs or does not, in a form that a person
 * can read in one piece. Reads them, puts them on disk, runs them and asks V8 what ran.
 *
 * A file holds many. `=== name` begins an idiom, `--- path` a file of it. `run:` is the start command (default `node index.js`),
 * `runs:` and `idle:` name a function as `file function [nth]`; without anything it is `vuln` of node_modules/dep/index.js.
 * A name that begins with `twin:` takes over the command and the files of the idiom before it and replaces the files it gives
 * (`--- path !` removes one). `--> path target` is a symbolic link, `dir:` the product's folder when it is not the whole tree. Manifests that
 * are not given are made: name and version 1.0.0, the dependencies of the product are the packages in its node_modules.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { type Coverage, readCoverage } from './v8-coverage.ts';

export interface Check {
  /** Relative to the tree. */
  readonly file: string;
  readonly function: string;
  readonly nth: number | null;
  /** What the author says; null where only V8 is asked (bench/reach-apps). */
  readonly runs: boolean | null;
  /** The advisory that the function stands for; empty in idioms. */
  readonly advisory: string;
}

export interface Idiom {
  readonly name: string;
  readonly twin: boolean;
  readonly run: string;
  /** The product's folder in the tree. */
  readonly dir: string;
  /** `name@version` of packages to install from the registry; empty in idioms. */
  readonly install: readonly string[];
  /** Where it listens and what is asked of it; null when the command ends by itself. */
  readonly port: number | null;
  readonly get: readonly string[];
  readonly checks: readonly Check[];
  /** Path → text. */
  readonly files: ReadonlyMap<string, string>;
  /** Path of the link → where it points to. */
  readonly links: ReadonlyMap<string, string>;
}

const DEFAULT_FILE = 'node_modules/dep/index.js';
const CHILD_TIMEOUT_MS = 20_000;

export function readIdioms(folder: string): readonly Idiom[] {
  const idioms = readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .flatMap((name) => parseIdioms(readFileSync(join(folder, name), 'utf8')));
  const names = idioms.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  assert.deepEqual(twice, [], 'an idiom has the name of another');
  return idioms;
}

export function parseIdioms(text: string): readonly Idiom[] {
  const idioms: Idiom[] = [];
  for (const section of text.split(/^=== /m).slice(1)) {
    const [head = '', ...parts] = section.split(/^(?=---? |--> )/m);
    const [title = '', ...lines] = head.split('\n');
    const twin = title.startsWith('twin:');
    const before: Idiom | undefined = twin ? idioms.findLast((idiom) => !idiom.twin) : undefined;
    assert.ok(!twin || before !== undefined, `${title}: no idiom before it`);
    const files = new Map(before?.files);
    const links = new Map(before?.links);
    for (const part of parts) readPart(part, files, links);
    idioms.push({
      name: title.trim(),
      twin,
      run: field(lines, 'run') ?? before?.run ?? 'node index.js',
      dir: field(lines, 'dir') ?? before?.dir ?? '.',
      install: field(lines, 'install')?.split(' ') ?? [],
      port: field(lines, 'port') === undefined ? null : Number(field(lines, 'port')),
      get: field(lines, 'get')?.split(' ') ?? [],
      checks: lines.flatMap(readCheck),
      files,
      links,
    });
    assert.ok((idioms.at(-1)?.checks.length ?? 0) > 0, `${title}: asks about no function`);
  }
  return idioms;
}

const field = (lines: readonly string[], name: string): string | undefined =>
  lines
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim();

function readPart(part: string, files: Map<string, string>, links: Map<string, string>): void {
  const end = part.indexOf('\n');
  const [mark, path = '', extra] = part.slice(0, end).trim().split(' ');
  if (mark === '-->') links.set(path, extra ?? '');
  else if (extra === '!') files.delete(path);
  else files.set(path, part.slice(end + 1));
}

function readCheck(line: string): readonly Check[] {
  const match = /^(?<kind>runs|idle|asks):(?<rest>.*)$/.exec(line)?.groups;
  if (match === undefined) return [];
  const words = match['rest']?.trim().split(' ').filter(Boolean) ?? [];
  const advisory = match['kind'] === 'asks' ? (words.shift() ?? '') : '';
  const [file = DEFAULT_FILE, ...name] = words;
  const nth = /^[0-9]+$/.test(name.at(-1) ?? '') ? Number(name.pop()) : null;
  return [
    {
      file,
      function: name.length === 0 ? 'vuln' : name.join(' '),
      nth,
      runs: match['kind'] === 'asks' ? null : match['kind'] === 'runs',
      advisory,
    },
  ];
}

/** The folder of the package that `file` belongs to: the nearest in a node_modules, else the nearest with a manifest, else `dir`. */
export function packageFolder(file: string, idiom: Idiom): string {
  const installed = /^(?:.*\/)?node_modules\/(?:@[^/]+\/[^/]+|[^/]+)(?=\/)/.exec(file)?.[0];
  if (installed !== undefined) return installed;
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder))
    if (idiom.files.has(`${folder}/package.json`)) return folder;
  return idiom.dir;
}

export interface Planted {
  /** The product's folder. */
  readonly root: string;
  /** The folder that holds everything; the product's own unless `dir:` is given. */
  readonly tree: string;
}

/** Writes the program into `folder`, which must not exist. All paths returned are real ones. */
export function plant(idiom: Idiom, folder: string): Planted {
  mkdirSync(folder, { recursive: true });
  const tree = realpathSync(folder);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  };
  for (const [path, text] of idiom.files) write(path, text);
  for (const [path, target] of idiom.links) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    symlinkSync(target, join(tree, path));
  }
  const packages = new Set([...idiom.files.keys()].map((file) => packageFolder(file, idiom)));
  packages.delete(idiom.dir);
  const installed = [...packages].filter((place) => place.includes('node_modules/'));
  for (const place of installed)
    if (!idiom.files.has(`${place}/package.json`))
      write(join(place, 'package.json'), `{ "name": "${nameOf(place)}", "version": "1.0.0" }\n`);
  const direct = installed.filter((place) => place.lastIndexOf('node_modules/') === place.indexOf('node_modules/'));
  const own = idiom.dir === '.' ? 'package.json' : `${idiom.dir}/package.json`;
  if (!idiom.files.has(own)) {
    const dependencies = Object.fromEntries(direct.map((place) => [nameOf(place), '1.0.0']));
    write(own, JSON.stringify({ name: 'product', version: '1.0.0', dependencies }));
  }
  const packageLock = {
    name: 'product',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: Object.fromEntries([
      ['', manifestIn(tree, idiom.dir)],
      ...installed.map((place) => [relative(idiom.dir, place), manifestIn(tree, place)]),
      ...[...idiom.links].map(([link, target]) => [
        relative(idiom.dir, link),
        { resolved: relative(idiom.dir, join(dirname(link), target)), link: true },
      ]),
    ]),
  };
  write(join(idiom.dir, 'package-lock.json'), JSON.stringify(packageLock));
  return { root: join(tree, idiom.dir), tree };
}

const nameOf = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

export interface Manifest {
  readonly name: string;
  readonly version: string;
}

export const manifestIn = (tree: string, place: string): Manifest =>
  JSON.parse(readFileSync(join(tree, place, 'package.json'), 'utf8')) as Manifest;

/**
 * Runs the command as its author would, in a shell in the product's folder, under this Node, and returns what ran.
 *
 * @param reports A fresh folder for V8's reports.
 */
export async function runCovered(command: string, root: string, reports: string): Promise<Coverage> {
  mkdirSync(reports, { recursive: true });
  const child = spawn(command, {
    cwd: root,
    shell: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: CHILD_TIMEOUT_MS,
    env: {
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: root,
      NODE_V8_COVERAGE: reports,
    },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, null, `"${command}" was ended by ${signal}`);
  assert.equal(code, 0, `"${command}" ended with ${code}:\n${complaint}`);
  const coverage = readCoverage(reports);
  rmSync(reports, { recursive: true });
  return coverage;
}
