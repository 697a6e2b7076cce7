/**
 * The program as the value flow sees it, made of the closure: which node loads which file, and who could load a file.
 *
 * A site that could load anything is one that could load this file. Where the site is a `require(x)` or a dynamic import what becomes of
 * the module is followed from there like any other; where it is `eval` or its like, nothing can be followed.
 */
import type { Callable, Closure, DynamicSite, Edge } from './closure.ts';
import { deadRanges } from './environment.ts';
import { exportsOf, WHOLE_EXPORT } from './exported-values.ts';
import type { FlowFile, Site } from './flow-file.ts';
import type { FlowWorld, ImportSite, RequestTarget } from './flow-trace.ts';
import type { LoadForm } from './load-site.ts';
import { placedSite, siteFinder, type PlacedSite, type SiteFinder } from './placed-site.ts';
import { stackReadsIn, type StackReads } from './stack-reads.ts';
import { halvesOf, nativeAndOwner, replacedNatives } from './replaced-natives.ts';
import type { Node } from './syntax.ts';

/** Gives the parsed file; `null` where it is no program, or cannot be parsed. The same object for the same path, always. */
export type OpenFile = (path: string) => FlowFile | null;

export interface WorldOptions {
  readonly closure: Closure;
  readonly open: OpenFile;
  readonly callableOf: (path: string) => Callable;
  /** Whether some file of the program could define this global name, which Node does not have. */
  readonly mayDefine: (name: string) => boolean;
  readonly patchesPrototypes: (name: string | null) => boolean;
  readonly addsMethods: () => boolean;
  readonly overridesInherited: (name: string) => boolean;
  readonly hooking: () => readonly string[];
  /** Files that seem to read the arguments or the caller of a function that runs. */
  readonly readingStack: () => readonly string[];
  readonly convertsFunctions: () => boolean;
  readonly convertsNatives: () => boolean;
  readonly readsConstructors: (name: string) => boolean;
  readonly namesConstructors: () => boolean;
  readonly asksConstructors: (name: string) => boolean;
  readonly writesThroughInstances: (name: string) => boolean;
  readonly replacing: (name: string) => readonly string[];
  /** The names of Node's own modules, without `node:`. */
  readonly builtins: ReadonlySet<string>;
}

/** Forms whose node has the module as its value, or binds names to it. */
const WITH_VALUE: ReadonlySet<string> = new Set<LoadForm>(['import', 'export-from', 'import()', 'require']);

/** Forms that start the file as a program of its own: what it exports goes to nobody. */
const PROGRAMS: ReadonlySet<string> = new Set<LoadForm>(['worker', 'fork', 'command']);

export function flowWorld({
  closure,
  open,
  callableOf,
  mayDefine,
  hooking,
  readingStack,
  replacing,
  builtins,
  ...answers
}: WorldOptions): FlowWorld {
  const starts = new Map<string, Edge[]>();
  const edgesTo = new Map<string, Edge[]>();
  for (const edge of closure.edges) {
    if (edge.from === null) continue;
    const load = loadOf(closure, edge);
    if (load !== undefined) add(starts, `${edge.from}\0${load.start}\0${load.end}`, edge);
    add(edgesTo, edge.to, edge);
  }
  const entries = new Set(closure.entries.map(({ path }) => path));
  const anything = closure.sites.filter(({ bound }) => bound.kind === 'anything');
  const importers = new Map<string, readonly ImportSite[]>();
  const deadOf = new Map<FlowFile, readonly Node[]>();
  const isDead: FlowWorld['isDead'] = (file, place) => {
    if (file.elsewhere?.some(([start, end]) => start <= place.start && place.end <= end) === false) return false;
    let dead = deadOf.get(file);
    if (dead === undefined) deadOf.set(file, (dead = deadRanges(file, mayDefine)));
    return dead.some(({ start, end }) => start <= place.start && place.end <= end);
  };
  // The same for every file, and many in a large program.
  let poisonSites: readonly PlacedSite[] | null = null;
  const opened = (paths: readonly string[]): readonly FlowFile[] => paths.map(open).filter((file) => file !== null);
  let hooks: readonly FlowFile[] | null = null;
  let stackReads: StackReads | null = null;
  const siteAt = siteFinder();
  const poison = (): readonly PlacedSite[] =>
    (poisonSites ??= anything.flatMap((site) => siteOfPoison(closure, site, edgesTo, { open, siteAt })));
  const target: FlowWorld['targetOf'] = (file, node) => targetOf(file, node, { starts, open, builtins });
  return {
    ...answers,
    replacesNative: replacedNative(replacing, open, target),
    isEntry: ({ path }) => entries.has(path),
    callableOf: ({ path }) => callableOf(path),
    isDead,
    hooks: () => (hooks ??= opened(hooking())),
    stackReads: () => (stackReads ??= stackReadsIn(opened(readingStack()))),
    programs: () => programsIn(closure, open),
    hiddenCode: () => [...poison(), ...hiddenIn(closure, edgesTo, { open, siteAt })],
    targetOf: target,
    importersOf: ({ path }) => {
      let known = importers.get(path);
      if (known === undefined) {
        const named = (edgesTo.get(path) ?? []).flatMap((edge) => siteOfEdge(closure, edge, { open, siteAt }));
        known = [...named, ...poison()].filter(({ file, place }) => !isDead(file, place));
        importers.set(path, known);
      }
      return known;
    },
  };
}

