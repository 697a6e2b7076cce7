/**
 * Calls: the argument that a value becomes, and the `this` that an object becomes. What comes back is flow-returned.ts.
 *
 * An argument goes into the parameters of the functions that the callee can be (flow-resolve.ts); natives are flow-natives.ts. A
 * callee that is not known is whatever has its name (flow-by-name.ts), or a loss at this call: it counts only if the call can run.
 */
import { argumentsOf, readsArguments, type FlowFile, type Site } from './flow-file.ts';
import { forgotten, passedOn } from './flow-keyed.ts';
import { nameCalled, thisByName } from './flow-borrowed.ts';
import { handedByName } from './flow-by-name.ts';
import { attach, heldBy } from './flow-members.ts';
import { nativeArgument } from './flow-natives.ts';
import { whoCanBe } from './flow-parameter.ts';
import { resolve } from './flow-resolve.ts';
import { readThroughFunction } from './stack-reads.ts';
import { functionsOf, hasOwn, type Resolved } from './resolved.ts';
import { bindPattern } from './flow-store.ts';
import {
  ACCESS,
  ANY,
  CONSTRUCTOR,
  INDEX,
  isConverted,
  isCounted,
  isElement,
  inside,
  isShown,
  perhaps,
  through,
  under,
  UNKNOWN_KEY,
  type Key,
  type Tag,
  givenUnder,
} from './flow-tag.ts';
import { parametersGivenBack, type GivenBack } from './returned-values.ts';
import { isMadeText, MADE_INTO, type Call, type Flow, type FunctionRef, type Trace } from './flow-trace.ts';
import * as natives from './natives.ts';
import { bare, context, isClass, isFunction, memberName, parentOf, type Node } from './syntax.ts';
import { isArrayLike, isNativeOfArrays, isSurelyArray } from './array-like.ts';

/** The value is one of the arguments of a call. */
export function argument(flow: Flow, trace: Trace, site: Site, call: Node, tag: Tag): void {
  if (call.type !== 'CallExpression' && call.type !== 'NewExpression') return;
  const at = call.arguments.findIndex((each) => each === site.node);
  const spreadAt = call.arguments.findIndex(({ type }) => type === 'SpreadElement');
  if (at < 0) return;
  const position = spreadAt >= 0 && spreadAt < at ? null : at;
  const callee = bare(call.callee);
  const name = memberName(callee);
  const isIndirect = name === 'call' || name === 'apply' || name === 'bind';
  if (callee.type === 'MemberExpression' && isIndirect && !isReflect(site.file, callee.object)) {
    const isDone = indirect(flow, trace, site, { call, target: callee.object, name, at: position }, tag);
    if (isDone && !mayBeOwnMethod(flow, site.file, callee.object, name)) return;
  }
  into(flow, trace, site, { call, callee, at: position, isDirect: callee.type !== 'Super' }, tag);
}

/** `api.bind(name, f)`, where `bind` is a method that the object, the class or the function was given by the program. */
function mayBeOwnMethod(flow: Flow, file: FlowFile, object: Node, name: string): boolean {
  return hasOwn(file, resolve(flow.world, file, object), name);
}

/** `Reflect.apply` is a function of its own, and no way to call `Reflect`. */
const isReflect = (file: FlowFile, object: Node): boolean =>
  object.type === 'Identifier' && object.name === 'Reflect' && file.scopes.bindingOf(object) === null;

/** `f(...list)`: each element may become any of the arguments. */
export function spreadArgument(flow: Flow, trace: Trace, site: Site, call: Node, tag: Tag): void {
  if (call.type !== 'CallExpression' && call.type !== 'NewExpression') return;
  if (!isElement(tag)) return;
  const callee = bare(call.callee);
  const name = memberName(callee);
  if (name === 'call' || name === 'apply' || name === 'bind')
    flow.lose(trace, { ...site, why: 'it is one of the arguments of a call with a spread' });
  else
    for (const element of through(UNKNOWN_KEY, tag))
      into(flow, trace, site, { call, callee, at: null, isDirect: callee.type !== 'Super' }, element);
}

