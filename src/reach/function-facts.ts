/**
 * The functions of a file: what V8 calls them, where it says that they begin, and which of them a symbol means.
 *
 * The names are function-names.ts. Coverage, symbol files and the value flow all speak of functions by these facts.
 */
import { v8Name } from './function-names.ts';
import { type FunctionNode, isFunction, lineAt, type Node, parentOf, type SyntaxTree } from './syntax.ts';

export interface FunctionFact {
  readonly id: number;
  /** As V8 calls it in coverage (function-names.ts); empty for none. */
  readonly name: string;
  /** Where V8 says that it begins and ends: offsets in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  /** The function around it; `null` at the top of the file. */
  readonly parent: number | null;
}

/** The functions of a tree in the order of their starts, with the nodes: index and id are the same. */
export function functionsOf(tree: SyntaxTree): readonly { readonly fact: FunctionFact; readonly node: FunctionNode }[] {
  const placed = placedIn(tree);
  const ids = idsOf(placed);
  return placed.map(({ node, start }, id) => ({
    node,
    fact: {
      id,
      name: v8Name(node),
      start,
      end: node.end,
      line: lineAt(tree, start),
      parent: idAround(node, ids),
    },
  }));
}

/** Their ids alone, which are all that most files are asked for. */
export const functionIdsOf = (tree: SyntaxTree): ReadonlyMap<Node, number> => idsOf(placedIn(tree));

interface Placed {
  readonly node: FunctionNode;
  readonly start: number;
}

function placedIn({ kinds, source }: SyntaxTree): readonly Placed[] {
  const placed: Placed[] = [];
  for (const node of kinds.others) if (isFunction(node)) placed.push({ node, start: startOf(node, source) });
  return placed.sort((left, right) => left.start - right.start || right.node.end - left.node.end);
}

const idsOf = (placed: readonly Placed[]): ReadonlyMap<Node, number> =>
  new Map<Node, number>(placed.map(({ node }, id) => [node, id]));

/** The id of the innermost function around a node, the node itself not counted. */
export function idAround(node: Node, ids: ReadonlyMap<Node, number>): number | null {
  for (let above = parentOf(node); above !== undefined; above = parentOf(above)) {
    const id = ids.get(above);
    if (id !== undefined) return id;
  }
  return null;
}

/**
 * Where V8 lets a function begin: a method at its name, or at `get`, `async`, `*` before it, but never at `static`.
 */
function startOf(node: FunctionNode, source: string): number {
  const parent = parentOf(node);
  if (parent === undefined || node.type !== 'FunctionExpression') return node.start;
  if (parent.type === 'Property') return parent.method || parent.kind !== 'init' ? parent.start : node.start;
  if (parent.type !== 'MethodDefinition') return node.start;
  const from = parent.decorators.length === 0 ? parent.start : parent.key.start;
  if (!parent.static) return from;
  STATIC.lastIndex = from;
  return STATIC.exec(source) === null ? from : STATIC.lastIndex;
}

const STATIC = /static(?:\s|\/\*[^*]*\*\/)+/y;

/**
 * The functions that a symbol may mean, in the order of their starts: those whose V8 name is the symbol's or ends in it after
 * a dot. The symbol's `nth` counts in this list (DESIGN §5).
 */
export function functionsNamed<T extends { readonly fact: FunctionFact }>(
  functions: readonly T[],
  symbol: string,
): readonly T[] {
  return functions.filter(({ fact: { name } }) => name === symbol || name.endsWith(`.${symbol}`));
}

/**
 * The functions that a symbol means. Several of a file may have the same name, as `A.parse` and `A.prototype.parse` have in V8; where nothing says
 * which (0 is what a symbol has that says nothing), all of them are meant.
 */
export function functionsOfSymbol(
  tree: SyntaxTree,
  { function: name, nth }: { readonly function: string | null; readonly nth: number },
): readonly FunctionNode[] {
  const named = name === null ? [] : functionsNamed(functionsOf(tree), name).map(({ node }) => node);
  return nth === 0 ? named : named.slice(nth, nth + 1);
}
