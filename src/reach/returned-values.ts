/** The expressions that a function gives back: for stores into what a call gives, and for functions that make functions. */
import type { FlowFile } from './flow-file.ts';
import { functionAround, type FunctionNode, type Node } from './syntax.ts';

export function returnedBy(file: FlowFile, fn: FunctionNode): readonly Node[] {
  if (fn.type === 'ArrowFunctionExpression' && fn.expression && fn.body.type !== 'BlockStatement') return [fn.body];
  let known = returns.get(file);
  if (known === undefined) returns.set(file, (known = returnsIn(file)));
  return known.get(fn) ?? [];
}

/** All of a file at once: a file has as many functions as it is long. */
const returns = new WeakMap<FlowFile, ReadonlyMap<FunctionNode, readonly Node[]>>();

function returnsIn({ tree }: FlowFile): ReadonlyMap<FunctionNode, readonly Node[]> {
  const known = new Map<FunctionNode, Node[]>();
  for (const node of tree.nodes) {
    if (node.type !== 'ReturnStatement' || node.argument === null) continue;
    const fn = functionAround(node);
    if (fn === null) continue;
    const list = known.get(fn);
    if (list === undefined) known.set(fn, [node.argument]);
    else list.push(node.argument);
  }
  return known;
}