interface Passing {
  readonly call: Node;
  readonly callee: Node;
  /** The position among the parameters; `null` after a spread. */
  readonly at: number | null;
  /** The call gets what the function gives back: not so for `bind` and `super`. */
  readonly isDirect: boolean;
}

/** `f.call(self, a)`, `f.apply(self, list)`, `f.bind(self, a)`. False where `f` is no known function, and the name may mean another thing. */
function indirect(
  flow: Flow,
  trace: Trace,
  site: Site,
  {
    call,
    target,
    name,
    at,
  }: { readonly call: Node; readonly target: Node; readonly name: string; readonly at: number | null },
  tag: Tag,
): boolean {
  const { file } = site;
  if (at === null) return false;
  if (at > 0) {
    if (name === 'apply') applied(flow, trace, site, { call, callee: target, at: null, isDirect: true }, tag);
    else into(flow, trace, site, { call, callee: target, at: at - 1, isDirect: name === 'call' }, tag);
    return true;
  }
  whoCanBe(flow, trace, file, target, (known) => {
    for (const fn of functionsOf(known.found).functions) flow.push(trace, { kind: 'this', ...fn, tag });
    for (const found of known.found)
      if (isClass(found.node)) flow.lose(trace, { ...site, why: 'a class is called with it' });
    if (!known.isWhole && !isInert(file, target)) thisByName(flow, trace, site, call, target, tag);
    for (const native of known.natives) nativeThis(flow, trace, site, native, call, tag);
  });
  return true;
}

/** `hasOwnProperty` and its like, also under another name: `var has = Object.prototype.hasOwnProperty`. */
function isInert(file: FlowFile, target: Node): boolean {
  const node = bare(target);
  const name = memberName(node) ?? (node.type === 'Identifier' ? node.name : '');
  if (natives.INERT_METHODS.has(name)) return true;
  if (node.type !== 'Identifier') return false;
  const [declaration, ...others] = file.scopes.bindingOf(node)?.declarations ?? [];
  const declarator = declaration === undefined ? undefined : parentOf(declaration);
  return (
    others.length === 0 &&
    declarator?.type === 'VariableDeclarator' &&
    declarator.init !== null &&
    isInertName(bare(declarator.init))
  );
}

/** `Object.prototype.hasOwnProperty`, `funcProto.toString`, `{}.toString`: nobody takes a `toString` of his own off an object to call it on others. */
const isInertName = (value: Node): boolean =>
  natives.INERT_METHODS.has(memberName(value) ?? '') || memberName(value) === 'toString';

function nativeThis(flow: Flow, trace: Trace, site: Site, name: string, call: Node, tag: Tag): void {
  const method = name.split('.').at(-1) ?? '';
  if (natives.INERT_METHODS.has(method) || name === 'Object.prototype.toString') return;
  if (name === 'Object.prototype.valueOf') {
    flow.push(trace, { kind: 'value', file: site.file, node: call, tag });
    return;
  }
  if (name.startsWith('Array.prototype.') && arrayMethod(flow, trace, site.file, { method, call, shift: 1 }, tag))
    return;
  // The listener of `EventEmitter.prototype.on.call(x, …)` gets x as `this`, and so does a getter that x is given.
  const isListened = natives.OF_EVENTS.get(method) === true || method === '__defineGetter__';
  if (tag.path.length > 0 && !isListened && !isCounted(tag) && !natives.isCalledByNatives(tag.path, [name])) return;
  flow.lose(trace, { ...site, why: `${name} gets it as this` });
}

function applied(flow: Flow, trace: Trace, site: Site, passing: Passing, tag: Tag): void {
  if (isCounted(tag)) flow.lose(trace, { ...site, why: 'the language may make a number of its length' });
  for (const element of through(UNKNOWN_KEY, tag)) into(flow, trace, site, passing, element);
}

