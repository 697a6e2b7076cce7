/**
 * What is done with a variable, a parameter or a function of this file, where all of it is seen: who calls, who writes, who only reads.
 *
 * closed-values.ts, closed-objects.ts and listed-texts.ts read texts off what is closed. A use that is not in a list here makes the answer no.
 */
import type { Binding } from './scopes.ts';
import { dottedPath } from './global-path.ts';
import { bare, context, type FunctionNode, isFunction, memberName, type Node, parentOf } from './syntax.ts';
import type { TextReader } from './text-reader.ts';

/** `arguments[0] = …` sets a parameter as well, outside of strict mode (ECMA-262, 10.4.4). */
export const mentionsArguments = (owner: FunctionNode, { scopes }: WithScopes): boolean =>
  (scopes.globals.get('arguments') ?? []).some((node) => node.start >= owner.start && node.end <= owner.end);

/** Array methods that call back with an element first, its index second. */
export const ITERATING: ReadonlySet<string> = new Set([
  'every',
  'filter',
  'find',
  'findIndex',
  'flatMap',
  'forEach',
  'map',
  'some',
]);

type WithScopes = Pick<TextReader, 'scopes'>;

export type Call = Node & { type: 'CallExpression' | 'NewExpression' };

/** Every call of a function, when nothing else is done with it; `null` when something is. */
export function callsOf(owner: FunctionNode, { scopes }: TextReader): readonly Call[] | null {
  const names: Node[] = [];
  const { parent, child } = context(owner);
  if (owner.type === 'FunctionDeclaration') {
    if (parentOf(owner)?.type.startsWith('Export') === true || owner.id === null) return null;
  } else if (parent?.type === 'VariableDeclarator' && parent.init === child && parent.id.type === 'Identifier') {
    if (parentOf(parentOf(parent) ?? parent)?.type.startsWith('Export') === true) return null;
    names.push(parent.id);
  } else return null;
  if (owner.type !== 'ArrowFunctionExpression' && owner.id !== null) names.push(owner.id);
  const calls: Call[] = [];
  for (const name of names) {
    const binding = scopes.bindingOf(name);
    if (binding === null || scopes.isOpaque) return null;
    if (binding.writes.length > 0 || binding.declarations.length > 1) return null;
    for (const read of binding.reads) {
      const use = context(read);
      const isCall = use.parent?.type === 'CallExpression' || use.parent?.type === 'NewExpression';
      if (!isCall || use.parent.callee !== use.child) return null;
      calls.push(use.parent);
    }
  }
  return calls;
}

export type Literal = Node & { type: 'ArrayExpression' | 'ObjectExpression' };

/** The literal that a node is, or that a variable holds which nothing else changes. */
export function closedValue<T extends Literal['type']>(
  node: Node,
  reader: TextReader,
  type: T,
  isKept: (binding: Binding) => boolean = (binding) => isClosed(binding, reader),
): Extract<Node, { type: T }> | null {
  const isWanted = (value: Node): value is Extract<Node, { type: T }> => value.type === type;
  if (isWanted(node)) return node;
  const binding = node.type === 'Identifier' ? reader.scopes.bindingOf(node) : null;
  const [declaration, ...others] = binding?.declarations ?? [];
  const declarator = declaration === undefined ? undefined : parentOf(declaration);
  if (binding === null || others.length > 0 || declarator?.type !== 'VariableDeclarator') return null;
  if (declarator.init === null || declarator.id !== declaration) return null;
  const init = bare(declarator.init);
  return isWanted(init) && isKept(binding) ? init : null;
}

const READING_METHODS: ReadonlySet<string> = new Set([
  ...ITERATING,
  'concat',
  'includes',
  'indexOf',
  'join',
  'keys',
  'slice',
  'toSorted',
  'values',
  'hasOwnProperty',
]);

/** True when every use of a variable only reads what it holds. @param reads Whether a call only reads its argument. */
export function isClosed(
  binding: Binding,
  reader: WithScopes,
  reads: (call: Node, argument: Node) => boolean = () => false,
): boolean {
  const { scopes } = reader;
  if (scopes.isOpaque || binding.writes.length > 0 || binding.kind === 'parameter') return false;
  const [declaration] = binding.declarations;
  const declared =
    declaration === undefined ? undefined : parentOf(parentOf(parentOf(declaration) ?? declaration) ?? declaration);
  if (declared?.type.startsWith('Export') === true) return false;
  return binding.reads.every((read) => {
    const { parent, child } = context(read);
    switch (parent?.type) {
      case 'MemberExpression':
        return parent.object === child && isReadOnly(parent, reader);
      case 'ForOfStatement':
      case 'ForInStatement':
        return parent.right === child;
      case 'SpreadElement':
      case 'UnaryExpression':
        return true;
      case 'BinaryExpression':
        return parent.operator === 'in' || parent.operator === '===' || parent.operator === '!==';
      case 'CallExpression':
        return READS_ITS_ARGUMENT.has(dottedPath(parent.callee, scopes) ?? '') || reads(parent, child);
      default:
        return false;
    }
  });
}

const READS_ITS_ARGUMENT: ReadonlySet<string> = new Set([
  'Object.keys',
  'Object.values',
  'Array.isArray',
  'Object.freeze',
]);

/** The third argument of such a callback is the list itself (ECMA-262, 23.1.3.15), which it may change. */
function mayTakeList(callback: Node | undefined, reader: WithScopes): boolean {
  if (callback === undefined || dottedPath(callback, reader.scopes) !== null) return false;
  const fn = functionOf(bare(callback), reader);
  if (fn === null) return true;
  return fn.params.length > 2 || fn.params.some(({ type }) => type === 'RestElement') || mentionsArguments(fn, reader);
}

function functionOf(value: Node, { scopes }: WithScopes): FunctionNode | null {
  if (isFunction(value)) return value;
  const binding = value.type === 'Identifier' ? scopes.bindingOf(value) : null;
  const [declaration, ...others] = binding?.declarations ?? [];
  const parent = declaration === undefined ? undefined : parentOf(declaration);
  if (binding === null || parent === undefined || others.length > 0 || binding.writes.length > 0) return null;
  if (isFunction(parent)) return parent.params.some((each) => each === declaration) ? null : parent;
  const init = parent.type === 'VariableDeclarator' && parent.init !== null ? bare(parent.init) : null;
  return init !== null && isFunction(init) ? init : null;
}

export function isReadOnly(member: Node, reader: WithScopes): boolean {
  const { parent, child } = context(member);
  switch (parent?.type) {
    case 'AssignmentExpression':
      return parent.left !== child;
    case 'UpdateExpression':
      return false;
    case 'UnaryExpression':
      return parent.operator !== 'delete';
    case 'CallExpression': {
      const method = memberName(member) ?? '';
      if (parent.callee !== child || !READING_METHODS.has(method)) return parent.callee !== child;
      return !ITERATING.has(method) || !mayTakeList(parent.arguments[0], reader);
    }
    case 'ForOfStatement':
    case 'ForInStatement':
    case 'AssignmentPattern':
      return parent.left !== child;
    // The tag of a template is a call: list.push`x`.
    case 'TaggedTemplateExpression':
      return parent.tag !== child;
    case 'ArrayPattern':
    case 'RestElement':
      return false;
    case 'Property':
      return parentOf(parent)?.type !== 'ObjectPattern' || parent.key === child;
    default:
      return true;
  }
}
