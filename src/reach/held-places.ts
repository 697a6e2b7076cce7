/** What the syntax alone says of a place that holds an object: flow-steady.ts goes from one to the next. */
import { declaredFunction } from './declared-function.ts';
import { keyOf, valuesOf, type FlowFile } from './flow-file.ts';
import {
  bare,
  context,
  isClass,
  isFunction,
  keyName,
  memberName,
  parentOf,
  TESTING,
  textOf,
  type FunctionNode,
  type Node,
} from './syntax.ts';

export interface OwnValue {
  /** `null` where it is not known, and for what runs without being called: a getter, a setter, a static block. */
  readonly name: string | null;
  readonly value: Node;
}

/** The values of a literal's or a class's own members. */
export function valuesIn(node: Node): readonly OwnValue[] {
  if (node.type === 'ObjectExpression')
    return node.properties.flatMap((property) =>
      property.type === 'Property'
        ? [{ name: property.kind === 'init' ? keyName(property.key, property.computed) : null, value: property.value }]
        : [],
    );
  if (!isClass(node)) return [];
  return node.body.body.flatMap((member): readonly OwnValue[] => {
    if (member.type === 'StaticBlock') return [{ name: null, value: member }];
    const isValue = member.type === 'MethodDefinition' || member.type === 'PropertyDefinition';
    if (!isValue || !member.static || member.value === null) return [];
    const isAccessor = member.type === 'MethodDefinition' && member.kind !== 'method';
    return [{ name: isAccessor ? null : keyName(member.key, member.computed), value: member.value }];
  });
}

/** `o.x()`, and `o.x` as the tag of a template. */
export const isCalled = (parent: Node | null, child: Node): boolean =>
  (parent?.type === 'CallExpression' && parent.callee === child) ||
  (parent?.type === 'TaggedTemplateExpression' && parent.tag === child);

/** `F.F = F`: one variable on both sides, so that whatever it is gets itself. */
export function givesItself(file: FlowFile, value: Node, { object }: Node & { type: 'MemberExpression' }): boolean {
  const [one, other] = [bare(value), bare(object)].map((node) =>
    node.type === 'Identifier' ? file.scopes.bindingOf(node) : null,
  );
  return one !== null && one !== undefined && one === other && !file.scopes.isOpaque;
}

/** Surroundings that look at an object and keep nothing of it. */
export const HARMLESS_CONTEXTS: ReadonlySet<string> = new Set([
  ...TESTING,
  'TemplateLiteral',
  'ClassDeclaration',
  'ClassExpression',
  'ExportNamedDeclaration',
  'Program',
  'BlockStatement',
  'StaticBlock',
]);

/** Functions of the language that look at an object, or give it back. */
export const LOOKING_NATIVES =
  /^(?:Object\.(?:keys|values|entries|getOwnPropertyNames|getOwnPropertySymbols|getPrototypeOf|getOwnPropertyDescriptors?|hasOwn|create|is|isFrozen|freeze|seal|preventExtensions|setPrototypeOf)|Array\.isArray|JSON\.stringify|Reflect\.(?:ownKeys|has|get|getPrototypeOf|apply|construct)|Error\.captureStackTrace|console\.\w+|util\.inspect)$/;

/** The functions that a callee is, when it is nothing else: one that stands there, a name of one, a choice between two. */
export function functionsMeant(file: FlowFile, callee: Node, depth = 0): readonly FunctionNode[] | null {
  const value = bare(callee);
  if (isFunction(value)) return [value];
  if (depth > MAX_CHOICES) return null;
  if (value.type === 'ConditionalExpression') {
    const [one, other] = [value.consequent, value.alternate].map((each) => functionsMeant(file, each, depth + 1));
    return one === null || one === undefined || other === null || other === undefined ? null : [...one, ...other];
  }
  const declared = declaredFunction(value, file.scopes);
  if (declared !== null) return [declared];
  const binding = value.type === 'Identifier' ? file.scopes.bindingOf(value) : null;
  if (binding === null || binding.writes.length > 0 || binding.kind === 'parameter') return null;
  const [only, ...others] = valuesOf(binding) ?? [];
  return only === undefined || others.length > 0 ? null : functionsMeant(file, only, depth + 1);
}

const MAX_CHOICES = 4;

/** `(function (root, factory) { … factory() … })(this, function () { … })`, as UMD has it. */
export function factoryCall(fn: Node): { readonly fn: Node; readonly at: number } | null {
  const { parent, child } = context(fn);
  if (parent?.type !== 'CallExpression') return null;
  const callee = bare(parent.callee);
  const at = parent.arguments.findIndex((each) => each === child);
  return isFunction(callee) && at >= 0 ? { fn: callee, at } : null;
}

