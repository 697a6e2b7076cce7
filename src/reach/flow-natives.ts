/**
 * What the language and Node do with an argument, where it matters to the value flow: `Object.assign` gives one object what another
 * has, `util.inherits` makes an heir. Every native that is not listed calls a function that it is given, and loses an object.
 */
import { usesOfRead, type Use } from './flow-copies.ts';
import { keyOf, valuesOf, type FlowFile, type Site } from './flow-file.ts';
import { resolve } from './flow-resolve.ts';
import { assignMember, giveHeir, giveInstance, setBy } from './flow-store.ts';
import {
  ACCESS,
  ACCESSORS,
  ANY,
  CONSTRUCTOR,
  inside,
  isAnyOperator,
  isElement,
  isQuiet,
  keysOf,
  nameKept,
  perhaps,
  PROMISED,
  storedAs,
  through,
  under,
  UNKNOWN_KEY,
  type Tag,
} from './flow-tag.ts';
import type { Flow, Trace } from './flow-trace.ts';
import { isCalledByNatives, isCalledByOperators, isForgetful, looksAtObjects, RETURNS_FIRST } from './natives.ts';
import { bare, context, memberName, type Node } from './syntax.ts';

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
  const isUnread = READS_NO_VALUE.test(name) && !(name === 'Object.create' && at !== 0);
  if (tag.path.at(-1) === ACCESS && tag.path.length > 1 && !isUnread)
    flow.lose(trace, { ...site, why: `${name} may read the property and call its getter` });
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
  const isLookedAt = isForgetful(name) || (looksAtObjects(name) && tag.path.length > 0);
  if (isLookedAt && (tag.path.length > 0 || at === 0 || name.startsWith('console.'))) {
    if (isAnyOperator(tag)) flow.lose(trace, { ...site, why: `${name} may ask it for its toString or toJSON` });
    return;
  }
  if (tag.path.length === 0)
    flow.call(trace, { file: site.file, node: call, how: 'callback', may: tag.may, receiver: null });
  else flow.lose(trace, { ...site, why: `it is handed to ${name}` });
}

/** Natives that look at the names of properties, at prototypes or at descriptors, and never at a value (ECMA-262, 20.1.2 and 28.1). */
const READS_NO_VALUE =
  /^(?:Object\.(?:create|define.*|keys|getOwnProperty.*|[gs]etPrototypeOf|freeze|seal|preventExtensions|is[A-Z].*|hasOwn)|Reflect\.(?:defineProperty|getOwnPropertyDescriptor|[gs]etPrototypeOf|has|ownKeys)|Array\.isArray)$/;

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

/** A property descriptor (ECMA-262, 6.2.6) that holds the value: what the property then holds. */
function described(given: Given, key: string, tag: Tag): Tag | null {
  const [first, ...rest] = tag.path;
  if (first === 'value') {
    if (rest.length === 0 && isCalledByOperators(key)) lose(given, `the language itself may call ${key}`);
    return under(key === 'constructor' ? CONSTRUCTOR : key, inside(tag));
  }
  if (first === 'get' || first === 'set') {
    if (isCalledByOperators(key)) lose(given, `the language itself may read ${key}`);
    return { ...tag, path: [key, ACCESS], back: false };
  }
  return isElement(tag) ? under(key, perhaps(inside(tag))) : null;
}

function defineProperty(given: Given, tag: Tag): void {
  if (given.at === 0) {
    result(given, tag);
    setterIn(given, keyAt(given.site.file, given.args[1]), given.args[2], tag);
  }
  if (given.at !== 2) return;
  const held = described(given, storedAs(keyAt(given.site.file, given.args[1])), tag);
  if (held !== null) store(given, held);
}

/** A value that was read under a computed name, and where that name is kept the properties that it is put into. */
export function copied(
  flow: Flow,
  trace: Trace,
  file: FlowFile,
  { uses, name }: { readonly uses: readonly Use[]; readonly name: string },
  tag: Tag,
): void {
  for (const use of uses) {
    if (use.kind === 'other') flow.push(trace, { kind: 'value', file, node: use.node, tag });
    else if (use.kind === 'put') assignMember(flow, trace, file, use.member, tag, { name });
    else if (use.call.type === 'CallExpression') {
      const { call } = use;
      const given: Given = { flow, trace, site: { file, node: call }, call, args: use.call.arguments, at: 2 };
      const held = described(given, name, tag);
      if (held !== null) store(given, held);
    }
  }
}

