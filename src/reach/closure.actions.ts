/**
 * Builds the module closure of a program: from its entries, over every site that loads something, to every file that it can load.
 *
 * In waves, so that the same program always gives the same closure: the sites of all new files are followed in their order. Their facts
 * are read ahead of that and in no order, by worker threads (facts.actions.ts): what one file asks for is read as soon as it is known.
 * Which files a site can name is site-targets.ts; what the closure says is closure.ts.
 */
import type {
  Closure,
  ClosureFile,
  DynamicSite,
  Edge,
  Entry,
  Owner,
  Unanalysed,
  UnknownEntry,
  Unresolved,
} from './closure.ts';
import type { CodeSite } from './code-sites.ts';
import { CHANGED_MANIFEST, CLIMBS_ANYWHERE, describeCode, MADE_OF_TEXTS, NO_OUTSIDE_PROGRAM } from './closure.text.ts';
import { CLIMBING, type FileFacts } from './file-facts.ts';
import type { FactsAnswer, FactsReader, FactsRequest, MoreFacts } from './facts-reader.ts';
import { createFolderListing } from './folder-listing.client.ts';
import type { LoadSite } from './load-site.ts';
import { mayBeChanged } from './manifest-fill.ts';
import { IS_NO_PROGRAM, isDataAfterAll } from './no-program.ts';
import { anyTextReachesFurther } from './outside-texts.client.ts';
import { normalPath } from './path-text.ts';
import { createPackages, type Packages } from './package-of.client.ts';
import { reachesFurther } from './program-texts.ts';
import { createRealPath, createResolver, isTypeScript, realPath } from './resolve.client.ts';
import { isReviewed, takesNames } from './reviewed-code.ts';
import { targetsOf } from './site-targets.ts';
import type { Surroundings, Targets } from './surroundings.ts';
import { foldersOf, hangsOnFolder, leadsToTheSame, type OtherFolders } from './working-folders.ts';

export interface ClosureOptions {
  /** The folder of the program, absolute. */
  readonly root: string;
  /** Where it is started; usually `root`. */
  readonly workingFolder: string;
  /** Folders that parts of it are started in, absolute. */
  readonly startedIn: readonly string[];
  readonly facts: FactsReader;
  /** As `conditions` of FoundEntries. */
  readonly conditions?: readonly (readonly string[])[];
  /** What starts the program in a way that could not be read: each may load anything. */
  readonly unknownEntries: readonly UnknownEntry[];
  /** Told now and then: files read, files that are known to come. */
  readonly onProgress: (done: number, waiting: number) => void;
}

/** The largest program that is followed. The largest known one loads some 20,000 files. */
const MOST_FILES = 100_000;

interface Growing {
  readonly files: Map<string, ClosureFile>;
  readonly edges: Edge[];
  readonly sites: DynamicSite[];
  readonly unresolved: Unresolved[];
  readonly unanalysed: Unanalysed[];
  /** Sites whose bound takes it that a hole holds no `..`: their place in `sites`, and what stands before the hole. */
  readonly assuming: { readonly at: number; readonly form: LoadSite['form']; readonly beginnings: readonly string[] }[];
  /** Sites whose names stand in manifests: they are what they are as long as no other file changes those. */
  readonly trusting: { readonly site: DynamicSite; readonly manifests: readonly string[] }[];
  /** Where Function stands for a type, or makes a text with names in it: what comes of it is a program that loads something only where a text of the program is one. */
  readonly typed: DynamicSite[];
  /** Sites where Function makes a function of a text: their places in `sites`. */
  readonly ofTexts: number[];
  /** Files that could not be read as programs, and why. */
  readonly unread: Map<string, string>;
  /** Found, and not read yet. */
  waiting: Set<string>;
  /** The facts that were read ahead, and where the sites of those files lead. */
  readonly read: Map<string, FactsAnswer>;
  readonly targets: Map<LoadSite, Targets>;
  readonly folders: OtherFolders;
  readonly followed: Set<ClosureFile>;
}

