/**
 * What a parameter can be: the arguments of whoever calls its function.
 *
 * flow-resolve.ts stops at parameters, because the calls of a function are found by following it. Here they are waited for, from call to
 * call upward; where one of them is not seen, or passes something that is not, the answer is not whole. Only where the liveness asks
 * (flow-live.ts), for the calls of code that never runs would make every answer unknown.
 */
import { declaredFunction } from './declared-function.ts';
import { argumentsOf, type FlowFile } from './flow-file.ts';
import { resolve } from './flow-resolve.ts';
import { type Resolved } from './resolved.ts';
import type { Call, Flow, Trace } from './flow-trace.ts';
import { bare, isFunction, memberName, type FunctionNode, type Node } from './syntax.ts';

/** Parameters that are passed on to parameters are followed this far. */
const MAX_CALLS_UP = 6;

const UNSEEN: Resolved = { found: [], natives: [], isWhole: false };

/** Tells of everything that an expression can be, in parts; a part that is not whole stands for everything that is not seen. */
export function whoCanBe(
  flow: Flow,
  trace: Trace,
  file: FlowFile,
  node: Node,
  found: (known: Resolved) => void,
  depth = 0,
): void {
  const known = resolve(flow.world, file, node);
  const parameter = known.isWhole || flow.world.members === undefined ? null : parameterOf(file, node);
  if (parameter === null || depth > MAX_CALLS_UP) {
    found(known);
    return;
  }
  const seen = new Set<Node>();
  flow.callersOf(
    trace,
    { file, node: parameter.fn },
    {
      onCall: (call) => {
        if (seen.has(call.node)) return;
        seen.add(call.node);
        const argument = argumentOf(call, parameter.at);
        if (argument === 'none' && isCalledByName(call, parameter.fn)) return;
        // Where an argument is missing, code that is not seen may add one: the callback of what `util.promisify` makes.
        if (argument === null || argument === 'none') found(UNSEEN);
        else whoCanBe(flow, trace, call.file, argument, found, depth + 1);
      },
      onLoss: () => found(UNSEEN),
    },
  );
}

/** The function and the position, for a parameter that nothing else sets; an assignment gives what stands on its right (ECMA-262, 13.15.2). */
export function parameterOf(file: FlowFile, node: Node): { readonly fn: FunctionNode; readonly at: number } | null {
  let name = bare(node);
  while (name.type === 'AssignmentExpression' && name.operator === '=') name = bare(name.right);
  const binding = name.type === 'Identifier' ? file.scopes.bindingOf(name) : null;
  if (binding?.kind !== 'parameter' || binding.writes.length > 0 || binding.declarations.length !== 1) return null;
  const fn = binding.scope;
  // `arguments[0] = x` sets a parameter as well (ECMA-262, 10.4.4).
  if (!isFunction(fn) || file.scopes.isOpaque || argumentsOf(file, fn).length > 0) return null;
  const at = fn.params.findIndex((each) => each === binding.declarations[0]);
  return at < 0 ? null : { fn, at };
}

/** `copy(a)`, where `copy` is the function and was never anything else: what is missing is `undefined`, and nobody adds it. */
const isCalledByName = ({ file, node }: Call, fn: FunctionNode): boolean =>
  node.type === 'CallExpression' && !file.scopes.isOpaque && declaredFunction(node.callee, file.scopes) === fn;

/** What a call passes at a position; `null`: that is not seen. */
export function argumentOf({ node, how, isShifted }: Call, at: number): Node | 'none' | null {
  if (how !== 'call' || isShifted === true || (node.type !== 'CallExpression' && node.type !== 'NewExpression'))
    return null;
  const callee = bare(node.callee);
  const method = memberName(callee);
  if (node.arguments.some(({ type }) => type === 'SpreadElement') || method === 'apply') return null;
  if (callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'Reflect')
    return null;
  // A function called `call` of the program's own looks like this too; its receiver then stands for its first argument, and both are followed.
  return node.arguments[method === 'call' ? at + 1 : at] ?? 'none';
}
