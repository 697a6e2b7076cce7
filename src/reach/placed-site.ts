/**
 * Sites that are known by their offsets, from the facts of their file, before the file is parsed: those that load a module or make code.
 *
 * Every file of a program can be loaded from all sites whose target is not known, and most questions about a site are which body it stands in
 * and whether that runs. At the top of a file that is known without its tree; so the node is looked for when somebody asks for it.
 */
import type { DynamicSite, Edge } from './closure.ts';
import type { FlowFile, Place, Site } from './flow-file.ts';
import type { ImportSite } from './flow-trace.ts';
import { functionAround, type Node } from './syntax.ts';

/** What the facts say of a site; `end` is `null` where it is not known. */
interface FactSite {
  readonly start: number;
  readonly end: number | null;
  readonly form: DynamicSite['form'] | Edge['form'];
  readonly functionId: number | null;
}

export interface PlacedSite extends ImportSite {
  readonly place: Place;
}

export type SiteFinder = (file: FlowFile, site: FactSite) => PlacedIn;

/** A site, whatever is asked for there. */
export interface PlacedIn extends Site {
  readonly place: Place;
}

/** The same object for what is the same node. */
export function siteFinder(): SiteFinder {
  const known = new Map<FlowFile, Map<string, PlacedIn>>();
  return (file, site) => {
    let inFile = known.get(file);
    if (inFile === undefined) known.set(file, (inFile = new Map()));
    const key = `${site.start} ${site.end} ${nodeForm(site.form)}`;
    let found = inFile.get(key);
    if (found === undefined) inFile.set(key, (found = siteIn(file, site)));
    return found;
  };
}

function siteIn(file: FlowFile, { start, end, form, functionId }: FactSite): PlacedIn {
  let node: Node | null = null;
  const find = (): Node => (node ??= nodeAt(file, start, end, form));
  if (file.elsewhere !== null && end !== null)
    return {
      file,
      get node() {
        return find();
      },
      place: { start, end, isAtTop: functionId === null },
    };
  const found = find();
  const place = { start: found.start, end: found.end, isAtTop: functionAround(found) === null };
  return { file, node: found, place };
}

export const placedSite = (site: PlacedIn, may: boolean, opaque: string | null): PlacedSite => ({
  file: site.file,
  get node() {
    return site.node;
  },
  place: site.place,
  may,
  opaque,
});

/** The node of a site: the one with those offsets; the program where none has them, which makes it count from the file's start. */
function nodeAt(file: FlowFile, start: number, end: number | null, form: string): Node {
  let best: Node | null = null;
  for (const node of nodesFrom(file, start)) {
    if (end !== null && node.end !== end) continue;
    if (isLoading(node, form)) return node;
    best ??= node;
  }
  return best ?? file.tree.program;
}

/** Nodes in the order of their starts; the tree's own order is that but for a few (decorators stand before what they belong to). */
const sorted = new WeakMap<FlowFile, readonly Node[]>();

function nodesByStart(file: FlowFile): readonly Node[] {
  let known = sorted.get(file);
  if (known === undefined) {
    const { nodes } = file.tree;
    const isSorted = nodes.every((node, at) => (nodes[at - 1]?.start ?? 0) <= node.start);
    known = isSorted ? nodes : nodes.toSorted((left, right) => left.start - right.start);
    sorted.set(file, known);
  }
  return known;
}

/** The nodes that begin there, in the order of the tree. */
function nodesFrom(file: FlowFile, start: number): readonly Node[] {
  const nodes = nodesByStart(file);
  let low = 0;
  for (let high = nodes.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((nodes[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (nodes[end]?.start === start) end += 1;
  return nodes.slice(low, end);
}

/** Forms are the same here whose nodes are of the same kinds. */
const nodeForm = (form: string): string =>
  form === 'import' || form === 'export-from' || form === 'import()' ? form : 'call';

function isLoading(node: Node, form: string): boolean {
  switch (nodeForm(form)) {
    case 'import':
      return node.type === 'ImportDeclaration' || node.type === 'TSImportEqualsDeclaration';
    case 'export-from':
      return node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration';
    case 'import()':
      return node.type === 'ImportExpression';
    default:
      return node.type === 'CallExpression' || node.type === 'NewExpression';
  }
}