export async function closeOver(entries: readonly Entry[], options: ClosureOptions): Promise<Closure> {
  const growing: Growing = {
    files: new Map(),
    edges: [],
    sites: options.unknownEntries.map(startSite),
    unresolved: [],
    unanalysed: [],
    assuming: [],
    trusting: [],
    typed: [],
    ofTexts: [],
    unread: new Map(),
    waiting: new Set(),
    read: new Map(),
    targets: new Map(),
    folders: new Set(options.startedIn.map(realPath)),
    followed: new Set(),
  };
  const packages = createPackages();
  const listing = createFolderListing();
  const around: Surroundings = {
    root: realPath(options.root),
    workingFolder: realPath(options.workingFolder),
    resolver: createResolver(options.conditions),
    listing,
    program: listing.program,
    isTypeScript,
    manifestAt: packages.manifestAt,
    realPath: createRealPath(),
  };
  growing.folders.delete(around.workingFolder);
  for (const { path } of entries) {
    const to = realPath(path);
    growing.edges.push({ from: null, to, form: 'entry', line: 0, start: 0, functionId: null, certainty: 'named' });
    growing.waiting.add(to);
  }
  while (growing.waiting.size > 0) {
    const wave = [...growing.waiting];
    growing.waiting = new Set();
    await readWave(wave, growing, packages, around, options);
    for (const path of wave) follow(path, growing, around);
    if (growing.waiting.size === 0) climb(entries, growing, around);
  }
  sortUnread(growing);
  options.onProgress(growing.files.size, 0);
  const { files, edges, sites, unresolved, unanalysed } = growing;
  if ([...files.values()].some(({ facts }) => facts?.holdsCode === true)) sites.push(...growing.typed);
  boundMadeFunctions(entries, growing, around);
  for (const { site, manifests } of growing.trusting) {
    if (manifests.some((path) => mayBeChanged(path, site.file, edges, files))) sites.push(site);
  }
  return {
    entries: entries.map((entry) => ({ ...entry, path: realPath(entry.path) })),
    files,
    edges,
    sites,
    unresolved,
    unanalysed,
  };
}

/** Reads the files that were found, and all that those lead to. */
async function readAhead(
  paths: readonly string[],
  growing: Growing,
  packages: Packages,
  around: Surroundings,
  { facts, onProgress }: ClosureOptions,
): Promise<void> {
  const asked = new Set([...growing.read.keys(), ...paths]);
  const requestOf = (path: string): FactsRequest => ({ path, goal: packages.goalOf(path) });
  let done = growing.read.size;
  const more: MoreFacts = (path, answer) => {
    done += 1;
    if (done % PROGRESS_FILES === 0) onProgress(done, asked.size - done);
    if (!('facts' in answer)) return [];
    const file = programOf(path, answer, packages);
    const targets = answer.facts.loads.map((site) => {
      const found = targetsOf(file, site, around);
      growing.targets.set(site, found);
      return found;
    });
    const fresh = new Set<string>();
    for (const { targets: found } of targets)
      for (const { path: to } of found) if (kindOf(to) === 'program' && !asked.has(to)) fresh.add(to);
    if (asked.size + fresh.size > MOST_FILES) return [];
    for (const to of fresh) asked.add(to);
    return [...fresh].map(requestOf);
  };
  for (const [path, answer] of await facts.read(paths.map(requestOf), more)) growing.read.set(path, answer);
}

/** Files between two words about the progress. */
const PROGRESS_FILES = 64;

const programOf = (
  path: string,
  { facts, hash }: Extract<FactsAnswer, { readonly hash: string }>,
  packages: Packages,
): ClosureFile => ({ path, kind: 'program', hash, goal: packages.goalOf(path), facts, owner: ownerOf(path, packages) });