/** What functions have by themselves (ECMA-262, 20.2.3, 20.2.4), and what leads to them. */
export const OF_FUNCTIONS: ReadonlySet<string> = new Set(
  'apply bind call constructor arguments caller length name prototype toString valueOf __proto__'.split(' '),
);

/** What every object inherits (ECMA-262, 20.1.3 and B.2.2). */
export const OF_OBJECTS: ReadonlySet<string> = new Set(
  `constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf __proto__ __defineGetter__ __defineSetter__
  __lookupGetter__ __lookupSetter__`.split(/\s+/),
);

export function isGetter(value: Node): value is FunctionNode {
  const member = parentOf(value);
  const isMember = member?.type === 'Property' || member?.type === 'MethodDefinition';
  return isMember && member.kind === 'get' && isFunction(value);
}

/** A name of a CommonJS file that it does not declare itself. */
export const freeName = (file: FlowFile, node: Node): string | null =>
  node.type === 'Identifier' && !file.isEsm && file.scopes.bindingOf(node) === null ? node.name : null;

export const isNoneOfFunctions = (member: Node): boolean => {
  const name = memberName(member);
  return name !== null && !OF_FUNCTIONS.has(name);
};

/** `export const f = …` has readers in other files. */
export const isTopOfModule = (file: FlowFile, declarator: Node): boolean =>
  file.isEsm && parentOf(parentOf(declarator) ?? declarator)?.type.startsWith('Export') === true;

export const isWholeExport = (file: FlowFile, target: Node): boolean => {
  const left = bare(target);
  return left.type === 'MemberExpression' && memberName(left) === 'exports' && freeName(file, left.object) === 'module';
};

/** `module.exports` is read in the file itself, or handed on with `module`. */
export const hasOtherUse = (file: FlowFile): boolean =>
  (file.scopes.globals.get('module') ?? []).some((use) => {
    const { parent, child } = context(use);
    if (parent?.type !== 'MemberExpression' || parent.object !== child || memberName(parent) !== 'exports') return true;
    const { parent: above, child: member } = context(parent);
    if (above?.type === 'AssignmentExpression' && above.left === member) return false;
    // `module.exports.x = f` reads it, and calls nothing.
    return above?.type !== 'MemberExpression' || above.object !== member || !isAssigned(above);
  });

const isAssigned = (target: Node): boolean => {
  const { parent, child } = context(target);
  return parent?.type === 'AssignmentExpression' && parent.left === child;
};

export const TO_PROTOTYPES = /\b(?:getPrototypeOf|__proto__)\b/;

export const GIVES_VALUES = /^(?:Object\.(?:values|entries|getOwnPropertyDescriptors?)|Reflect\.get)$/;

/**
 * `this.constructor`, `new.target` and `arguments.callee`: the class or the function may be meant. Those of other files are searched by text
 * (`writesThroughInstances`).
 */
export function constructorsIn(file: FlowFile): readonly Node[] {
  let known = constructors.get(file);
  if (known === undefined) {
    known = file.tree.nodes.filter(
      (node) =>
        (node.type === 'MemberExpression' && ['constructor', 'callee'].includes(memberName(node) ?? '')) ||
        (node.type === 'MetaProperty' && node.meta.name === 'new'),
    );
    constructors.set(file, known);
  }
  return known;
}

const constructors = new WeakMap<FlowFile, readonly Node[]>();

/** `o[i]`, where `i` is a number. */
export function isIndex(file: FlowFile, { property, computed }: Node & { type: 'MemberExpression' }): boolean {
  const key = keyOf(file, property, computed);
  return key.name === null && key.numeric;
}

/** The name under which `Object.defineProperty(exports, 'x', { get: fn })` exports what the function gives. */
export function exportedByGetter(file: FlowFile, fn: Node): string | null {
  const property = parentOf(fn);
  if (property?.type !== 'Property' || property.value !== fn || keyName(property.key, property.computed) !== 'get')
    return null;
  const descriptor = parentOf(property);
  const call = descriptor === undefined ? undefined : parentOf(descriptor);
  if (call?.type !== 'CallExpression' || call.arguments[2] !== descriptor) return null;
  const [target, name] = call.arguments;
  const isExports = target !== undefined && freeName(file, target) === 'exports';
  return isExports && memberName(bare(call.callee)) === 'defineProperty' ? textOf(name) : null;
}

/** More names than this, and the object lies too deep in others. */
const MOST_NAMES = 3;

/** Where an object is that lies under `member` in one that is itself held under a name; `null`: too deep. */
export const within = (name: string, member: string | null): string | null =>
  member === null ? name : member.split('\0').length < MOST_NAMES ? `${name}\0${member}` : null;

export const firstOf = (member: string): string => member.split('\0', 1)[0] ?? '';

export const behind = (member: string): string | null => {
  const end = member.indexOf('\0');
  return end < 0 ? null : member.slice(end + 1);
};
