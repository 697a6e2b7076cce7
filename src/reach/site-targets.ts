/**
 * Which files one site can load: constant names are resolved, computed ones listed as far as name-bound.ts bounds them.
 *
 * What asks the disk is handed in; closure.actions.ts has the clients.
 */
import type { Bound, ClosureFile } from './closure.ts';
import { commandTargets } from './command-targets.ts';
import {
  describeChoice,
  describeFolder,
  describePackages,
  GIVES_A_PATH,
  NO_PARENT_FOLDER,
  PASSED_REQUIRE,
  UNKNOWN_NAME,
} from './closure.text.ts';
import { filled } from './manifest-fill.ts';
import type { LoadSite } from './load-site.ts';
import { boundOf, isNamedBy, locate, type NameBound } from './name-bound.ts';
import { folderMeant, placeOf, type Surroundings, type Targets } from './surroundings.ts';
import { folderOf, isAbsolutePath, isInside, shownIn } from './path-text.ts';
import { constantOf, joined, type TextShape } from './text-shape.ts';

/** More files than this one site does not choose from; then it may as well name any. */
const MOST_NAMED = 3_000;

interface Found {
  readonly files: Set<string>;
  readonly missing: Map<string, string>;
  readonly says: Set<string>;
  readonly beginnings: Set<string>;
  isAnything: boolean;
  assumes: boolean;
}

export function targetsOf(file: ClosureFile, site: LoadSite, surroundings: Surroundings): Targets {
  if (site.form === 'require-value') return passedRequire(file, surroundings);
  const around = STARTING.has(site.form) ? startedIn(file, site, surroundings) : surroundings;
  if (site.form === 'command') return commandTargets(file, site, around);
  const found: Found = {
    files: new Set(),
    missing: new Map(),
    says: new Set(),
    beginnings: new Set(),
    isAnything: false,
    assumes: false,
  };
  const bases = basesOf(file, site, around);
  const fills = site.names.map((shape) => filled(shape, placeOf(file.path, around), around.manifestAt));
  const names = fills.flatMap(({ shapes }) => shapes);
  for (const shape of names.map((each) => (STARTING.has(site.form) ? asPath(each) : each))) {
    for (const base of bases.known) addNamed(shape, base, file, site, found, around);
    // From an unknown folder, a package's name may mean another copy, and a relative name anything.
    if (bases.isOpen && !isFixed(shape, file, site, around)) found.isAnything = true;
  }
  const [only, ...others] = names;
  const isNamed = others.length === 0 && bases.known.length === 1 && !bases.isOpen && isCertain(only, file, around);
  const certainty = isNamed ? 'named' : 'bounded';
  const targets = [...found.files].map((path) => ({ path, certainty }) as const);
  // A path beside the file that leads nowhere names no program, and one that leads to a folder may be for anything.
  const missing = site.form === 'file' ? [] : [...found.missing].map(([request, why]) => ({ request, why }));
  return {
    targets,
    bound: isNamed && !found.isAnything ? null : boundIn(found, site),
    missing,
    beginnings: [...found.beginnings],
    manifests: fills.flatMap(({ manifests }) => manifests),
  };
}

const STARTING: ReadonlySet<LoadSite['form']> = new Set(['command', 'fork', 'worker']);

/** `fork('a.js')` means a file, where `require('a.js')` means a package (Node documentation, "Command-line API, Synopsis"). */
function asPath(shape: TextShape): TextShape {
  const [first] = shape;
  const isBare = typeof first === 'string' && !isAbsolutePath(first) && !/^(?:\.|[a-z]+:)/i.test(first);
  return isBare ? joined(['./'], shape) : shape;
}

/** With the folder of the option `cwd`. */
function startedIn(file: ClosureFile, site: LoadSite, around: Surroundings): Surroundings {
  if (site.from === 'file') return around;
  const [only, ...others] = site.from;
  const isOne = only !== undefined && others.length === 0;
  return { ...around, workingFolder: isOne ? folderMeant(only, file.path, around) : null };
}

/** One text, wherever the program is started: a constant, or a path that only hangs on where files lie. */
function isCertain(shape: TextShape | undefined, file: ClosureFile, around: Surroundings): boolean {
  if (shape === undefined || shape.some((piece) => typeof piece === 'object' && piece.hole === 'working-folder'))
    return false;
  const bound = boundOf(shape, placeOf(file.path, around));
  return bound.kind === 'request' || constantOf(shape) !== null;
}