function ownerOf(path: string, packages: Packages): Owner | null {
  const found = packages.ofFile(path);
  return found === null ? null : { root: found.root, name: found.name, version: found.version };
}

async function readWave(
  wave: readonly string[],
  growing: Growing,
  packages: Packages,
  around: Surroundings,
  options: ClosureOptions,
): Promise<void> {
  const unread = wave.filter((path) => kindOf(path) === 'program' && !growing.read.has(path));
  if (unread.length > 0) await readAhead(unread, growing, packages, around, options);
  for (const path of wave) {
    const kind = kindOf(path);
    const owner = ownerOf(path, packages);
    if (kind !== 'program') {
      growing.files.set(path, { path, kind, hash: '', goal: null, facts: null, owner });
      if (kind === 'addon') growing.unanalysed.push({ path, why: 'is native code, which is not analysed' });
      continue;
    }
    const answer = growing.read.get(path);
    if (answer !== undefined && 'facts' in answer) {
      growing.files.set(path, programOf(path, answer, packages));
      continue;
    }
    const why = answer === undefined ? 'was not read' : answer.why;
    if (why === IS_NO_PROGRAM) {
      growing.files.set(path, { path, kind: 'data', hash: '', goal: null, facts: null, owner });
      continue;
    }
    growing.files.set(path, { path, kind: 'unread', hash: '', goal: null, facts: null, owner });
    growing.unread.set(path, why);
  }
}

/** Which of the files that could not be read are data after all, once all that leads to them is known (no-program.ts); the others may do anything. */
function sortUnread({ unread, edges, files, sites, unanalysed }: Growing): void {
  const loaded = new Set(edges.filter(({ form }) => form !== 'file').map(({ to }) => to));
  for (const [path, why] of unread) {
    const file = files.get(path);
    if (file !== undefined && isDataAfterAll(path, why) && !loaded.has(path))
      files.set(path, { ...file, kind: 'data' });
    else {
      unanalysed.push({ path, why });
      sites.push(unreadSite(path, why));
    }
  }
  unanalysed.sort((one, other) => (one.path < other.path ? -1 : 1));
}

const startSite = ({ via, why }: UnknownEntry): DynamicSite => ({
  ...unreadSite(via, why),
  form: 'start',
  bound: { kind: 'anything', says: `${why}, so it may load anything` },
});

/** What a program does that could not be read is not known, so it may do anything. */
const unreadSite = (file: string, why: string): DynamicSite => ({
  file,
  form: 'unread',
  start: 0,
  end: 0,
  line: 1,
  functionId: null,
  bound: { kind: 'anything', says: `the file ${why}, so it may load anything` },
  takes: null,
  parameter: null,
});

/** By the ending, as Node chooses: an ending that it does not know is JavaScript (Node documentation, `require.extensions`). */
function kindOf(path: string): ClosureFile['kind'] {
  if (path.endsWith('.node')) return 'addon';
  return DATA.test(path) ? 'data' : 'program';
}

/** Not run by Node: bundlers and loaders take them as data. */
const DATA =
  /\.(?:json|css|scss|sass|less|html?|svg|png|jpe?g|gif|webp|ico|woff2?|ttf|eot|md|txt|ya?ml|graphql|gql|wasm|map)$/i;

function follow(path: string, growing: Growing, around: Surroundings): void {
  const file = growing.files.get(path);
  if (file === undefined || file.facts === null) return;
  for (const site of file.facts.loads)
    followLoad(file, site, growing, growing.targets.get(site) ?? targetsOf(file, site, around), around);
  for (const folder of growing.folders) followFrom(folder, file, growing, around);
  growing.followed.add(file);
  for (const code of file.facts.codes) {
    if (code.construct === 'working-folder') {
      for (const folder of foldersOf(code, file.path, around)) changeFolder(folder, growing, around);
      continue;
    }
    const isRead = isReviewed(code, file.hash);
    if (code.isHarmless || (isRead && !takesNames(file.hash))) continue;
    if (isRead || code.construct === 'function-type') growing.typed.push(codeSite(file.path, code));
    else {
      if (code.construct === 'function' && isOfTexts(file.path, file.facts)) growing.ofTexts.push(growing.sites.length);
      growing.sites.push(codeSite(file.path, code));
    }
  }
}

