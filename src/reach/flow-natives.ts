/**
 * What the language and Node do with an argument, where it matters to the value flow: `Object.assign` gives one object what another
 * has, `util.inherits` makes an heir. Every native that is not listed calls a function that it is given, and loses an object.
 */
import { keyOf, type FlowFile, type Site } from './flow-file.ts';
import { foundUnder, nameKeptBy } from './flow-keyed.ts';
import { resolve } from './flow-resolve.ts';
import { copiedFrom, describeAllOn, describeOn, isSetLater } from './flow-descriptors.ts';
import { attach, attachAll, giveHeir, giveInstance, givenToStackHook, setBy } from './flow-members.ts';
import { isArrayLike } from './array-like.ts';
import {
  ACCESS,
  ANY,
  CONSTRUCTOR,
  INDEX,
  inside,
  isAnyOperator,
  isConverted,
  isConverting,
  isCounted,
  isElement,
  isElementPart,
  isShown,
  keysIn,
  perhaps,
  PROMISED,
  storedAs,
  through,
  throughInherited,
  under,
  UNKNOWN_KEY,
  type Key,
  type Tag,
  isOfInstances,
  ofInstances,
} from './flow-tag.ts';
import { isMadeText, type Flow, type Trace } from './flow-trace.ts';
import {
  callsNothing,
  isCalledByNatives,
  isCalledByOperators,
  isForgetful,
  looksAtObjects,
  readsNothing,
  RETURNS_FIRST,
} from './natives.ts';
import { type Node } from './syntax.ts';

interface NativeCall {
  readonly name: string;
  readonly call: Node;
  /** The position of the argument; `null` after a spread. */
  readonly at: number | null;
}

export function nativeArgument(flow: Flow, trace: Trace, site: Site, native: NativeCall, tag: Tag): void {
  const { call, at } = native;
  if (call.type !== 'CallExpression' && call.type !== 'NewExpression') return;
  const name = native.name.replace(/^node:/, '');
  // Copying, listing or printing an object reads its properties, and so calls their getters.
  const isRead = !name.startsWith('Object.define') && !(at === 0 && readsNothing(name)) && !isOnlyInherited(name, tag);
  if (tag.path.at(-1) === ACCESS && tag.path.length > 1 && isRead)
    flow.lose(trace, { ...site, why: `${name} may read the property and call its getter` });
  // A key is made of what stands there, and of the first of each pair (ECMA-262, 7.1.19 ToPropertyKey, 24.1.1.2).
  if (isConverted(tag) && (at === null || name === 'Object.fromEntries' || (at === 1 && KEYED.test(name))))
    flow.lose(trace, { ...site, why: `${name} may ask it for its toString` });
  const rule = at === null ? undefined : RULES.get(name);
  if (rule !== undefined && at !== null) {
    rule({ flow, trace, site, call, args: call.arguments, at }, tag);
    return;
  }
  if (RETURNS_FIRST.has(name) && at === 0) {
    flow.push(trace, {
      kind: 'value',
      file: site.file,
      node: call,
      tag: name === 'Promise.resolve' ? under(PROMISED, tag) : tag,
    });
    return;
  }
  lookedAt({ flow, trace, site, call, args: call.arguments, at: at ?? 0 }, name, tag, at);
}

/**
 * `util.inherits` reads the `prototype` of both constructors, sets the prototype of the first one's, and gives that constructor a `super_` (lib/util.js of Node): the
 * getters of instances are not called by it, nor are those of the constructor under other names.
 */
const isOnlyInherited = (name: string, { path: [first, ...rest] }: Tag): boolean =>
  name === 'util.inherits' &&
  first !== undefined &&
  (rest.length > 1 || !keysIn(first).some((key) => INHERITING.has(key)));

const INHERITING: ReadonlySet<string> = new Set(['prototype', 'super_', ANY]);