/** Into the parameters of whatever the callee can be. */
function into(flow: Flow, trace: Trace, site: Site, passing: Passing, tag: Tag): void {
  const { call, callee } = passing;
  if (tag.path[0] === ACCESS) {
    flow.call(trace, { ...callSite(site.file, call), how: 'access', may: tag.may });
    return;
  }
  const known = callee.type === 'Super' ? superOf(flow, site.file, callee) : resolve(flow.world, site.file, callee);
  const part = (each: Resolved): void => intoKnown(flow, trace, site, passing, each, tag);
  const isNothing = known.found.length === 0 && known.natives.length === 0;
  if (known.isWhole || callee.type === 'Super') part({ ...known, isWhole: known.isWhole && !isNothing });
  else whoCanBe(flow, trace, site.file, callee, part);
}

function intoKnown(flow: Flow, trace: Trace, site: Site, passing: Passing, known: Resolved, tag: Tag): void {
  if (!intoSeen(flow, trace, site, passing, known, tag)) intoUnknown(flow, trace, site, passing, tag);
}

/** False where it may go into others as well. */
function intoSeen(flow: Flow, trace: Trace, site: Site, passing: Passing, known: Resolved, tag: Tag): boolean {
  const { call, at } = passing;
  const { functions, isWhole } = functionsOf(known.found);
  const by = passing.isDirect ? { call: { file: site.file, node: call }, given: at === null ? null : site } : null;
  for (const fn of functions) bindParameter(flow, trace, { fn, at, by }, passedOn(site, call, at, fn, tag));
  for (const name of known.natives)
    if (!isPassedOn(flow, trace, site, { name, call, at }, tag))
      nativeArgument(flow, trace, site, { name, call, at }, tag);
  return known.isWhole && isWhole;
}

/** How many arguments stand before those that the callback is called with (nodejs.org/api/timers.html, nodejs.org/api/process.html). */
const PASSED_FROM: ReadonlyMap<string, number> = new Map([
  ['process.nextTick', 1],
  ['setImmediate', 1],
  ['setTimeout', 2],
  ['setInterval', 2],
]);

/** `setTimeout(f, 10, value)`: the value becomes an argument of f. */
function isPassedOn(
  flow: Flow,
  trace: Trace,
  site: Site,
  { name, call, at }: { readonly name: string; readonly call: Node; readonly at: number | null },
  tag: Tag,
): boolean {
  const from = PASSED_FROM.get(name.replace(/^(?:node:)?timers\./, ''));
  const callback = call.type === 'CallExpression' ? call.arguments[0] : undefined;
  if (from === undefined || at === null || at < from || callback === undefined) return false;
  whoCanBe(flow, trace, site.file, callback, (known) => {
    const { functions, isWhole } = functionsOf(known.found);
    for (const fn of functions) bindParameter(flow, trace, { fn, at: at - from, by: null }, forgotten(tag));
    if (!known.isWhole || !isWhole || takesIt(flow, known.natives, tag))
      flow.lose(trace, { ...site, why: 'a callback that is not seen gets it' });
  });
  return true;
}

function superOf(flow: Flow, file: FlowFile, node: Node): ReturnType<typeof resolve> {
  for (let above = parentOf(node); above !== undefined; above = parentOf(above))
    if (isClass(above) && above.superClass !== null) return resolve(flow.world, file, above.superClass);
  return { found: [], natives: [], isWhole: false };
}

interface Argument {
  readonly fn: FunctionRef;
  /** `null`: any of them. */
  readonly at: number | null;
  /** `null` where the call that gives the argument is not the one that gets what the function gives back. */
  readonly by: Giver | null;
}

/** The call that gives the argument and gets what the function gives back, and the argument (`null`: one of several). */
interface Giver {
  readonly call: Site;
  readonly given: Site | null;
}

