/**
 * What an object has under which name, by everything that the program does with it: its own literal says only what it begins with.
 *
 * The object is followed like a function that is searched, under a name that no code can read, so every rule of the flow speaks of it as of
 * any object that holds something. Where it comes to a place that writes to it, that is noted here; where it is lost, so is the list.
 * flow-resolve.ts asks, before it says which function `x.y` is; flow.ts does the following.
 */
import { keyOf, type FlowFile, type Site } from './flow-file.ts';
import { FUNCTION_ITSELF, PRIVATE, through, under, type Key, type Tag } from './flow-tag.ts';
import { bare, context, keyName, memberName, type Node } from './syntax.ts';

export interface Members {
  /** What is put under each name, by assignment; what stands in a literal is not repeated. */
  readonly named: ReadonlyMap<string, readonly Site[]>;
  /** Names under which something is put that is no plain value: a getter, a pattern. */
  readonly hidden: ReadonlySet<string>;
  /** What is put under names that are computed, as far as they are known; `null` where it is no plain value. */
  readonly computed: readonly { readonly key: Key; readonly value: Site | null }[];
  /** False where the object is lost: whoever has it may put anything into it. */
  readonly isWhole: boolean;
}

export const NO_MEMBERS: Members = { named: new Map(), hidden: new Set(), computed: [], isWhole: false };

/** As a private name it meets no read, computed or not; the numbers sign of the language is never followed by a space. */
const MARK = `${PRIVATE} object`;

export const OBJECT_ITSELF: Tag = under(MARK, FUNCTION_ITSELF);

export const isObjectItself = ({ path }: Tag): boolean => path.length === 1 && path[0] === MARK;

/** What is put there under a name; `isWhole`: that is all there can be. */
export function membersNamed(
  { named, hidden, computed, isWhole }: Members,
  name: string,
): { readonly values: readonly Site[]; readonly isWhole: boolean } {
  const isPlain = !hidden.has(name) && !meets(computed, name);
  return { values: named.get(name) ?? [], isWhole: isWhole && isPlain };
}

const meets = (computed: Members['computed'], name: string): boolean =>
  computed.some(({ key }) => through(key, under(name, FUNCTION_ITSELF)).length > 0);

/** Natives that write to what they are given; every other leaves its properties alone, or makes ones of its own (`_events`). */
const WRITERS =
  /^(?:Object\.(?:assign|definePropert(?:y|ies)|setPrototypeOf)|Reflect\.(?:set|defineProperty|setPrototypeOf|apply|construct)|util\.inherits)$/;

/**
 * @param held Every place where the object is.
 * @param called The names of methods that are called on it; `null` where it is lost.
 * @param nativesOf The natives that an expression can be.
 */
export function membersAt(
  held: readonly Site[],
  called: ReadonlySet<string> | null,
  nativesOf: (file: FlowFile, callee: Node) => readonly string[],
): Members {
  const named = new Map<string, Site[]>();
  const hidden = new Set<string>();
  const computed: { key: Key; value: Site | null }[] = [];
  const defined = new Set<string>();
  let isComplete = called !== null;
  const put = (key: Key, value: Site | null): void => {
    if (key.name === null) computed.push({ key, value });
    else if (key.name === '__proto__') isComplete = false;
    else if (value === null) hidden.add(key.name);
    else {
      const list = named.get(key.name);
      if (list === undefined) named.set(key.name, [value]);
      else list.push(value);
    }
  };
  for (const { file, node } of held) {
    const { parent, child } = context(node);
    if (parent?.type === 'MemberExpression' && parent.object === child) {
      const written = writtenTo(parent);
      if (written !== 'nothing')
        put(keyOf(file, parent.property, parent.computed), written === null ? null : { file, node: written });
    } else if (parent?.type === 'CallExpression' && parent.callee !== child) {
      const written = byNative(file, parent, child, nativesOf);
      if (written === 'anything') isComplete = false;
      else if (written !== null) {
        put(written.key, written.value);
        if (written.key.name !== null) defined.add(written.key.name);
      }
    }
  }
  // The flow gives methods their `this` where they are assigned; these came by another way.
  for (const name of called ?? [])
    if (hidden.has(name) || defined.has(name) || meets(computed, name)) isComplete = false;
  return { named, hidden, computed, isWhole: isComplete };
}

/** The value of `x.y = value`; `null` where another kind of assignment gives it one. */
function writtenTo(member: Node): Node | null | 'nothing' {
  const { parent, child } = context(member);
  switch (parent?.type) {
    case 'AssignmentExpression':
      if (parent.left !== child) return 'nothing';
      return ['=', '||=', '&&=', '??='].includes(parent.operator) ? parent.right : null;
    case 'ForInStatement':
    case 'ForOfStatement':
      return parent.left === child ? null : 'nothing';
    case 'AssignmentPattern':
      return parent.left === child ? null : 'nothing';
    case 'Property':
      return parent.value === child && context(parent).parent?.type === 'ObjectPattern' ? null : 'nothing';
    case 'ArrayPattern':
    case 'RestElement':
      return null;
    default:
      return 'nothing';
  }
}

type ByNative = { readonly key: Key; readonly value: Site | null } | 'anything' | null;

function byNative(
  file: FlowFile,
  call: Node,
  argument: Node,
  nativesOf: (file: FlowFile, callee: Node) => readonly string[],
): ByNative {
  if (call.type !== 'CallExpression') return null;
  const callee = bare(call.callee);
  const name = memberName(callee);
  // `Object.assign.call(null, x, …)`: which argument is which is not worth knowing.
  const isIndirect = callee.type === 'MemberExpression' && (name === 'call' || name === 'apply' || name === 'bind');
  const natives = nativesOf(file, isIndirect ? callee.object : callee);
  if (!natives.some((each) => WRITERS.test(each.replace(/^node:/, '')))) return null;
  if (isIndirect || call.arguments.some(({ type }) => type === 'SpreadElement')) return 'anything';
  const [target, key, descriptor] = call.arguments;
  if (target !== argument) return natives.includes('util.inherits') ? 'anything' : null;
  if (!natives.every((each) => each.endsWith('defineProperty'))) return 'anything';
  if (key === undefined) return null;
  return { key: keyOf(file, key, true), value: describedValue(file, descriptor) };
}

/** `{ value: x }`, and nothing else that could give the property a value. */
function describedValue(file: FlowFile, descriptor: Node | undefined): Site | null {
  if (descriptor?.type !== 'ObjectExpression') return null;
  let value: Site | null = null;
  for (const property of descriptor.properties) {
    if (property.type !== 'Property') return null;
    const name = keyName(property.key, property.computed);
    if (name === null || name === 'get' || name === 'set') return null;
    if (name === 'value') value = { file, node: property.value };
  }
  return value;
}

/** Whether members of what was found can be asked for: an object that one place of the program makes. */
export const isObjectMade = ({ type }: Node): boolean =>
  type === 'ObjectExpression' ||
  type === 'FunctionExpression' ||
  type === 'FunctionDeclaration' ||
  type === 'ArrowFunctionExpression' ||
  type === 'CallExpression' ||
  type === 'Program';
