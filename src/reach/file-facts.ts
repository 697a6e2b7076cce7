/**
 * The facts of one source file that decide what it can load: its functions, its exports, every site that loads a module or a
 * program, every site that makes code. Serialisable, so that they can be cached by the file's hash (facts-cache.client.ts).
 *
 * They hang on the text of the file alone, never on where it lies: paths are texts with holes (text-shape.ts), and it is
 * closure.actions.ts that fills them in. What the value flow needs beyond them (who calls whom, which value goes where) is
 * not here: flow parses the few files that it walks through again, by `readTree` of parse.client.ts, which keeps a bounded
 * number of trees; offsets and function ids are the same there, because both come from `functionsOf`.
 */
import type { CodeSite } from './code-sites.ts';
import type { ExportFact } from './module-exports.ts';
import type { LoadSite } from './load-site.ts';
import { v8Name } from './function-names.ts';
import { type FunctionNode, isFunction, lineAt, type Node, parentOf, type SyntaxTree } from './syntax.ts';

/** Raise it with every change of what is extracted, or the cache keeps answering with the old facts. */
export const FACTS_VERSION = 1;

export interface FileFacts {
  /** How the text was parsed; closure.actions.ts decides it from the name and the package.json, as Node does. */
  readonly syntax: 'module' | 'commonjs';
  /** In the order of their starts, so that `id` is the place in this list. */
  readonly functions: readonly FunctionFact[];
  readonly exports: readonly ExportFact[];
  readonly loads: readonly LoadSite[];
  readonly codes: readonly CodeSite[];
  /** Every text that could be the name of a module, once: what a `require` used as a value may be called with. */
  readonly names: readonly string[];
}

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
  const nodes = tree.nodes.filter(isFunction);
  const placed = nodes.map((node) => ({ node, start: startOf(node, tree.source) }));
  placed.sort((left, right) => left.start - right.start || right.node.end - left.node.end);
  const ids = new Map<Node, number>(placed.map(({ node }, id) => [node, id]));
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
  if (!parent.static) return afterDecorators(parent);
  const from = afterDecorators(parent);
  STATIC.lastIndex = from;
  return STATIC.exec(source) === null ? from : STATIC.lastIndex;
}

const STATIC = /static(?:\s|\/\*[^*]*\*\/)+/y;

const afterDecorators = (method: Node & { type: 'MethodDefinition' }): number =>
  method.decorators.length === 0 ? method.start : Math.min(method.key.start, method.value.start);

/**
 * The functions that a symbol may mean, in the order of their starts: those whose V8 name is the symbol's or ends in it after
 * a dot. The symbol's `nth` counts in this list (DESIGN §5).
 */
export function functionsNamed(functions: readonly FunctionFact[], symbol: string): readonly FunctionFact[] {
  return functions.filter(({ name }) => name === symbol || name.endsWith(`.${symbol}`));
}