function changeFolder(folder: string | null, growing: Growing, around: Surroundings): void {
  if (folder === around.workingFolder || growing.folders.has(folder)) return;
  growing.folders.add(folder);
  for (const file of growing.followed) followFrom(folder, file, growing, around);
}

/** What hangs on the working folder leads elsewhere as well, once the program has changed it. */
function followFrom(folder: string | null, file: ClosureFile, growing: Growing, around: Surroundings): void {
  const elsewhere = { ...around, workingFolder: folder === null ? null : around.realPath(folder) };
  for (const site of file.facts?.loads ?? []) {
    if (!hangsOnFolder(site)) continue;
    const found = targetsOf(file, site, elsewhere);
    if (!leadsToTheSame(found, targetsOf(file, site, around))) followLoad(file, site, growing, found, elsewhere);
  }
}

/**
 * In the product's own code the text may be anything that somebody types, and who reads the report can rewrite it; packages make functions to be faster, or
 * of templates.
 */
const isOfTexts = (path: string, { decodesTexts }: FileFacts): boolean =>
  path.includes('/node_modules/') && !decodesTexts;

/** The product's own code may put a text together of pieces, and hand it to a package that makes a function of it. */
const mayBuildTexts = ({ path, facts }: ClosureFile): boolean =>
  facts !== null && !path.includes('/node_modules/') && (facts.decodesTexts || facts.holdsPiece);

/**
 * A function that `Function` makes sees global names and what it is handed (the flow gives up what is handed to it), and gets at a module only by
 * a text that says so. Where no text that the program has at hand does (program-texts.ts), only one from outside could.
 */
function boundMadeFunctions(
  entries: readonly Entry[],
  { files, sites, edges, ofTexts }: Growing,
  { root }: Surroundings,
): void {
  if (ofTexts.length === 0 || [...files.values()].some(({ facts }) => facts?.holdsLoader === true)) return;
  if ([...files.values()].some(mayBuildTexts) || entries.some(({ args }) => args.some(reachesFurther))) return;
  const read = [...files.values()];
  const data = read.filter(({ kind }) => kind === 'data').map(({ path }) => path);
  const packages = new Set(
    read.flatMap(({ path, owner }) => (owner !== null && path.includes('/node_modules/') ? [owner.root] : [])),
  );
  if (anyTextReachesFurther(root, [...packages], data)) return;
  // A function that is turned into a text, and made again of it, may load what it loads where it stands.
  if (sites.some(({ form, bound }) => form === 'import()' && bound.kind === 'anything')) return;
  const imported = [...new Set(edges.flatMap(({ form, to }) => (form === 'import()' ? [to] : [])))].sort();
  for (const at of ofTexts) {
    const site = sites[at];
    if (site === undefined) continue;
    const { file: from, line, start, functionId } = site;
    for (const to of imported)
      edges.push({ from, to, form: 'require-value', line, start, functionId, certainty: 'bounded' });
    sites[at] = {
      ...site,
      bound: { kind: 'files', files: imported, says: MADE_OF_TEXTS, assumes: NO_OUTSIDE_PROGRAM },
    };
  }
}

function waitFor(path: string, growing: Growing): void {
  if (growing.files.has(path) || growing.waiting.has(path)) return;
  if (growing.files.size + growing.waiting.size < MOST_FILES) {
    growing.waiting.add(path);
    return;
  }
  const why = `is one more than the ${MOST_FILES} files that are followed`;
  growing.unanalysed.push({ path, why });
  growing.sites.push(unreadSite(path, why));
}

/** Beyond it a site that takes holes to be harmless can name anything: the product of folders and texts has no bound of its own. */
const MOST_CLIMBS = 50_000;