function bindParameter(flow: Flow, trace: Trace, { fn: { file, node }, at, by }: Argument, tag: Tag): void {
  for (const back of parametersGivenBack(file, node))
    if (at === null || at === back.at)
      givenBack(flow, trace, { file, node }, back, by, at === null ? perhaps(tag) : tag);
  for (const use of argumentsOf(file, node))
    flow.push(trace, { kind: 'value', file, node: use, tag: under(INDEX, tag) });
  // Sloppy code can ask any function for the arguments of its running call (ECMA-262 leaves it to the engine; V8 has it).
  if (readsArguments(file)) flow.lose(trace, { file, node, why: 'its arguments can be read through the function' });
  else readThroughFunction(flow, trace, { file, node });
  for (const [index, parameter] of node.params.entries()) {
    if (parameter.type === 'RestElement') {
      if (at === null || at >= index) bindPattern(flow, trace, file, parameter, under(INDEX, tag));
    } else if (at === null) bindPattern(flow, trace, file, parameter, perhaps(tag));
    else if (at === index) bindPattern(flow, trace, file, parameter, tag);
  }
}

/** What a function gives back as it got it, or alone in a literal, goes to the call that gave it, and to no other. */
function givenBack(flow: Flow, trace: Trace, fn: FunctionRef, { within }: GivenBack, by: Giver | null, tag: Tag): void {
  const back = within === null ? forgotten(tag) : under(within.key, forgotten(tag));
  // What is called as a member of the literal has that as `this`; the literal itself, which others fill as well, is not looked at for it.
  if (within !== null && (by?.given ?? null) === null) trace.methods.unseen.add(within.key);
  else if (within !== null && by !== null && by.given !== null) {
    attach(flow, trace, by.given, within.key, back);
    const held = tag.back === 0 ? back : givenUnder(within.key, forgotten(tag));
    heldBy(flow, trace, by.given, { name: within.key }, held);
  }
  if (by === null) flow.push(trace, { kind: 'returned', ...fn, tag: back });
  else flow.push(trace, { kind: 'value', ...by.call, tag: back });
}

function intoUnknown(flow: Flow, trace: Trace, site: Site, passing: Passing, tag: Tag): void {
  const { call, callee, at } = passing;
  const method = memberName(callee);
  const { file } = site;
  if (callee.type === 'MemberExpression' && method !== null) {
    // An object of its own may have one that does something; nobody asks the inherited ones about a function.
    if (
      natives.INERT_METHODS.has(method) &&
      tag.path.length > 0 &&
      !flow.world.overridesInherited(method) &&
      !isConverted(tag)
    )
      return;
    if (at === 1 && TAKES_THIS.test(method) && isArrayLike(file, callee.object) && call.type === 'CallExpression') {
      asThisOfCallback(flow, trace, site, call.arguments[0], tag);
      return;
    }
    if (
      at === 1 &&
      natives.REDUCING.test(method) &&
      isSurelyArray(file, callee.object) &&
      isNativeOfArrays(flow.world, file, method)
    ) {
      accumulated(flow, trace, { file, node: call }, tag);
      return;
    }
    if (natives.ARRAY_INSERTS.has(method) || method === 'set' || method === 'add') {
      const isArray = natives.ARRAY_INSERTS.has(method) && isArrayLike(file, callee.object);
      flow.push(trace, { kind: 'store', file, node: callee.object, tag: under(isArray ? INDEX : ANY, tag) });
      if (method === 'set')
        flow.push(trace, { kind: 'store', file, node: callee.object, tag: under(ANY, under(ANY, tag)) });
      if (method === 'concat') flow.push(trace, { kind: 'value', file, node: call, tag: under(INDEX, tag) });
      // Where it begins is a number (ECMA-262, 23.1.3).
      if (isArrayLike(file, callee.object) && !(isConverted(tag) && natives.ARRAY_NUMBERED.has(method))) return;
    }
  }
  const isCalled = isFunction(bare(site.node)) || (at === 0 && CALLED_BACK.has(method ?? ''));
  const unseen = (): void => {
    // A function that is written into a call is there to be called by it. That is no proof, but the loss would count at the same place.
    if (tag.path.length === 0 && isCalled) flow.call(trace, { ...callSite(file, call), how: 'callback', may: tag.may });
    else flow.lose(trace, { ...site, why: `it is handed to ${calleeWords(callee)}, which is not followed` });
  };
  const part = (known: Resolved): void => {
    if (!intoSeen(flow, trace, site, passing, known, tag)) unseen();
  };
  if (!handedByName(flow, trace, nameCalled(file, callee), part)) unseen();
}