/**
 * `require.resolve(x)` gives a path and runs nothing. Whoever loads what lies there is a site of its own, and where x is not known the path is not
 * known there either (constant-text.ts), so that site says that it may load anything.
 */
const GIVES_PATHS: ReadonlySet<LoadSite['form']> = new Set(['resolve', 'import-resolve']);

function boundIn(found: Found, site: LoadSite): Bound {
  const files = [...found.files].sort();
  if (found.isAnything && !GIVES_PATHS.has(site.form)) return { kind: 'anything', says: UNKNOWN_NAME };
  if (found.isAnything) return { kind: 'files', files, says: GIVES_A_PATH, assumes: null };
  const says = found.says.size > 0 ? [...found.says].join('; ') : describeChoice(files.length);
  const assumes = found.assumes && site.form !== 'file' ? NO_PARENT_FOLDER : null;
  return { kind: 'files', files, says, assumes };
}

/** It means the same from every folder: an absolute path, and what is required by the name of a package. */
function isFixed(shape: TextShape, file: ClosureFile, { form }: LoadSite, around: Surroundings): boolean {
  if (!STARTING.has(form)) return /^(?![./])[^:]+$/.test(constantOf(shape) ?? '.');
  const [first] = locate(shape, placeOf(file.path, around)) ?? [];
  return typeof first === 'string' && (isAbsolutePath(first) || first.startsWith('file:'));
}

/** The files that a site's names are relative to. */
function basesOf(
  file: ClosureFile,
  site: LoadSite,
  around: Surroundings,
): { known: readonly string[]; isOpen: boolean } {
  // Node resolves the path of a worker or a child from the working folder (Node documentation, `new Worker`, `fork`).
  if (site.form === 'worker' || site.form === 'fork')
    return { known: [...workingFolderOf(around), file.path], isOpen: around.workingFolder === null };
  if (site.from === 'file') return { known: [file.path], isOpen: false };
  const place = placeOf(file.path, around);
  const known = new Set<string>();
  let isOpen = false;
  for (const shape of site.from) {
    const bound = boundOf(shape, place);
    // `createRequire('/x/')` asks from inside the folder (Node documentation, "module.createRequire").
    const end = endOf(shape);
    if (bound.kind === 'request' && isAbsolutePath(bound.request))
      known.add(end.endsWith('/') ? `${bound.request}/.` : bound.request);
    else isOpen = true;
  }
  if (isOpen) for (const base of [file.path, `${around.root}/.`, ...workingFolderOf(around)]) known.add(base);
  return { known: [...known], isOpen };
}

const workingFolderOf = ({ workingFolder }: Surroundings): readonly string[] =>
  workingFolder === null ? [] : [`${workingFolder}/.`];

const endOf = (shape: TextShape): string => {
  const last = shape.at(-1);
  return typeof last === 'string' ? last : '';
};

function addNamed(
  shape: TextShape,
  base: string,
  file: ClosureFile,
  site: LoadSite,
  found: Found,
  around: Surroundings,
): void {
  const [first] = shape;
  if (shape.length > 1 && typeof first === 'string' && PROGRAM_URL.test(first)) found.isAnything = true;
  const bound = boundOf(shape, placeOf(base, around));
  if (bound.kind === 'request') return addRequest(bound.request, base, file, site, found, around);
  if (bound.kind === 'data') {
    found.says.add('can name only JSON, which runs nothing');
    return;
  }
  const listed = listedFiles(bound, base, around);
  if (listed === null) {
    found.isAnything = true;
    return;
  }
  found.assumes = true;
  if ('folder' in bound) found.beginnings.add(`${bound.folder}/${bound.prefix}`);
  found.says.add(listed.says);
  for (const path of listed.files) found.files.add(around.realPath(path));
}

/** The text of such a URL is a program of its own (Node documentation, "data: imports"). */
const PROGRAM_URL = /^(?:data|blob):/;

function addRequest(
  request: string,
  base: string,
  file: ClosureFile,
  site: LoadSite,
  found: Found,
  around: Surroundings,
): void {
  if (PROGRAM_URL.test(request)) found.isAnything = true;
  const manner = mannerOf(file, site, around);
  let missing: string | null = null;
  let isFound = false;
  for (const spelling of spellingsOf(request)) {
    const answer = around.resolver.resolve(base, spelling, manner);
    if ('missing' in answer) missing = answer.missing;
    else isFound = true;
    for (const path of 'found' in answer ? answer.found : []) found.files.add(around.realPath(path));
  }
  if (!isFound && missing !== null) found.missing.set(request, missing);
}