/**
 * Looks whether a `..` that the program itself has at hand could fill a hole: a text of its own files, of the package of the site, or of
 * the command. What it leads to joins the bound, so that only texts from outside are taken to hold none.
 */
function climb(entries: readonly Entry[], growing: Growing, around: Surroundings): void {
  const own = entries.flatMap(({ args }) => args.filter((word) => CLIMBING.test(word)));
  const ofPackage = new Map<string, string[]>();
  for (const { path, facts, owner } of growing.files.values()) {
    if (facts === null || facts.climbing.length === 0) continue;
    if (!path.includes('/node_modules/')) own.push(...facts.climbing);
    else ofPackage.set(owner?.root ?? '', [...(ofPackage.get(owner?.root ?? '') ?? []), ...facts.climbing]);
  }
  let climbs = 0;
  for (const { at, form, beginnings } of growing.assuming) {
    const site = growing.sites[at];
    if (site === undefined || site.bound.kind !== 'files') continue;
    const texts = new Set([...own, ...(ofPackage.get(growing.files.get(site.file)?.owner?.root ?? '') ?? [])]);
    climbs += texts.size * beginnings.length;
    const files = climbs > MOST_CLIMBS ? null : climbedFiles(site, texts, beginnings, around);
    if (files === null) growing.sites[at] = { ...site, bound: { kind: 'anything', says: CLIMBS_ANYWHERE } };
    else if (files.some((path) => site.bound.kind === 'files' && !site.bound.files.includes(path))) {
      const { file: from, line, start, functionId } = site;
      for (const to of files) growing.edges.push({ from, to, form, line, start, functionId, certainty: 'bounded' });
      for (const to of files) waitFor(to, growing);
      growing.sites[at] = {
        ...site,
        bound: { ...site.bound, files: [...new Set([...site.bound.files, ...files])].sort() },
      };
    }
  }
}

function climbedFiles(
  { file }: DynamicSite,
  texts: ReadonlySet<string>,
  beginnings: readonly string[],
  { resolver }: Surroundings,
): readonly string[] {
  const files = new Set<string>();
  for (const beginning of beginnings) {
    for (const text of texts) {
      const answer = resolver.resolve(file, normalPath(`${beginning}${text}`), 'require');
      if ('found' in answer) for (const path of answer.found) files.add(realPath(path));
    }
  }
  return [...files];
}

function followLoad(
  file: ClosureFile,
  site: LoadSite,
  growing: Growing,
  { targets, bound, missing, beginnings, manifests }: Targets,
  around: Surroundings,
): void {
  const { form, line, start, functionId } = site;
  for (const { path: to, certainty } of targets) {
    growing.edges.push({ from: file.path, to, form, line, start, functionId, certainty });
    waitFor(to, growing);
  }
  for (const { request, why } of missing) {
    growing.unresolved.push({ file: file.path, line, request, form, mayFail: site.mayFail, why });
  }
  const { end, takes, parameter } = site;
  if (manifests.length > 0) {
    const changed: DynamicSite['bound'] = { kind: 'anything', says: CHANGED_MANIFEST };
    const unbounded = { file: file.path, form, start, end, line, functionId, bound: changed, takes, parameter };
    growing.trusting.push({ site: unbounded, manifests: manifests.map((path) => around.realPath(path)) });
  }
  if (bound === null) return;
  if (bound.kind === 'files' && bound.assumes !== null)
    growing.assuming.push({ at: growing.sites.length, form, beginnings });
  growing.sites.push({ file: file.path, form, start, end, line, functionId, bound, takes, parameter });
}

const codeSite = (file: string, code: CodeSite): DynamicSite => ({
  file,
  form: code.construct,
  start: code.start,
  end: code.end,
  line: code.line,
  functionId: code.functionId,
  bound: { kind: 'anything', says: describeCode(code.construct) },
  takes: null,
  parameter: null,
});