/** Methods of arrays whose second argument becomes the `this` of the first (ECMA-262, 23.1.3). */
const TAKES_THIS = /^(?:forEach|map|filter|some|every|find|findIndex|findLast|findLastIndex|flatMap)$/;

function asThisOfCallback(flow: Flow, trace: Trace, site: Site, callback: Node | undefined, tag: Tag): void {
  const known = callback === undefined ? null : resolve(flow.world, site.file, callback);
  for (const fn of known === null ? [] : functionsOf(known.found).functions)
    if (fn.node.type !== 'ArrowFunctionExpression') flow.push(trace, { kind: 'this', ...fn, tag });
  if (known?.isWhole !== true) flow.lose(trace, { ...site, why: 'a callback that is not seen gets it as this' });
}

/** `list.reduce(f, value)`: f gets the value, or what it gave before, as its first argument, and the whole gives what is left in the end. */
export function accumulated(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag): void {
  const plain = forgotten(tag);
  flow.push(trace, { kind: 'value', file, node, tag: plain });
  const callback = node.type === 'CallExpression' ? node.arguments[0] : undefined;
  const known =
    callback === undefined || callback.type === 'SpreadElement' ? null : resolve(flow.world, file, callback);
  const { functions, isWhole } = functionsOf(known?.found ?? []);
  for (const fn of functions) bindParameter(flow, trace, { fn, at: 0, by: null }, plain);
  if (known?.isWhole !== true || !isWhole || takesIt(flow, known.natives, plain))
    flow.lose(trace, { file, node, why: 'a callback that is not seen gets it' });
}

const CALLED_BACK: ReadonlySet<string> = new Set([...natives.ARRAY_CALLBACKS, 'then', 'catch', 'finally']);

const callSite = (file: FlowFile, node: Node): Pick<Call, 'file' | 'node' | 'receiver'> => ({
  file,
  node,
  receiver: null,
});

function calleeWords(callee: Node): string {
  const name = memberName(callee);
  if (name !== null) return `.${name}()`;
  return callee.type === 'Identifier' ? `${callee.name}()` : 'a call';
}

/** The function itself stands before a dot: `f.call(…)`, `f.bind(…)`, or its prototype. */
export function calledThrough(flow: Flow, trace: Trace, file: FlowFile, read: Node, tag: Tag, key: Key): void {
  const { parent, child } = context(read);
  const call = parent?.type === 'CallExpression' && parent.callee === child ? parent : null;
  if (key.name === null) {
    if (call !== null) flow.call(trace, { ...callSite(file, call), how: 'call', may: true });
    return;
  }
  switch (key.name) {
    case 'call':
    case 'apply':
      if (call === null) flow.lose(trace, { file, node: read, why: `its .${key.name} is used as a value` });
      else flow.call(trace, { file, node: call, how: 'call', may: tag.may, receiver: call.arguments[0] ?? null });
      return;
    case 'bind':
      if (call === null) flow.lose(trace, { file, node: read, why: 'its .bind is used as a value' });
      else {
        if (call.type === 'CallExpression' && call.arguments.length > 1) trace.isBound = true;
        if (!trace.isRebound) {
          trace.isRebound = true;
          for (const { onBound } of trace.waiting) onBound?.();
        }
        flow.push(trace, { kind: 'value', file, node: call, tag });
      }
      return;
    case 'valueOf':
      if (call !== null) flow.push(trace, { kind: 'value', file, node: call, tag });
      return;
    case 'arguments':
    case 'caller':
      flow.lose(trace, { file, node: read, why: `its .${key.name} is read` });
      return;
    case 'prototype':
      flow.push(trace, { kind: 'value', file, node: read, tag: under(CONSTRUCTOR, tag) });
      return;
    default:
  }
}