function replacedNative(
  replacing: WorldOptions['replacing'],
  open: OpenFile,
  target: FlowWorld['targetOf'],
): FlowWorld['replacesNative'] {
  const known = new Map<string, boolean>();
  return (name) => {
    let answer = known.get(name);
    if (answer === undefined) {
      answer = replacing(name).some((path) => {
        const file = open(path);
        return file === null || replacesIn(file, name, target);
      });
      known.set(name, answer);
    }
    return answer;
  };
}

/** Asked of a file again, now that it is known what its requests give: `var util = require('core-util-is'); util.inherits = f`. */
function replacesIn(file: FlowFile, name: string, target: FlowWorld['targetOf']): boolean {
  const names = replacedNatives(file.tree, file.scopes, (init) => {
    const given = init.type === 'CallExpression' ? target(file, init) : null;
    return given?.kind === 'file' && givesOwnExports(given.file);
  });
  return [...nativeAndOwner(name), halvesOf(name)[0]].some((each) => names.includes(each));
}

/** A file of the CommonJS kind that gives the object which it began with, and so nothing of Node's. */
function givesOwnExports(file: FlowFile): boolean {
  if (file.isEsm || file.scopes.isOpaque) return false;
  const { values, isWhole } = exportsOf(file);
  return isWhole && !values.has(WHOLE_EXPORT);
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

interface Tables {
  readonly starts: ReadonlyMap<string, readonly Edge[]>;
  readonly open: OpenFile;
  readonly builtins: ReadonlySet<string>;
}

/** `require(require.resolve('x', { paths: [...] }))` may be another file than that which is found from here. */
function isFoundElsewhere(node: Node): boolean {
  const [asked] = node.type === 'CallExpression' ? node.arguments : [];
  return asked?.type === 'CallExpression' && asked.arguments.length > 1;
}

function targetOf(file: FlowFile, node: Node, { starts, open, builtins }: Tables): RequestTarget {
  const request = requestOf(node);
  if (request === null || isFoundElsewhere(node)) return { kind: 'unknown' };
  const found = starts.get(`${file.path}\0${node.start}\0${node.end}`) ?? [];
  if (request.name !== null && builtins.has(request.name.replace(/^node:/, '')) && found.length === 0)
    return { kind: 'native', name: request.name.replace(/^node:/, '') };
  const edges = found.filter(({ form }) => WITH_VALUE.has(form));
  const [edge, ...others] = edges;
  if (edge === undefined || others.length > 0 || edge.certainty !== 'named') return { kind: 'unknown' };
  const target = open(edge.to);
  return target === null ? { kind: 'unknown' } : { kind: 'file', file: target };
}

/** What a node asks for: `name` where it is a plain text. `null`: it asks for no module. */
function requestOf(node: Node): { readonly name: string | null } | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return { name: node.source.value };
    case 'ExportNamedDeclaration':
      return node.source === null ? null : { name: node.source.value };
    case 'ImportExpression':
      return { name: textIn(node.source) };
    case 'CallExpression':
      return node.callee.type === 'Identifier' || node.callee.type === 'MemberExpression'
        ? {
            name:
              node.callee.type === 'Identifier' && node.callee.name === 'require' ? textIn(node.arguments[0]) : null,
          }
        : null;
    case 'TSImportEqualsDeclaration':
      return { name: null };
    default:
      return null;
  }
}