const KEYED = /^(?:Object|Reflect)\.(?:defineProperty|getOwnPropertyDescriptor|get|set|has|hasOwn|deleteProperty)$/;

/** A native that is not listed looks at the value and forgets it, or calls a function that it is given, or loses it. */
function lookedAt(given: Given, name: string, tag: Tag, at: number | null = given.at): void {
  const { flow, trace, site, call } = given;
  const isLookedAt = isForgetful(name) || (looksAtObjects(name) && tag.path.length > 0);
  if (isLookedAt && (tag.path.length > 0 || at === 0 || callsNothing(name))) {
    if ((isShown(tag) && !(at === 0 && readsNothing(name))) || isMadeText(flow, tag))
      flow.lose(trace, { ...site, why: `${name} may ask it for its toString or toJSON` });
    if (name === 'Error.captureStackTrace' && at === 0) givenToStackHook(flow, trace, site, tag);
    return;
  }
  if (tag.path.length === 0)
    flow.call(trace, { file: site.file, node: call, how: 'callback', may: tag.may, receiver: null });
  else flow.lose(trace, { ...site, why: `it is handed to ${name}` });
}

interface Given {
  readonly flow: Flow;
  readonly trace: Trace;
  readonly site: Site;
  readonly call: Node;
  readonly args: readonly Node[];
  readonly at: number;
}

type Rule = (given: Given, tag: Tag) => void;

const result = ({ flow, trace, site, call }: Given, ...tags: readonly (Tag | null)[]): void => {
  for (const tag of tags) if (tag !== null) flow.push(trace, { kind: 'value', file: site.file, node: call, tag });
};

const store = ({ flow, trace, site, args }: Given, tag: Tag): void => {
  const [target] = args;
  if (target !== undefined) flow.push(trace, { kind: 'store', file: site.file, node: target, tag });
};

const lose = ({ flow, trace, site }: Given, why: string): void => flow.lose(trace, { ...site, why });

const keyAt = (file: FlowFile, node: Node | undefined): ReturnType<typeof keyOf> =>
  node === undefined ? UNKNOWN_KEY : keyOf(file, node, true);

const got = (key: Key, tag: Tag): readonly Tag[] => [...through(key, tag), ...throughInherited(key, tag)];

/** A property descriptor (ECMA-262, 6.2.6) that holds the value: what the property then holds. */
function described(given: Given, key: string, tag: Tag): Tag | null {
  const [first, ...rest] = tag.path;
  if (first === 'value') {
    if (rest.length === 0 && isCalledByOperators(key) && !isConverting(key))
      lose(given, `the language itself may call ${key}`);
    return under(key === 'constructor' ? CONSTRUCTOR : key, inside(tag));
  }
  if (first === 'get' || first === 'set') {
    if (isCalledByOperators(key) && !isConverting(key)) lose(given, `the language itself may read ${key}`);
    return { ...tag, path: [key, ACCESS], back: 0 };
  }
  return isElement(tag) ? under(key, perhaps(inside(tag))) : null;
}

function defineProperty(given: Given, tag: Tag): void {
  if (given.at === 0) {
    result(given, tag);
    const key = keyAt(given.site.file, given.args[1]);
    setterIn(given, key, given.args[2], tag);
    const { flow, trace, site, args } = given;
    if (args[2] !== undefined) describeOn(flow, trace, { file: site.file, node: args[2] }, args[1], tag);
  }
  if (given.at !== 2) return;
  const { file } = given.site;
  const held = described(given, nameKeptBy(file, given.args[1], tag) ?? storedAs(keyAt(file, given.args[1])), tag);
  if (held !== null) store(given, held);
}

