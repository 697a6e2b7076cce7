/** How a path names a function to a reader: as V8 does, and never with nothing. */
import { v8Name } from './function-names.ts';
import { bare, context, memberName, type FunctionNode } from './syntax.ts';

export function functionName(fn: FunctionNode): string {
  const name = v8Name(fn);
  if (name !== '') return name;
  const { parent, child } = context(fn);
  if (parent?.type !== 'CallExpression') return 'a function without a name';
  if (parent.callee === child) return 'a function that is called on the spot';
  const callee = bare(parent.callee);
  const method = memberName(callee) ?? (callee.type === 'Identifier' ? callee.name : null);
  return method === null ? 'a callback' : `the callback of ${method}`;
}
