/**
 * Methods that give back what they are called on: `add(x) { …; return this; }`.
 *
 * Such a call gives what stands before its dot, and nothing else (ECMA-262, 13.3.6.2: the base of the reference is `this`). So the object goes on at
 * the calls that are made on it, and not at every call of the method: a chain of calls on one object would else hand each object to all the others.
 * Who calls the function in another way (as a callback, by `new`, through `bind` or `Reflect`, by a name of its own) gets whatever it has as `this`.
 */
import { givenTo } from './flow-returned.ts';
import { ownerOfThis, valuesOf, type FlowFile, type Site } from './flow-file.ts';
import { forgotten } from './flow-keyed.ts';
import { perhaps, type Tag } from './flow-tag.ts';
import { isOfLanguage, type Call, type Flow, type FunctionRef, type Trace } from './flow-trace.ts';
import { bare, context, functionAround, isFunction, memberName, type FunctionNode, type Node } from './syntax.ts';

/** Whether what a function returns there is its own `this`, as it stands or as a variable that is nothing else. */
export function givesThis(file: FlowFile, fn: FunctionNode, returned: Node): boolean {
  if (fn.async || fn.generator || fn.type === 'ArrowFunctionExpression' || file.scopes.isOpaque) return false;
  const value = bare(returned);
  if (value.type === 'ThisExpression') return ownerOfThis(value) === fn;
  const binding = value.type === 'Identifier' ? file.scopes.bindingOf(value) : null;
  if (binding === null || (binding.kind !== 'var' && binding.kind !== 'let' && binding.kind !== 'const')) return false;
  if ((isFunction(binding.scope) ? binding.scope : functionAround(binding.scope)) !== fn) return false;
  const [only, ...others] = valuesOf(binding) ?? [];
  const init = only === undefined ? null : bare(only);
  return others.length === 0 && init?.type === 'ThisExpression' && ownerOfThis(init) === fn;
}

export function fluentRule(flow: Flow, trace: Trace, fn: FunctionRef, tag: Tag): void {
  let isBound = false;
  const byReceiver: Call[] = [];
  flow.callersOf(trace, fn, {
    onCall: (call) => {
      if (isBound || !isOnReceiver(call)) givenTo(flow, trace, call, tag);
      else {
        byReceiver.push(call);
        goOn(flow, trace, call);
      }
    },
    onBound: () => {
      isBound = true;
      for (const call of byReceiver.splice(0)) givenTo(flow, trace, call, tag);
    },
    // Code that has only the method gets back what it calls it on, which it had before. The language goes on with what it gets: a loop asks what
    // `[Symbol.iterator]() { return this; }` gives for its `next` (ECMA-262, 7.4.4).
    onLoss: (loss) => (loss.isGivenUp === true || isOfLanguage(loss) ? flow.lose(trace, loss) : undefined),
    needsCalls: true,
  });
}

/** `x.add()`, `add.call(x)`: what the function has as `this` is what stands there. */
const isOnReceiver = ({ node, how, receiver }: Call): boolean =>
  how === 'call' && node.type === 'CallExpression' && receiver !== null && receiver.type !== 'SpreadElement';

function goOn(flow: Flow, trace: Trace, { file, node, may }: Call): void {
  const known = trace.fluent.calls.get(node);
  if (known === 'surely' || (known === 'perhaps' && may)) return;
  trace.fluent.calls.set(node, may ? 'perhaps' : 'surely');
  for (const tag of trace.fluent.receivers.get(node) ?? [])
    flow.push(trace, { kind: 'value', file, node, tag: may ? perhaps(tag) : tag });
}

/** The value stands where a method may be called on it; it comes out of the call if the method gives it back. */
export function standsBefore(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag): void {
  const call = callOn(node);
  if (call === null) return;
  const plain = forgotten(tag);
  const known = trace.fluent.receivers.get(call);
  if (known === undefined) trace.fluent.receivers.set(call, [plain]);
  else known.push(plain);
  const isGiven = trace.fluent.calls.get(call);
  if (isGiven !== undefined)
    flow.push(trace, { kind: 'value', file, node: call, tag: isGiven === 'perhaps' ? perhaps(plain) : plain });
}

/** The call that has the expression as the `this` of what it calls. */
function callOn(node: Node): Node | null {
  const { parent } = node;
  if (parent?.type === 'MemberExpression' && parent.object === node) {
    const { parent: call, child } = context(parent);
    return call?.type === 'CallExpression' && call.callee === child ? call : null;
  }
  if (parent?.type !== 'CallExpression' || parent.arguments[0] !== node) return null;
  const name = memberName(bare(parent.callee));
  return name === 'call' || name === 'apply' ? parent : null;
}
