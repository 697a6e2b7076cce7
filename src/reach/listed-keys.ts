/**
 * Names that come of a list of texts which stands in the code: `each(['map', 'pick'], function (name) { api[name] = f; })`, `for (const name of NAMES)`.
 *
 * Each step names what it has to see. The list is a literal that nobody else has; the callback is written where the list is handed over, so that only
 * what gets the list calls it; and what calls it is a method of arrays, or a function of this file that calls it with elements of the list and does
 * nothing else with it. flow-file.ts asks, for the keys of properties.
 */
import { isClosed, ITERATING, mentionsArguments } from './closed-bindings.ts';
import { declaredFunction } from './declared-function.ts';
import type { Binding, Scopes } from './scopes.ts';
import {
  bare,
  context,
  functionAround,
  isFunction,
  memberName,
  parentOf,
  textOf,
  type FunctionNode,
  type Node,
} from './syntax.ts';

/** The names that a variable can hold, `undefined` among them: an index may be one too many. `null`: it may hold others. */
export function listedNames(binding: Binding, scopes: Scopes): readonly string[] | null {
  const list = scopes.isOpaque
    ? null
    : binding.kind === 'parameter'
      ? listPassed(binding, scopes)
      : listLooped(binding);
  const texts = list === null ? null : textsIn(list, scopes);
  return texts === null || texts.length > MOST_NAMES ? null : ['undefined', '', ...texts];
}

const MOST_NAMES = 100;

/** The texts of an array that is written down, and that nobody changes where it has a name. */
function textsIn(list: Node, scopes: Scopes): readonly string[] | null {
  const value = bare(list);
  if (value.type === 'Identifier') {
    const binding = scopes.bindingOf(value);
    const declarator = binding?.declarations.length === 1 ? parentOf(binding.declarations[0] ?? value) : undefined;
    if (binding === null || declarator?.type !== 'VariableDeclarator' || declarator.init === null) return null;
    const init = bare(declarator.init);
    const isLiteral = declarator.id.type === 'Identifier' && init.type === 'ArrayExpression';
    return isLiteral && isClosed(binding, { scopes }) ? textsIn(init, scopes) : null;
  }
  if (value.type !== 'ArrayExpression') return null;
  const texts = value.elements.map((element) => (element === null ? null : textOf(element)));
  return texts.every((text) => text !== null) ? texts : null;
}

/** The list of `for (const name of LIST)`, where the variable is set by nothing else. */
function listLooped({ declarations, writes }: Binding): Node | null {
  const [declaration, ...others] = declarations;
  const declarator = declaration === undefined ? undefined : parentOf(declaration);
  const statement = declarator?.type === 'VariableDeclarator' && declarator.init === null ? parentOf(declarator) : null;
  const loop = statement === null || statement === undefined ? undefined : parentOf(statement);
  const isPlain = declarator?.type === 'VariableDeclarator' && declarator.id === declaration;
  if (!isPlain || others.length > 0 || writes.length > 0) return null;
  return loop?.type === 'ForOfStatement' && loop.left === statement && !loop.await ? loop.right : null;
}

/** The list whose elements a parameter is, where its function stands in a call as the callback of that list. */
function listPassed({ declarations, writes, scope: fn }: Binding, scopes: Scopes): Node | null {
  if (!isFunction(fn) || declarations.length !== 1 || writes.length > 0 || mentionsArguments(fn, { scopes }))
    return null;
  const at = fn.params.findIndex((parameter) => parameter === declarations[0]);
  if (at < 0 || isReadByItself(fn, scopes) || fn.generator || fn.async) return null;
  const { parent: call, child } = context(fn);
  if (call?.type !== 'CallExpression' || call.callee === child) return null;
  const position = call.arguments.findIndex((each) => bare(each) === fn);
  if (call.arguments.slice(0, position + 1).some(({ type }) => type === 'SpreadElement')) return null;
  const callee = bare(call.callee);
  if (callee.type === 'MemberExpression') {
    const isNative = position === 0 && at === 0 && ITERATING.has(memberName(callee) ?? '');
    return isNative && !takesList(fn) ? callee.object : null;
  }
  const helper = declaredFunction(callee, scopes);
  const list = helper === null ? null : listIterated(helper, { at, callback: position }, scopes);
  return list === null || takesList(fn) ? null : (call.arguments[list] ?? null);
}