/** A variable that holds a literal without a setter, and that is given none later. */
function isPlainDescriptor({ flow, site }: Given, descriptor: Node): boolean {
  const known = resolve(flow.world, site.file, descriptor);
  if (descriptor.type !== 'Identifier' || !known.isWhole || known.found.length === 0 || known.natives.length > 0)
    return false;
  const isPlain = known.found.every(
    ({ file, node }) =>
      node.type === 'ObjectExpression' &&
      node.properties.every(
        (property) =>
          property.type === 'Property' && (keyOf(file, property.key, property.computed).name ?? 'set') !== 'set',
      ),
  );
  const reads = site.file.scopes.bindingOf(descriptor)?.reads ?? [];
  return isPlain && reads.every((read) => !isSetLater(read, ['set']));
}

/** The object has the value under the key already, or will: a setter that it is given there gets it. */
function setterIn(given: Given, key: ReturnType<typeof keyOf>, descriptor: Node | undefined, tag: Tag): void {
  const { flow, trace, site } = given;
  if (through(key, tag).length === 0 || descriptor === undefined) return;
  if (descriptor.type !== 'ObjectExpression') {
    // A setter of the object that has the descriptor: `describeOn` has seen to it.
    if (copiedFrom(flow, { file: site.file, node: descriptor }) !== null) return;
    if (!isPlainDescriptor(given, descriptor)) lose(given, 'it is stored under a name that has a setter, perhaps');
    return;
  }
  for (const property of descriptor.properties)
    if (property.type !== 'Property') lose(given, 'it is stored under a name that has a setter, perhaps');
    else if (keyOf(site.file, property.key, property.computed).name === 'set')
      setBy(flow, trace, { file: site.file, node: property.value }, key, tag);
}

/** The descriptor of a property (ECMA-262, 6.2.6.4): what the property holds is its `value`, its getter or setter its `get` and `set`. */
function describing(given: Given, tag: Tag): void {
  if (given.at !== 0) return;
  const { file } = given.site;
  const [, name] = given.args;
  for (const found of through(keyAt(file, name), tag)) {
    const parts =
      found.path[0] === ACCESS ? [under('get', inside(found)), under('set', inside(found))] : [under('value', found)];
    result(given, ...parts.map((part) => foundUnder(file, name, tag, part)));
  }
}

/** Descriptors by name, for `Object.defineProperties` and `Object.create`. */
function describedByName(given: Given, tag: Tag): Tag | null {
  const [key] = tag.path;
  return key === undefined ? null : described(given, key, inside(tag));
}

function inherits(given: Given, tag: Tag): void {
  const { flow, trace, site, args, at } = given;
  if (at === 1) {
    store(given, under('super_', tag));
    if (isOfInstances(tag)) store(given, tag);
  } else if (at === 0 && args[1] !== undefined) {
    const above = resolve(flow.world, site.file, args[1]);
    for (const instance of ofInstances(tag)) {
      if (!above.isWhole || (above.natives.length > 0 && isCalledByNatives(instance.path, above.natives)))
        lose(given, 'its class inherits from one that is not seen');
      for (const ancestor of above.found) giveInstance(flow, trace, ancestor, instance);
    }
  }
}

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Object.assign', assigned],
  ['Object.defineProperty', defineProperty],
  ['Reflect.defineProperty', defineProperty],
  [
    'Object.defineProperties',
    (given, tag) => {
      const held = given.at === 1 ? describedByName(given, tag) : null;
      if (held !== null) store(given, held);
      if (given.at === 0) {
        result(given, tag);
        describedOn(given, tag);
      }
    },
  ],
  ['Object.create', created],
  ['Object.setPrototypeOf', inheriting],
  ['Reflect.setPrototypeOf', inheriting],
  ['Object.getPrototypeOf', prototypeOf],
  ['Reflect.getPrototypeOf', prototypeOf],
  [
    'Reflect.get',
    (given, tag) =>
      given.at === 0
        ? result(given, ...got(keyAt(given.site.file, given.args[1]), tag))
        : lose(given, 'a getter gets it as this'),
  ],
  ['Reflect.set', reflectSet],
  ['JSON.stringify', stringified],
  ['Array.from', listed],
  ['Promise.resolve', promised],
  ['Reflect.apply', reflectCall],
  ['Reflect.construct', reflectCall],
  ['Object.values', (given, tag) => result(given, ...elements(tag))],
  ['Object.entries', (given, tag) => result(given, ...elements(tag).map(nested))],
  [
    'Object.fromEntries',
    (given, tag) => {
      if (!isElement(tag)) return;
      const values = through(UNKNOWN_KEY, tag).flatMap((pair) => (isElement(pair) ? through(UNKNOWN_KEY, pair) : []));
      result(given, perhaps(tag), ...values.map((value) => under(ANY, value)));
    },
  ],
  ['Object.getOwnPropertyDescriptor', describing],
  ['Reflect.getOwnPropertyDescriptor', describing],
  [
    'Object.getOwnPropertyDescriptors',
    (given, tag) => (tag.path.length > 0 ? lose(given, 'its properties are looked at through descriptors') : undefined),
  ],
  ['Object.prototype.__defineGetter__', accessing],
  ['util.inherits', inherits],
  ['util.promisify', (given, tag) => result(given, tag)],
  ['util.callbackify', callbackified],
  ['util.deprecate', (given, tag) => (given.at === 0 ? result(given, tag) : undefined)],
  ['Promise.all', promisedAll],
  ['Proxy', proxied],
  // By `get` a map gives its values, in a loop it gives pairs.
  ['Map', mapped],
  ['WeakMap', mapped],
  [
    'Set',
    (given, tag) => {
      iterated(given, tag);
      result(given, tag);
    },
  ],
]);