const textIn = (node: Node | undefined): string | null =>
  node?.type === 'Literal' && typeof node.value === 'string' ? node.value : null;

/** More files than this, and who has a function under which name is not asked. */
const MAX_PROGRAMS = 500;

function programsIn({ files }: Closure, open: OpenFile): readonly FlowFile[] | null {
  const programs = [...files.values()].filter(({ kind }) => kind === 'program');
  return programs.length > MAX_PROGRAMS ? null : programs.flatMap(({ path }) => open(path) ?? []);
}

/** Where a file is loaded that is code and could not be read: an addon, one that is too large. */
function toUnread(closure: Closure, edge: Edge, around: Around): readonly Site[] {
  const kind = closure.files.get(edge.to)?.kind;
  return kind === 'program'
    ? around.open(edge.to) === null
      ? siteOfEdge(closure, edge, around)
      : []
    : kind === 'data'
      ? []
      : siteOfEdge(closure, edge, around);
}

const hiddenIn = (closure: Closure, edgesTo: ReadonlyMap<string, readonly Edge[]>, around: Around): readonly Site[] => [
  ...boundCode(closure, edgesTo, around),
  ...closure.edges.flatMap((edge) => toUnread(closure, edge, around)),
];

/** What is made there loads nothing, but may give any object that it gets any property. */
const boundCode = (
  closure: Closure,
  edgesTo: ReadonlyMap<string, readonly Edge[]>,
  around: Around,
): readonly PlacedSite[] =>
  closure.sites
    .filter(({ form, bound }) => form === 'function' && bound.kind === 'files')
    .flatMap((site) => siteOfPoison(closure, site, edgesTo, around));

/** The site of an edge, with its end, which the edge does not carry. */
const loadOf = (
  closure: Closure,
  { from, start, form }: Edge,
): { readonly start: number; readonly end: number } | undefined =>
  from === null
    ? undefined
    : closure.files.get(from)?.facts?.loads.find((site) => site.start === start && site.form === form);

interface Around {
  readonly open: OpenFile;
  readonly siteAt: SiteFinder;
}

function siteOfEdge(closure: Closure, edge: Edge, { open, siteAt }: Around): readonly PlacedSite[] {
  const { from, start, form, certainty, functionId } = edge;
  const file = from === null ? null : open(from);
  if (file === null) return [];
  const end = loadOf(closure, edge)?.end ?? null;
  const at = siteAt(file, { start, end, form, functionId });
  const may = certainty !== 'named';
  if (PROGRAMS.has(form) || WITH_VALUE.has(form)) return [placedSite(at, may, null)];
  return [placedSite(at, true, 'the file is found from here, and what is done with it is not followed')];
}

function siteOfPoison(
  closure: Closure,
  site: DynamicSite,
  edgesTo: ReadonlyMap<string, readonly Edge[]>,
  around: Around,
): readonly PlacedSite[] {
  const file = around.open(site.file);
  const { says } = site.bound;
  // A file that could not be parsed has no nodes: what it may do, it does where it is loaded. An entry of the kind is judge.ts's.
  if (file === null)
    return (edgesTo.get(site.file) ?? []).flatMap((edge) =>
      siteOfEdge(closure, edge, around).map((found) => placedSite(found, found.may, says)),
    );
  return [placedSite(around.siteAt(file, site), true, WITH_VALUE.has(site.form) ? null : says)];
}
