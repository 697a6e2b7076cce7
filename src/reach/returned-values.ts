/** The expressions that a function gives back: for stores into what a call gives, and for functions that make functions. */
import type { FlowFile } from './flow-file.ts';
import { isFunction, parentOf, type FunctionNode, type Node } from './syntax.ts';

export function returnedBy(file: FlowFile, fn: FunctionNode): readonly Node[] {
  let known = returns.get(fn);
  if (known === undefined) returns.set(fn, (known = findReturned(file, fn)));
  return known;
}

const returns = new WeakMap<FunctionNode, readonly Node[]>();

function findReturned(file: FlowFile, fn: FunctionNode): readonly Node[] {
  if (fn.type === 'ArrowFunctionExpression' && fn.expression && fn.body.type !== 'BlockStatement') return [fn.body];
  const values: Node[] = [];
  for (const node of file.tree.nodes) {
    if (node.type !== 'ReturnStatement' || node.argument === null) continue;
    if (node.start < fn.start || node.end > fn.end) continue;
    let above = parentOf(node);
    while (above !== undefined && !isFunction(above)) above = parentOf(above);
    if (above === fn) values.push(node.argument);
  }
  return values;
}
