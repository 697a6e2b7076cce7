/**
 * Who has a function under a name: every place in code that may run where an object gets a property of that name.
 *
 * The value flow asks it of `x.run(…)` where it does not know what x is (flow-by-name.ts). A method is called by a name only if some object
 * was given it under that name: by an assignment, a literal, a class, an export, a descriptor. Those of all files are listed here, and told
 * as their bodies come to run (flow-live.ts). A property whose name is computed may be one of any name; a copy under the same name
 * (`to[key] = from[key]`, spreads, `Object.assign`) adds none. Whatever gives objects properties in another way makes the answer open.
 */
import { exportsOf, givenByGetter } from './exported-values.ts';
import { keyOf, type FlowFile, type Site } from './flow-file.ts';
import { copiesDescriptor, copiesName } from './flow-keyed.ts';
import { bodyAround, type Body } from './flow-body.ts';
import { endsOf } from './returned-values.ts';
import { matchesName, UNKNOWN_KEY, type Key } from './flow-tag.ts';
import { bare, context, functionAround, memberName, parentOf, textOf, type FunctionNode, type Node } from './syntax.ts';

/** `value` is `null` where anything could be it. */
interface Definition {
  readonly key: Key;
  readonly value: Site | null;
}

type Found = (value: Site | null) => void;

export interface Members {
  /**
   * Tells of every value that an object may have under the name, as the code comes to run; `null`: of one that is not seen.
   *
   * @param isIdle Whether a value does not matter.
   */
  readonly named: (name: string, found: Found, isIdle: (value: Site) => boolean) => void;
}

interface Placed extends Definition {
  readonly body: Body;
}

/** @param whenAlive Calls back once it is known that a body may run. */
export function membersByName(
  files: readonly FlowFile[],
  hidden: readonly Site[],
  whenAlive: (body: Body, then: () => void) => void,
): Members {
  const exact = new Map<string, Placed[]>();
  const bounded: Placed[] = [];
  for (const file of files)
    for (const [fn, definitions] of definitionsOf(file))
      for (const definition of definitions) {
        const placed: Placed = { ...definition, body: { file, fn } };
        const { name } = definition.key;
        const list = name === null ? bounded : exact.get(name);
        if (list !== undefined) list.push(placed);
        else if (name !== null) exact.set(name, [placed]);
      }
  return {
    named: (name, found, isIdle) => {
      const all = [...(exact.get(name) ?? []), ...bounded.filter(({ key }) => matchesName(key, name))];
      for (const { body, value } of all) if (value === null || !isIdle(value)) whenAlive(body, () => found(value));
      for (const site of hidden) whenAlive(bodyAround(site), () => found(null));
    },
  };
}

const byFile = new WeakMap<FlowFile, ReadonlyMap<FunctionNode | null, readonly Definition[]>>();

function definitionsOf(file: FlowFile): ReadonlyMap<FunctionNode | null, readonly Definition[]> {
  let known = byFile.get(file);
  if (known === undefined) byFile.set(file, (known = findDefinitions(file)));
  return known;
}

/** By the function in whose body they stand; those of exports stand at the top. */
function findDefinitions(file: FlowFile): ReadonlyMap<FunctionNode | null, readonly Definition[]> {
  const found = new Map<FunctionNode | null, Definition[]>();
  const add = (node: Node | null, all: readonly Definition[]): void => {
    if (all.length === 0) return;
    const body = node === null ? null : functionAround(node);
    const known = found.get(body);
    if (known === undefined) found.set(body, [...all]);
    else for (const one of all) known.push(one);
  };
  for (const node of file.tree.nodes) add(node, definedBy(file, node));
  if (file.isEsm) {
    const { values, passedOn, isWhole } = exportsOf(file);
    for (const [name, nodes] of values)
      add(
        null,
        nodes.map((node) => ({ key: { name }, value: { file, node } })),
      );
    // `export { a as b } from 'x'`: what has the name a there is listed there, and has another name here.
    for (const { as, name } of passedOn)
      if (as !== null && as !== name) add(null, [{ key: { name: as }, value: null }]);
    if (!isWhole) add(null, OPEN);
  }
  return found;
}

const OPEN: readonly Definition[] = [{ key: UNKNOWN_KEY, value: null }];

