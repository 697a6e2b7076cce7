/** What a function gives back: to every call of it, which gets it as its value, or as a callback's. */
import { accumulated } from './flow-call.ts';
import { bindPattern } from './flow-store.ts';
import { resolve } from './flow-resolve.ts';
import { heirCalling } from './resolved.ts';
import { isNativeOfArrays, isSurelyArray } from './array-like.ts';
import { REDUCING } from './natives.ts';
import type { FlowFile } from './flow-file.ts';
import { INDEX, isConverted, perhaps, PROMISED, under, type Tag } from './flow-tag.ts';
import { MADE_INTO, type Call, type Flow, type Trace } from './flow-trace.ts';
import * as natives from './natives.ts';
import { bare, isClass, memberName, type FunctionNode } from './syntax.ts';

/** What a function gives back goes to everybody who calls it. */
export function returnedRule(flow: Flow, trace: Trace, file: FlowFile, fn: FunctionNode, tag: Tag): void {
  flow.callersOf(
    trace,
    { file, node: fn },
    {
      onCall: (call) => givenTo(flow, trace, call, tag),
      onLoss: (loss) => flow.lose(trace, loss),
    },
  );
}

/** What the function gives back there. */
export function givenTo(flow: Flow, trace: Trace, call: Call, tag: Tag): void {
  const back = call.may ? perhaps(tag) : tag;
  if (call.how === 'call' || call.how === 'reflect' || call.how === 'access') cameBack(flow, trace, call, back);
  else fromCallback(flow, trace, call, back);
}

function cameBack(flow: Flow, trace: Trace, { file, node }: Call, tag: Tag): void {
  const heir = isClass(node) ? node : heirCalling(node);
  if (heir !== null) {
    // What a constructor returns is the `this` of its heirs, and what `new` of them gives (ECMA-262, 10.2.2).
    flow.push(trace, { kind: 'value', file, node: heir, tag: under('prototype', tag) });
    if (heir !== node) flow.push(trace, { kind: 'value', file, node, tag });
    return;
  }
  const isPattern = node.type === 'Identifier' && file.scopes.bindingOf(node)?.declarations.includes(node) === true;
  if (isPattern) bindPattern(flow, trace, file, node, tag);
  else if (node.type.endsWith('Pattern')) flow.lose(trace, { file, node, why: 'a pattern takes it from a getter' });
  else flow.push(trace, { kind: 'value', file, node, tag });
}

/** Callbacks whose results nobody gets but as a yes or no, or as an order. */
const RESULT_UNUSED = /^(?:forEach|filter|some|every|find|findIndex|findLast|findLastIndex|sort|toSorted)$/;

function fromCallback(flow: Flow, trace: Trace, { file, node, how }: Call, tag: Tag): void {
  const callee = node.type === 'CallExpression' ? bare(node.callee) : null;
  const method = callee === null ? null : memberName(callee);
  if (how === 'callback' && callee !== null) {
    const known = resolve(flow.world, file, callee);
    const isTimer =
      known.isWhole && known.found.length === 0 && known.natives.every((name) => natives.UNUSED_BY.has(name));
    if (isTimer && known.natives.length > 0) return;
    const isOfArray = callee.type === 'MemberExpression' && isSurelyArray(file, callee.object);
    if (method !== null && isOfArray && isNativeOfArrays(flow.world, file, method)) {
      // What is made of a comparison is a number (ECMA-262, 23.1.3.30.2).
      if (method.endsWith('ort') && isConverted(tag)) flow.lose(trace, { file, node, why: MADE_INTO });
      if (RESULT_UNUSED.test(method)) return;
      if (REDUCING.test(method)) {
        accumulated(flow, trace, { file, node }, tag);
        return;
      }
      if (method === 'map') {
        flow.push(trace, { kind: 'value', file, node, tag: under(INDEX, tag) });
        return;
      }
    }
  }
  if (method === 'then' || method === 'catch')
    flow.push(trace, { kind: 'value', file, node, tag: tag.path[0] === PROMISED ? tag : under(PROMISED, tag) });
  flow.lose(trace, { file, node, why: 'a callback gives it back to code that is not seen' });
}
