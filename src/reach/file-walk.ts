/** What the readers of one file share while they go through its tree: names, texts, functions, places. */
import { idAround } from './function-facts.ts';
import type { ParameterRef } from './load-site.ts';
import type { Scopes } from './scopes.ts';
import { bare, isFunction, lineAt, type Node, parentOf, type SyntaxTree } from './syntax.ts';
import type { TextReader } from './text-reader.ts';

export interface FileWalk {
  readonly tree: SyntaxTree;
  readonly scopes: Scopes;
  readonly texts: TextReader;
  readonly functionIds: ReadonlyMap<Node, number>;
}

export interface SitePlace {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly functionId: number | null;
}

export const placeOf = (node: Node, { tree, functionIds }: FileWalk): SitePlace => ({
  start: node.start,
  end: node.end,
  line: lineAt(tree, node.start),
  functionId: idAround(node, functionIds),
});

/** True where a failure is caught: inside the block of a `try` of the same function. */
export function isInTry(node: Node): boolean {
  let child = node;
  for (let above = parentOf(node); above !== undefined && !isFunction(above); above = parentOf(above)) {
    if (above.type === 'TryStatement' && above.block === child && above.handler !== null) return true;
    child = above;
  }
  return false;
}

/** The parameter that an expression is, or that it ends in: `x` of `x`, of `'a-' + x`, and of `` `./${x}` ``. */
export function parameterIn(node: Node, { scopes, functionIds }: FileWalk): ParameterRef | null {
  let at = bare(node);
  while (at.type === 'BinaryExpression' && at.operator === '+') at = bare(at.right);
  if (at.type === 'TemplateLiteral') at = bare(at.expressions.at(-1) ?? at);
  if (at.type !== 'Identifier') return null;
  const binding = scopes.bindingOf(at);
  const functionId = binding === null ? undefined : functionIds.get(binding.scope);
  if (binding?.kind !== 'parameter' || functionId === undefined || !isFunction(binding.scope)) return null;
  const index = binding.scope.params.findIndex((parameter) => parameter === binding.declarations[0]);
  return index < 0 ? null : { functionId, index };
}
