/**
 * Which object a function gets as `this` because it is a member of it (flow-store.ts, `attach`).
 *
 * `exports.Range = Range` gives Range the exports as `this` only where somebody calls `exports.Range()`. A constructor that is always
 * called by `new`, and a function that is always called by its plain name, never see the object that holds them (ECMA-262, 13.3.6.2
 * EvaluateCall: the base of the reference is `this`, and a name or a result has none).
 */
import { thisesOf } from './flow-file.ts';
import type { Call, Flow, FunctionRef, Trace } from './flow-trace.ts';
import { under, type Tag } from './flow-tag.ts';
import { bare, isClass } from './syntax.ts';

/** Whether it matters what `this` is in a function; an arrow function has none of its own. */
export const usesThis = ({ file, node }: FunctionRef): boolean =>
  node.type !== 'ArrowFunctionExpression' && thisesOf(file, node).length > 0;

/** The object that has the function as a member is its `this`, if some call could be one on that object. */
export function methodRule(flow: Flow, trace: Trace, fn: FunctionRef, tag: Tag): void {
  const give = once(() => flow.push(trace, { kind: 'this', ...fn, tag }));
  flow.callersOf(trace, fn, {
    onCall: (call) => {
      if (mayHaveBase(fn, call)) give();
    },
    // `f = api.run.bind(api)` is called as `f()`.
    onBound: give,
    onLoss: give,
    needsCalls: false,
  });
}

/** A second time adds nothing, and a function that is lost is lost in many places. */
function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

/**
 * False where the call has no object before its dot. Callbacks, getters, tags and entries are called by others, and `with` gives a plain
 * name an object as well; all of them may have one.
 */
function mayHaveBase({ file: own }: FunctionRef, { file, node, how, receiver }: Call): boolean {
  if (how !== 'call' || receiver !== null || file.scopes.isOpaque || own.scopes.isOpaque) return true;
  if (node.type === 'NewExpression' || isClass(node)) return false;
  return node.type !== 'CallExpression' || bare(node.callee).type === 'MemberExpression';
}

/** `this.x = f` in a function: its instances have an x, if it is a function that makes any. */
export function madeRule(flow: Flow, trace: Trace, fn: FunctionRef, tag: Tag): void {
  const give = once(() => flow.push(trace, { kind: 'value', ...fn, tag: under('prototype', tag) }));
  flow.callersOf(trace, fn, {
    onCall: (call) => {
      if (mayConstruct(call)) give();
    },
    // Code that is not seen and makes an instance has it for itself, and the value with it.
    onLoss: (loss) => (loss.isGivenUp === true ? give() : flow.lose(trace, loss)),
  });
}

/** Only a plain call of the program's own cannot; `super(…)`, `Reflect.construct` and code that is not seen may. */
const mayConstruct = ({ node, how }: Call): boolean =>
  how !== 'call' || node.type !== 'CallExpression' || node.callee.type === 'Super';