/** What is not written as an array may be iterated by a method whose name is computed. */
function iterated(given: Given, tag: Tag): void {
  if (isAnyOperator(tag) && !isArrayLike(given.site.file, given.site.node))
    lose(given, 'the language may ask it here for a method whose name is computed');
}

/** What stands second becomes a getter or a setter (ECMA-262, B.2.2.2); what stands first becomes a name. */
function accessing(given: Given, tag: Tag): void {
  if (given.at > 0) lose(given, 'it may become a getter');
  else if (isConverted(tag)) lose(given, 'the language may ask it here for its toString');
}

/** Members that are copied to the object have it as `this`. */
function assigned(given: Given, tag: Tag): void {
  const { flow, trace, site, args, at } = given;
  if (at > 0) store(given, tag);
  else for (const from of args.slice(1)) attachAll(flow, trace, { file: site.file, node: from }, tag);
  result(given, tag);
}

/** What the function resolves to goes to the callback that the made one is given, so its result is given up here. */
function callbackified(given: Given, tag: Tag): void {
  const { flow, trace, site, call } = given;
  if (tag.path.length === 0)
    flow.call(trace, { file: site.file, node: call, how: 'callback', may: true, receiver: null });
  result(given, tag);
}

/** The receiver, where there is one, is what gets the property, and what a setter has as `this`. */
function reflectSet(given: Given, tag: Tag): void {
  const { flow, trace, site, args, at } = given;
  const [target, key, , receiver] = args;
  const held = under(storedAs(keyAt(site.file, key)), tag);
  if (at === 2)
    for (const node of [target, receiver])
      if (node !== undefined) flow.push(trace, { kind: 'store', file: site.file, node, tag: held });
  if (at === 3) lose(given, 'a setter gets it as this');
  if ((at === 0 || at === 3) && args[2] !== undefined)
    attach(flow, trace, { file: site.file, node: args[2] }, keyAt(site.file, key).name, tag);
}

/** A replacer gets every value, functions too (ECMA-262, 25.5.4). */
function stringified(given: Given, tag: Tag): void {
  const [, replacer] = given.args;
  if (given.at !== 0) {
    lookedAt(given, 'JSON.stringify', tag);
    return;
  }
  if (isShown(tag) || isMadeText(given.flow, tag)) lose(given, 'JSON.stringify may ask it for its toJSON');
  const known = replacer === undefined ? null : resolve(given.flow.world, given.site.file, replacer);
  const isList = known === null || (known.isWhole && known.found.every(({ node }) => node.type === 'ArrayExpression'));
  if (!isList) lose(given, 'the replacer of JSON.stringify gets it');
}