/** The specifier of an import is a URL: `%75` is `u` there (Node documentation, "Modules: ECMAScript modules, URLs"). */
function spellingsOf(request: string): readonly string[] {
  const path = request.startsWith('file://') ? request.slice('file://'.length) : request;
  if (!path.includes('%')) return [path];
  try {
    return [path, decodeURIComponent(path)];
  } catch {
    return [path];
  }
}

function mannerOf(file: ClosureFile, { form }: LoadSite, around: Surroundings): 'require' | 'import' | 'both' {
  switch (form) {
    case 'import':
    case 'export-from':
      // Compiled to `require`, or run as it is: the tool decides.
      return around.isTypeScript(file.path) ? 'both' : 'import';
    case 'import()':
    case 'import-resolve':
      return around.isTypeScript(file.path) ? 'both' : 'import';
    default:
      return 'require';
  }
}

interface Listed {
  readonly files: readonly string[];
  readonly says: string;
}

type Listable = Exclude<NameBound, { kind: 'request' | 'data' }>;

/** `null` where nothing bounds the name, or too many files are named. */
function listedFiles(bound: Listable, base: string, around: Surroundings): Listed | null {
  switch (bound.kind) {
    case 'anything':
      return null;
    case 'entries':
    case 'under':
      return holdsEverything(bound, around) ? null : filesIn(bound, around);
    case 'in-package': {
      const folder = around.listing.packageFolder(folderOf(base), bound.name);
      // A package that is not installed names nothing.
      return folder === null
        ? { files: [], says: describePackages(bound.name) }
        : filesIn({ ...bound, folder }, around);
    }
    case 'packages': {
      const names = around.listing.packagesFrom(folderOf(base), bound.prefix);
      const files = names.map((name) => filesOfPackage(name, base, around));
      const known = files.flatMap((each) => each ?? []);
      return files.includes(null) || known.length > MOST_NAMED
        ? null
        : { files: known, says: describePackages(bound.prefix) };
    }
  }
}

/** A folder with all that is installed in it bounds nothing, unless the name begins in a way that leads past `node_modules`. */
const holdsEverything = ({ folder, prefix }: { folder: string; prefix: string }, around: Surroundings): boolean =>
  (isInside(around.root, folder) || (around.workingFolder !== null && isInside(around.workingFolder, folder))) &&
  'node_modules'.startsWith(prefix);

function filesIn(
  bound: { folder: string; prefix: string; suffix: string; kind: string },
  around: Surroundings,
): Listed | null {
  const { folder, prefix, suffix } = bound;
  const inside = around.listing.programsUnder(around.realPath(folder), prefix, MOST_NAMED);
  if (inside === null) return null;
  // An entry that is a folder stands for what Node finds in it, so files deeper down count as well.
  const files = inside.filter(
    (path) => isNamedBy(path, { prefix, suffix }) || (bound.kind === 'entries' && suffix === ''),
  );
  return {
    files: files.map((path) => `${folder}/${path}`),
    says: describeFolder(shownIn(folder, around.root), prefix, suffix),
  };
}

/** What comes after the name can be a path in the package, so all its programs count. */
function filesOfPackage(name: string, base: string, around: Surroundings): readonly string[] | null {
  const folder = around.listing.packageFolder(folderOf(base), name);
  if (folder === null) return [];
  const inside = around.listing.programsUnder(around.realPath(folder), '', MOST_NAMED);
  return inside === null ? null : inside.map((path) => `${folder}/${path}`);
}

/** Whoever gets `require` can name anything; the texts of the file show what is likely. */
function passedRequire(file: ClosureFile, around: Surroundings): Targets {
  const targets = new Set<string>();
  for (const name of file.facts?.names ?? []) {
    const answer = around.resolver.resolve(file.path, name, 'require');
    if ('found' in answer) for (const path of answer.found) targets.add(around.realPath(path));
  }
  return {
    targets: [...targets].map((path) => ({ path, certainty: 'guessed' }) as const),
    bound: { kind: 'anything', says: PASSED_REQUIRE },
    missing: [],
    beginnings: [],
    manifests: [],
  };
}