function definedBy(file: FlowFile, node: Node): readonly Definition[] {
  const one = (key: Key, value: Node | null): readonly Definition[] =>
    value === null ? [{ key, value }] : given(file, key, value);
  switch (node.type) {
    case 'AssignmentExpression':
      return assigned(file, node.left, node.right, node.operator);
    case 'ForInStatement':
    case 'ForOfStatement':
      return targetsIn(file, node.left);
    case 'Property': {
      if (parentOf(node)?.type !== 'ObjectExpression') return [];
      return one(keyOf(file, node.key, node.computed), node.kind === 'init' ? node.value : null);
    }
    case 'MethodDefinition':
      return node.kind === 'constructor'
        ? []
        : one(
            keyOf(file, node.key, node.computed),
            node.kind === 'method' && node.decorators.length === 0 ? node.value : null,
          );
    case 'PropertyDefinition':
      return one(keyOf(file, node.key, node.computed), node.decorators.length === 0 ? node.value : null);
    case 'AccessorProperty':
    case 'JSXAttribute':
    case 'JSXSpreadAttribute':
    case 'TSModuleDeclaration':
    case 'TSParameterProperty':
    case 'TSEnumDeclaration':
    case 'WithStatement':
      return OPEN;
    case 'ClassDeclaration':
    case 'ClassExpression':
      return node.decorators.length > 0 ? OPEN : [];
    case 'MemberExpression':
      return throughMember(file, node);
    case 'Identifier':
      return throughName(file, node);
    case 'Literal':
      return DEFINERS.has(textOf(node) ?? '') && parentOf(node)?.type !== 'MemberExpression' ? OPEN : [];
    case 'CallExpression':
      // The second argument of JSON.parse makes values of its own.
      return node.callee.type === 'MemberExpression' && isNamed(node.callee.object, 'JSON') && node.arguments.length > 1
        ? OPEN
        : [];
    default:
      return [];
  }
}

function assigned(file: FlowFile, left: Node, right: Node, operator: string): readonly Definition[] {
  const target = bare(left);
  // A name that nobody declares becomes a property of the global object (ECMA-262, 9.1.1.4).
  if (target.type === 'Identifier')
    return isUndeclared(file, target) ? [{ key: { name: target.name }, value: { file, node: right } }] : [];
  if (target.type !== 'MemberExpression') return targetsIn(file, target);
  if (copiesName(file, target, right)) return [];
  if (!['=', '||=', '&&=', '??='].includes(operator)) return [];
  return given(file, keyOf(file, target.property, target.computed), right);
}

/**
 * The values of which one comes to have the name. `x.run = x.run || y.run` gives none that has not the name already, from wherever y has it; what a
 * module of the CommonJS kind has as its `default` it says nowhere.
 */
function given(file: FlowFile, key: Key, value: Node): readonly Definition[] {
  const { name } = key;
  const isKnown = (end: Node): boolean =>
    name !== null &&
    name !== 'default' &&
    end.type === 'MemberExpression' &&
    keyOf(file, end.property, end.computed).name === name;
  return endsOf(value).flatMap((end) => (isKnown(end) ? [] : [{ key, value: { file, node: end } }]));
}

const isUndeclared = (file: FlowFile, name: Node): boolean => !file.isEsm && file.scopes.bindingOf(name) === null;

/** A pattern that takes a value apart into properties: `[x.run] = list`. */
function targetsIn(file: FlowFile, pattern: Node): readonly Definition[] {
  const target = bare(pattern);
  switch (target.type) {
    case 'MemberExpression':
      return [{ key: keyOf(file, target.property, target.computed), value: null }];
    case 'Identifier':
      return isUndeclared(file, target) ? [{ key: { name: target.name }, value: null }] : [];
    case 'ArrayPattern':
      return target.elements.flatMap((element) => (element === null ? [] : targetsIn(file, element)));
    case 'ObjectPattern':
      return target.properties.flatMap((property) =>
        targetsIn(file, property.type === 'Property' ? property.value : property.argument),
      );
    case 'AssignmentPattern':
      return targetsIn(file, target.left);
    case 'RestElement':
      return targetsIn(file, target.argument);
    default:
      return [];
  }
}

/** What gives an object properties when it is called, by the name under which the language has it. */
const DEFINERS: ReadonlySet<string> = new Set([
  'defineProperty',
  'defineProperties',
  'fromEntries',
  '__defineGetter__',
  '__defineSetter__',
  '__proto__',
  'super_',
]);

/** The objects that have them: who gets hold of one may call them by a computed name. */
const HOLDERS: ReadonlySet<string> = new Set(['Object', 'Reflect', 'Proxy', 'JSON']);

const isNamed = (node: Node, name: string): boolean => node.type === 'Identifier' && node.name === name;