/** `promise.then(f)`: f gets the value. */
export function settled(flow: Flow, trace: Trace, file: FlowFile, name: string | null, call: Node, tag: Tag): void {
  if (call.type !== 'CallExpression') return;
  if (name === 'catch' || name === 'finally') flow.push(trace, { kind: 'value', file, node: call, tag });
  else if (name === 'then') {
    const [callback] = call.arguments;
    const known = callback === undefined ? null : resolve(flow.world, file, callback);
    // What is no function lets the value through (ECMA-262, 27.2.5.4.1).
    if (known === null || known.found.length === 0) flow.push(trace, { kind: 'value', file, node: call, tag });
    if (known === null) return;
    for (const fn of functionsOf(known.found).functions)
      bindParameter(flow, trace, { fn, at: 0, by: null }, forgotten(inside(tag)));
    if (!known.isWhole || takesIt(flow, known.natives, inside(tag)))
      flow.lose(trace, { file, node: call, why: 'a callback that is not seen gets it' });
  } else flow.lose(trace, { file, node: call, why: 'the promise of it is not followed' });
}

/** Whether natives that are given as callbacks (`list.map(Object.values)`) do anything with what they get. */
const takesIt = (flow: Flow, names: readonly string[], tag: Tag): boolean =>
  names.some((name) => !natives.isForgetful(name) || isShown(tag) || isMadeText(flow, tag));

/** Methods of arrays, maps and sets, on one that has the value as an element. False where the name is none of theirs. */
export function arrayMethod(
  flow: Flow,
  trace: Trace,
  file: FlowFile,
  { method, call, shift }: { readonly method: string; readonly call: Node; readonly shift: 0 | 1 },
  tag: Tag,
): boolean {
  const elements = through(UNKNOWN_KEY, tag);
  if (tag.path[1] === ACCESS) flow.lose(trace, { file, node: call, why: 'a method of arrays may call its getter' });
  if (isCounted(tag) || (isConverted(tag) && natives.ARRAY_TEXTS.has(method)))
    flow.lose(trace, { file, node: call, why: MADE_INTO });
  if (call.type !== 'CallExpression' || elements.length === 0) return false;
  if (natives.ARRAY_INSERTS.has(method) || method === 'set' || method === 'add')
    for (const argument of call.arguments) heldBy(flow, trace, { file, node: argument }, UNKNOWN_KEY, tag);
  let isKnown =
    natives.ARRAY_INERT.has(method) ||
    natives.ARRAY_INSERTS.has(method) ||
    ['has', 'delete', 'clear', 'set', 'add'].includes(method);
  if (natives.ARRAY_ELEMENTS.has(method) || method === 'get') {
    for (const element of elements) flow.push(trace, { kind: 'value', file, node: call, tag: element });
    isKnown = true;
  }
  if (natives.ARRAY_COPIES.has(method)) {
    flow.push(trace, { kind: 'value', file, node: call, tag: perhaps(tag) });
    if (method === 'entries') flow.push(trace, { kind: 'value', file, node: call, tag: under(INDEX, perhaps(tag)) });
    isKnown = true;
  }
  if (!natives.ARRAY_CALLBACKS.has(method)) return isKnown;
  const callback = call.arguments[shift];
  const known = callback === undefined ? null : resolve(flow.world, file, callback);
  for (const fn of known === null ? [] : functionsOf(known.found).functions) {
    const positions = method.startsWith('reduce') ? [0, 1] : method.includes('ort') ? [0, 1] : [0];
    for (const at of positions)
      for (const element of elements) bindParameter(flow, trace, { fn, at, by: null }, forgotten(element));
  }
  if (known?.isWhole !== true || elements.some((element) => takesIt(flow, known.natives, element)))
    flow.lose(trace, { file, node: call, why: 'a callback that is not seen gets it' });
  return true;
}