/** `Array.from(list, each)`: each gets the elements. */
function listed(given: Given, tag: Tag): void {
  if (given.at !== 0) {
    lookedAt(given, 'Array.from', tag);
    return;
  }
  iterated(given, tag);
  if (isCounted(tag)) lose(given, 'the language may make a number of its length');
  if (given.args.length > 1 && tag.path.length > 0) lose(given, 'the callback of Array.from gets it');
  result(given, tag);
}

function promised(given: Given, tag: Tag): void {
  if (given.at !== 0) return;
  if (isAnyOperator(tag)) lose(given, 'the language may ask it here for a method whose name is computed');
  result(given, under(PROMISED, tag));
}

function promisedAll(given: Given, tag: Tag): void {
  iterated(given, tag);
  if (through(UNKNOWN_KEY, tag).some(isAnyOperator))
    lose(given, 'the language may ask it here for a method whose name is computed');
  result(given, all(tag));
}

function describedOn({ flow, trace, site, args }: Given, tag: Tag): void {
  if (args[1] !== undefined) describeAllOn(flow, trace, { file: site.file, node: args[1] }, tag);
}

function mapped(given: Given, tag: Tag): void {
  iterated(given, tag);
  result(given, tag);
  // Elements of elements are one key that repeats, so both are in the tag already; where they are two, the pair is taken apart.
  if (isElement(tag) && isElementPart(tag.path[1])) result(given, inside(tag));
}

function created(given: Given, tag: Tag): void {
  const held = given.at === 0 ? tag : describedByName(given, tag);
  result(given, held);
  if (held !== null) describedOn(given, held);
  if (given.at === 1 && held !== null) heir(given, given.args[0], held);
}

function inheriting(given: Given, tag: Tag): void {
  result(given, tag);
  if (given.at === 0) heir(given, given.args[1], tag);
  else store(given, tag);
}

/** Of an instance what its class gives it, of a class the one that it extends. */
function prototypeOf(given: Given, tag: Tag): void {
  result(given, tag, ...through({ name: '__proto__' }, tag));
}

function heir({ flow, trace, site }: Given, prototype: Node | undefined, tag: Tag): void {
  if (prototype !== undefined) giveHeir(flow, trace, { file: site.file, node: prototype }, tag);
}

/** A proxy passes on what its traps leave alone; a trap gets the object, and may do anything with it. */
function proxied(given: Given, tag: Tag): void {
  result(given, tag);
  const traps = given.args[1];
  const hasNone = traps?.type === 'ObjectExpression' && traps.properties.length === 0;
  if (given.at !== 0 || !hasNone) lose(given, 'the traps of a proxy get it');
}

/** `Object.values`: an array of what the properties hold. A getter is called by it. */
const elements = (tag: Tag): readonly Tag[] => through(UNKNOWN_KEY, tag).map((element) => under(INDEX, element));

const nested = (tag: Tag): Tag => under(INDEX, tag);

function all(tag: Tag): Tag | null {
  if (!isElement(tag)) return null;
  const element = inside(tag);
  return under(PROMISED, under(INDEX, element.path[0] === PROMISED ? inside(element) : element));
}

function reflectCall(given: Given, tag: Tag): void {
  const { flow, trace, site, call, at, args } = given;
  if (at === 0 && tag.path.length === 0)
    flow.call(trace, { file: site.file, node: call, how: 'reflect', may: tag.may, receiver: args[1] ?? null });
  else if (at === 0) {
    // Constructing an instance of what has the function on its prototype.
    result(given, ...through({ name: 'prototype' }, tag));
  } else lose(given, 'a function that is called through Reflect gets it');
}