const GLOBALS: ReadonlySet<string> = new Set(['global', 'globalThis']);

/** `x.constructor` may be `Object` itself. It is not passed on where it is called, compared, set, or one of its properties is read. */
function isPassedOn(node: Node): boolean {
  const { parent, child } = context(node);
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.object !== child;
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee !== child && memberName(bare(parent.callee)) !== 'captureStackTrace';
    case 'AssignmentExpression':
      return parent.left !== child;
    case 'BinaryExpression':
    case 'UnaryExpression':
      return false;
    default:
      return true;
  }
}

function throughMember(file: FlowFile, node: Node): readonly Definition[] {
  const name = memberName(node);
  if (node.type !== 'MemberExpression') return [];
  if (name === null) {
    const inner = memberName(bare(node.object));
    const isHolder =
      node.object.type === 'Identifier' && (HOLDERS.has(node.object.name) || GLOBALS.has(node.object.name));
    const isDefiner = DEFINERS.has(keyOf(file, node.property, node.computed).name ?? '');
    return isHolder || isDefiner || inner === 'constructor' ? OPEN : [];
  }
  if (HOLDERS.has(name) || (name === 'constructor' && isPassedOn(node))) return OPEN;
  const isOfReflect = node.object.type === 'Identifier' && node.object.name === 'Reflect' && name === 'set';
  const call = context(node).parent;
  if (name === 'create' && call?.type === 'CallExpression' && call.arguments.length > 1) return OPEN;
  if (!DEFINERS.has(name) && !isOfReflect) return [];
  if (call?.type === 'CallExpression' && bare(call.callee) === node) {
    if (name === 'defineProperty') return described(file, call.arguments[1], call.arguments[2]);
    if (name === 'defineProperties') return allDescribed(file, call.arguments[1]);
  }
  if (call?.type === 'AssignmentExpression' && bare(call.left) === node) return [];
  return call?.type === 'UnaryExpression' || (call?.type === 'IfStatement' && call.test === node) ? [] : OPEN;
}

function allDescribed(file: FlowFile, descriptors: Node | undefined): readonly Definition[] {
  if (descriptors?.type !== 'ObjectExpression') return OPEN;
  return descriptors.properties.flatMap((property) =>
    property.type === 'Property' && !property.computed ? described(file, property.key, property.value, false) : OPEN,
  );
}

/** `Object.defineProperty(x, 'run', { value: f })`. */
function described(
  file: FlowFile,
  name: Node | undefined,
  descriptor: Node | undefined,
  isComputed = true,
): readonly Definition[] {
  if (name === undefined || name.type === 'SpreadElement' || descriptor === undefined) return OPEN;
  const key = keyOf(file, name, isComputed);
  if (isComputed && copiesDescriptor(file, name, descriptor)) return [];
  if (descriptor.type !== 'ObjectExpression') return [{ key, value: null }];
  let value: Node | null = null;
  for (const property of descriptor.properties) {
    const part = property.type === 'Property' ? keyOf(file, property.key, property.computed).name : null;
    const given = property.type === 'Property' && part === 'get' ? givenByGetter(property.value) : null;
    if (part === null || part === 'set' || (part === 'get' && given === null) || property.type !== 'Property')
      return [{ key, value: null }];
    if (part === 'value' || part === 'get') value = given ?? property.value;
  }
  return value === null ? [] : [{ key, value: { file, node: value } }];
}

/** `Object`, `Reflect` and `Proxy` as values, and definers that are named in a pattern or as a text. */
function throughName(file: FlowFile, node: Node): readonly Definition[] {
  if (node.type !== 'Identifier') return [];
  const parent = parentOf(node);
  if (DEFINERS.has(node.name) && parent?.type === 'Property' && parentOf(parent)?.type === 'ObjectPattern') return OPEN;
  if (file.scopes.bindingOf(node) !== null) return [];
  // What is exported there has names that no code says.
  if (node.name === 'WebAssembly') return OPEN;
  if (!HOLDERS.has(node.name)) return [];
  switch (parent?.type) {
    case 'MemberExpression':
      return [];
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee === node && node.name === 'Object' ? [] : OPEN;
    case 'BinaryExpression':
      return parent.operator === 'instanceof' ? [] : OPEN;
    case 'UnaryExpression':
      return [];
    case 'Property':
      return parent.key === node && parent.value !== node && !parent.computed ? [] : OPEN;
    default:
      return OPEN;
  }
}