/** Whoever gets the list as well could change it. */
const takesList = (callback: FunctionNode): boolean =>
  callback.params.length > 2 || callback.params.some(({ type }) => type === 'RestElement');

const isReadByItself = (fn: FunctionNode, scopes: Scopes): boolean =>
  fn.type === 'FunctionDeclaration' ||
  (fn.type === 'FunctionExpression' && fn.id !== null && (scopes.bindingOf(fn.id)?.reads.length ?? 1) > 0);

/**
 * `function each(list, callback) { … callback(list[i], i, list) … }`: the position of the list whose elements the callback gets, where it is only
 * called, and the list only read.
 */
function listIterated(
  helper: FunctionNode,
  { at, callback }: { readonly at: number; readonly callback: number },
  scopes: Scopes,
): number | null {
  if (helper.async || helper.generator || mentionsArguments(helper, { scopes })) return null;
  const called = parameterAt(helper, callback, scopes);
  if (called === null) return null;
  const lists = new Set<Binding | null>();
  for (const read of called.reads) {
    const { parent, child } = context(read);
    if (parent?.type === 'UnaryExpression' && parent.operator === 'typeof') continue;
    if (parent?.type !== 'CallExpression' || parent.callee !== child) return null;
    const given = parent.arguments.slice(0, at + 1).some(({ type }) => type === 'SpreadElement')
      ? undefined
      : parent.arguments[at];
    const element = given === undefined ? null : bare(given);
    const isElement = element?.type === 'MemberExpression' && element.computed && element.object.type === 'Identifier';
    lists.add(isElement ? scopes.bindingOf(element.object) : null);
  }
  const [list, ...others] = lists;
  if (list === undefined || list === null || others.length > 0) return null;
  const position = helper.params.findIndex((parameter) => parameter === list.declarations[0]);
  const isParameter = position >= 0 && position !== callback && parameterAt(helper, position, scopes) === list;
  return isParameter && list.reads.every((read) => isOnlyRead(read, called, scopes)) ? position : null;
}

/** The variable of a plain parameter that nothing else sets. */
function parameterAt(fn: FunctionNode, at: number, scopes: Scopes): Binding | null {
  const parameter = fn.params[at];
  const binding = parameter?.type === 'Identifier' ? scopes.bindingOf(parameter) : null;
  return binding !== null && binding.writes.length === 0 && binding.declarations.length === 1 ? binding : null;
}

/**
 * Whether the list is done with when the function gives it back: then whoever gets it changes nothing any more. A callback that is called in an inner function may
 * be called later.
 */
const isCalledAtOnce = (helper: FunctionNode, called: Binding): boolean =>
  called.reads.every((read) => functionAround(read) === helper);

/** `list[i]`, `list.length`, `list == null`, and the list as a later argument of the callback, which does not take it. */
function isOnlyRead(read: Node, called: Binding, scopes: Scopes): boolean {
  const { parent, child } = context(read);
  switch (parent?.type) {
    case 'BinaryExpression':
      return /^[!=]==?$/.test(parent.operator);
    case 'UnaryExpression':
      return parent.operator === '!' || parent.operator === 'typeof';
    case 'ReturnStatement':
      return isFunction(called.scope) && isCalledAtOnce(called.scope, called);
    case 'CallExpression':
      return (
        parent.callee.type === 'Identifier' &&
        scopes.bindingOf(parent.callee) === called &&
        parent.arguments.findIndex((each) => each === child) > 1
      );
    case 'MemberExpression': {
      const { parent: above, child: member } = context(parent);
      const isCalled =
        (above?.type === 'CallExpression' && above.callee === member) ||
        (above?.type === 'TaggedTemplateExpression' && above.tag === member);
      const isSet = above?.type === 'AssignmentExpression' && above.left === member;
      const isChanged = isSet || above?.type === 'UpdateExpression' || above?.type.endsWith('Pattern') === true;
      return (
        parent.object === child &&
        !isCalled &&
        !isChanged &&
        !/^(?:Property|For(?:In|Of)Statement|RestElement)$/.test(above?.type ?? '') &&
        !(above?.type === 'UnaryExpression' && above.operator === 'delete')
      );
    }
    default:
      return false;
  }
}