/** The descriptor of a property: its value, or what the getter and the setter of it are. */
function descriptorOf(given: Given, tag: Tag): void {
  const { flow, trace, site, call, args, at } = given;
  const [, key] = args;
  if (at !== 0 || tag.path.length === 0) return;
  const kept = keyAt(site.file, key);
  const name = kept.name === null ? nameKept(tag) : null;
  const uses = name === null || key === undefined ? null : usesOfRead(flow.world, site.file, call, key);
  for (const held of through(kept, tag)) {
    const tags: readonly Tag[] =
      held.path[0] === ACCESS
        ? ['get', 'set'].map((each) => ({ ...held, path: [each], back: false }))
        : [under('value', held)];
    if (name === null || uses === null) result(given, ...tags);
    else for (const each of tags) copied(flow, trace, site.file, { uses, name }, each);
  }
}

/** `Object.getOwnPropertyDescriptor(from, …)`, of which nobody changes the setter: where it came from. */
function copiedFrom({ flow, site }: Given, descriptor: Node): Node | null {
  const variable = bare(descriptor);
  const binding = variable.type === 'Identifier' ? site.file.scopes.bindingOf(variable) : null;
  const [only, ...others] = binding === null ? [variable] : (valuesOf(binding) ?? []);
  if (only === undefined || others.length > 0 || binding?.reads.some(isSetLater) === true) return null;
  const call = bare(only);
  if (call.type !== 'CallExpression') return null;
  const { found, natives } = resolve(flow.world, site.file, call.callee);
  const isDescriptor = natives.length > 0 && natives.every((each) => each.endsWith('.getOwnPropertyDescriptor'));
  return isDescriptor && found.length === 0 ? (call.arguments[0] ?? null) : null;
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
  return isPlain && reads.every((read) => !isSetLater(read));
}

function isSetLater(read: Node): boolean {
  const { parent } = context(read);
  if (parent?.type === 'CallExpression') return memberName(bare(parent.callee))?.startsWith('define') !== true;
  return parent?.type !== 'MemberExpression' || (memberName(parent) ?? 'set') === 'set';
}

/** The object has the value under the key already, or will: a setter that it is given there gets it. */
function setterIn(given: Given, key: ReturnType<typeof keyOf>, descriptor: Node | undefined, tag: Tag): void {
  const { flow, trace, site } = given;
  const stored = tag.path[0] === ACCESSORS ? inside(tag) : tag;
  if (through(key, stored).length === 0 || descriptor === undefined) return;
  if (descriptor.type !== 'ObjectExpression') {
    const from = copiedFrom(given, descriptor);
    // Through the `constructor` of an instance nobody stores into an accessor of another object (isQuiet).
    if (from !== null && isQuiet(tag)) return;
    if (from !== null) flow.push(trace, { kind: 'store', file: site.file, node: from, tag: under(ACCESSORS, tag) });
    else if (!isPlainDescriptor(given, descriptor)) lose(given, 'it is stored under a name that has a setter, perhaps');
    return;
  }
  for (const property of descriptor.properties)
    if (property.type !== 'Property') lose(given, 'it is stored under a name that has a setter, perhaps');
    else if (keyOf(site.file, property.key, property.computed).name === 'set')
      setBy(flow, trace, { file: site.file, node: property.value }, key, tag);
}

/** Descriptors by name, for `Object.defineProperties` and `Object.create`. */
function describedByName(given: Given, tag: Tag): Tag | null {
  const [key, ...others] = tag.path[0] === undefined ? [] : keysOf(tag.path[0]);
  if (others.length > 0) lose(given, 'its property is one of a round of objects');
  return key === undefined ? null : described(given, key, inside(tag));
}

function inherits(given: Given, tag: Tag): void {
  const { flow, trace, site, args, at } = given;
  const [first, ...rest] = tag.path;
  if (at === 1) {
    store(given, under('super_', tag));
    if (first === 'prototype') store(given, tag);
  } else if (at === 0 && first === 'prototype' && args[1] !== undefined) {
    const above = resolve(flow.world, site.file, args[1]);
    const instance = inside(tag);
    if (!above.isWhole || (above.natives.length > 0 && isCalledByNatives(rest, above.natives)))
      lose(given, 'its class inherits from one that is not seen');
    for (const ancestor of above.found) giveInstance(flow, trace, ancestor, instance, 0);
  }
}

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Object.assign', (given, tag) => (given.at === 0 ? result(given, tag) : (store(given, tag), result(given, tag)))],
  ['Object.defineProperty', defineProperty],
  ['Reflect.defineProperty', defineProperty],
  [
    'Object.defineProperties',
    (given, tag) => {
      const held = given.at === 1 ? describedByName(given, tag) : null;
      if (held !== null) store(given, held);
      if (given.at === 0) result(given, tag);
    },
  ],
  ['Object.create', created],
  ['Object.setPrototypeOf', inheriting],
  ['Reflect.setPrototypeOf', inheriting],
  ['Object.getPrototypeOf', (given, tag) => result(given, tag)],
  ['Reflect.getPrototypeOf', (given, tag) => result(given, tag)],
  [
    'Reflect.get',
    (given, tag) =>
      given.at === 0
        ? result(given, ...through(keyAt(given.site.file, given.args[1]), tag))
        : lose(given, 'a getter gets it as this'),
  ],
  [
    'Reflect.set',
    (given, tag) =>
      given.at === 2 ? store(given, under(storedAs(keyAt(given.site.file, given.args[1])), tag)) : undefined,
  ],
  ['Reflect.apply', reflectCall],
  ['Reflect.construct', reflectCall],
  ['Object.values', (given, tag) => result(given, ...elements(tag))],
  ['Object.entries', (given, tag) => result(given, ...elements(tag).map((each) => under(ANY, each)))],
  [
    'Object.fromEntries',
    (given, tag) =>
      result(given, isElement(tag) ? perhaps(tag) : null, tag.path[1] === ANY ? perhaps(inside(tag)) : null),
  ],
  ['Object.getOwnPropertyDescriptor', descriptorOf],
  ['Reflect.getOwnPropertyDescriptor', descriptorOf],
  [
    'Object.getOwnPropertyDescriptors',
    (given, tag) => (tag.path.length > 0 ? lose(given, 'its properties are looked at through descriptors') : undefined),
  ],
  ['util.inherits', inherits],
  ['util.promisify', (given, tag) => result(given, tag)],
  ['util.callbackify', (given, tag) => result(given, tag)],
  ['util.deprecate', (given, tag) => (given.at === 0 ? result(given, tag) : undefined)],
  ['Promise.all', (given, tag) => result(given, all(tag))],
  ['Proxy', proxied],
  // By `get` a map gives its values, in a loop it gives pairs.
  ['Map', mapped],
  ['WeakMap', mapped],
  ['Set', (given, tag) => result(given, tag)],
]);

function mapped(given: Given, tag: Tag): void {
  result(given, tag);
  // Elements of elements are one key that repeats, so both are in the tag already; where they are two, the pair is taken apart.
  if (isElement(tag) && tag.path[1] === ANY) result(given, inside(tag));
}

function created(given: Given, tag: Tag): void {
  const held = given.at === 0 ? tag : describedByName(given, tag);
  result(given, held);
  if (given.at === 1 && held !== null) heir(given, given.args[0], held);
}

function inheriting(given: Given, tag: Tag): void {
  result(given, tag);
  if (given.at === 0) heir(given, given.args[1], tag);
  else store(given, tag);
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
const elements = (tag: Tag): readonly Tag[] =>
  through(UNKNOWN_KEY, tag).map((each) => ({ ...under(ANY, each), may: tag.may }));

function all(tag: Tag): Tag | null {
  if (!isElement(tag)) return null;
  const element = inside(tag);
  return under(PROMISED, under(ANY, element.path[0] === PROMISED ? inside(element) : element));
}

function reflectCall(given: Given, tag: Tag): void {
  const { flow, trace, site, call, at, args } = given;
  if (at === 0 && tag.path.length === 0)
    flow.call(trace, { file: site.file, node: call, how: 'call', may: tag.may, receiver: args[1] ?? null });
  else if (at === 0) {
    // Constructing an instance of what has the function on its prototype.
    result(given, ...through({ name: 'prototype' }, tag));
  } else lose(given, 'a function that is called through Reflect gets it');
}
