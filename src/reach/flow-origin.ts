/**
 * Backwards to where an object was made, when it is given a property that leads to the function: everybody else who has it has the
 * property too. An object whose origin is not seen is a loss.
 */
import { exported, storeInExports } from './flow-module.ts';
import { isLoose, keyOf, ownerOfThis, type FlowFile, type Site } from './flow-file.ts';
import { argumentOf, whoCanBe } from './flow-parameter.ts';
import { resolve } from './flow-resolve.ts';
import { functionsOf, type Resolved } from './resolved.ts';
import { endsOf, parametersGivenBack, returnedBy } from './returned-values.ts';
import { attach, giveHeir, giveInstance, givenToStackHook, heldBy, isError } from './flow-members.ts';
import { patternKey } from './flow-store.ts';
import {
  ANY,
  givenUnder,
  INDEX,
  inside,
  isConverted,
  isElement,
  keysIn,
  storedAs,
  under,
  type Tag,
} from './flow-tag.ts';
import type { Flow, FunctionRef, Trace } from './flow-trace.ts';
import { isAskedOfGenerators, isCalledByNatives, RETURNS_FIRST } from './natives.ts';
import type { Binding } from './scopes.ts';
import {
  bare,
  context,
  isClass,
  isFunction,
  keyName,
  parentOf,
  passedAt,
  textOf,
  type FunctionNode,
  type Node,
} from './syntax.ts';

// oxlint-disable-next-line max-lines-per-function -- one line for each kind of expression, as a table
export function storeRule(flow: Flow, trace: Trace, file: FlowFile, expression: Node, tag: Tag): void {
  const node = bare(expression);
  const back = (inner: Node): void => flow.push(trace, { kind: 'store', file, node: inner, tag });
  const forth = (): void => flow.push(trace, { kind: 'value', file, node, tag });
  switch (node.type) {
    case 'Identifier':
      return storeInName(flow, trace, file, node, tag);
    case 'MemberExpression': {
      // `x.y.z = f` gives x a y that has a z; what else the y is known by is found from x.
      const key = keyOf(file, node.property, node.computed);
      forth();
      // `({}).__proto__.run = f` gives it to everybody who inherits from the same.
      if (key.name === '__proto__')
        flow.lose(trace, { file, node, why: 'it is put into a prototype that is not seen' });
      return flow.push(trace, {
        kind: 'store',
        file,
        node: node.object,
        tag: key.name === '__proto__' ? tag : givenUnder(storedAs(key), tag),
      });
    }
    case 'ThisExpression':
    case 'Super':
      return storeInThis(flow, trace, { file, node }, tag);
    case 'ConditionalExpression':
      back(node.consequent);
      return back(node.alternate);
    case 'LogicalExpression':
      // What `&&` gives of its left side is false, and no object is (ECMA-262, 7.1.2).
      if (node.operator !== '&&') back(node.left);
      return back(node.right);
    case 'SequenceExpression': {
      const last = node.expressions.at(-1);
      return last === undefined ? undefined : back(last);
    }
    case 'AssignmentExpression':
      forth();
      return back(node.right);
    case 'NewExpression':
      forth();
      return storeInInstance(flow, trace, { file, node }, node.callee, tag);
    case 'CallExpression':
      forth();
      return storeInResult(flow, trace, file, node, tag);
    case 'Literal':
    case 'TemplateLiteral':
    case 'UnaryExpression':
    case 'BinaryExpression':
    case 'UpdateExpression':
      return ofLanguage(flow, trace, { file, node }, tag);
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
    case 'ArrowFunctionExpression':
    case 'ClassExpression':
    case 'ClassDeclaration':
      ofLanguage(flow, trace, { file, node }, tag);
      return forth();
    default:
      forth();
      flow.lose(trace, { file, node, why: 'it is put into an object whose origin is not seen' });
  }
}

/** `({}).constructor.prototype.run = f`: the class of what is written there is one of the language, and everybody has it. */
function ofLanguage(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag): void {
  const [first] = tag.path;
  if (first === undefined || !keysIn(first).includes('constructor') || hasOwnConstructor(node)) return;
  flow.lose(trace, { file, node, why: 'it is put into a class of the language, which everybody has' });
}

const hasOwnConstructor = (node: Node): boolean =>
  isClass(node) ||
  (node.type === 'ObjectExpression' &&
    node.properties.some((each) => each.type === 'Property' && keyName(each.key, each.computed) === 'constructor'));

function storeInName(flow: Flow, trace: Trace, file: FlowFile, node: Node, tag: Tag): void {
  if (node.type !== 'Identifier') return;
  const binding = file.scopes.bindingOf(node);
  if (binding !== null) {
    flow.push(trace, { kind: 'variable', file, node: binding, tag });
    originsOf(flow, trace, file, binding, tag);
    return;
  }
  const [first] = tag.path;
  if (node.name === 'exports' && !file.isEsm) storeInExports(flow, trace, file, tag, 'exports');
  else if (node.name === 'module' && !file.isEsm && first === 'exports') {
    // `module.exports = x` gives nothing to x, which has led to the function before, nor to what else the exports are set to.
    if ((tag.back & 1) === 0) exported(flow, trace, file, inside(tag));
    else storeInExports(flow, trace, file, inside(tag), 'module');
  } else if (node.name !== 'undefined')
    flow.lose(trace, { file, node, why: `it is put into ${node.name}, which everybody can read` });
}

function originsOf(flow: Flow, trace: Trace, file: FlowFile, binding: Binding, tag: Tag): void {
  for (const declaration of binding.declarations) declaredAs(flow, trace, file, binding, declaration, tag);
  for (const write of binding.writes) {
    const { parent, child } = context(write);
    if (parent?.type === 'AssignmentExpression' && parent.left === child)
      flow.push(trace, { kind: 'store', file, node: parent.right, tag });
    else if (parent?.type !== 'UpdateExpression') patternOrigin(flow, trace, file, write, tag);
  }
}

function declaredAs(flow: Flow, trace: Trace, file: FlowFile, binding: Binding, declaration: Node, tag: Tag): void {
  const parent = parentOf(declaration);
  if (parent === undefined) return;
  if (isFunction(parent) && 'id' in parent && parent.id === declaration)
    flow.push(trace, { kind: 'value', file, node: parent, tag });
  else if (isClass(parent)) flow.push(trace, { kind: 'value', file, node: parent, tag });
  else if (binding.kind === 'import') importOrigin(flow, trace, { file, node: parent }, tag);
  else patternOrigin(flow, trace, file, declaration, tag);
}

function importOrigin(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag): void {
  const statement = parentOf(node);
  const target = statement === undefined ? null : flow.world.targetOf(file, statement);
  if (target?.kind !== 'file') {
    flow.lose(trace, { file, node, why: 'it is put into a module that is not seen' });
    return;
  }
  if (node.type === 'ImportNamespaceSpecifier') storeInExports(flow, trace, target.file, tag, 'module');
  else if (node.type === 'ImportSpecifier') {
    const name = node.imported.type === 'Identifier' ? node.imported.name : textOf(node.imported);
    storeInExports(flow, trace, target.file, givenUnder(name ?? ANY, tag), 'module');
  } else storeInExports(flow, trace, target.file, target.file.isEsm ? givenUnder('default', tag) : tag, 'module');
}

/** From a name in a pattern up to what the pattern takes apart; each step is one more property. */
function patternOrigin(flow: Flow, trace: Trace, file: FlowFile, name: Node, tag: Tag): void {
  let held = tag;
  let child = name;
  for (let above = parentOf(child); above !== undefined; child = above, above = parentOf(above)) {
    switch (above.type) {
      case 'Property':
        if (patternKey(above) === '__proto__')
          flow.lose(trace, { file, node: above, why: 'it is put into a prototype that is not seen' });
        held = givenUnder(patternKey(above), held);
        break;
      case 'ArrayPattern':
        held = givenUnder(INDEX, held);
        break;
      case 'ObjectPattern':
      case 'RestElement':
        break;
      case 'AssignmentPattern':
        flow.push(trace, { kind: 'store', file, node: above.right, tag: held });
        break;
      case 'VariableDeclarator':
        if (above.init !== null) flow.push(trace, { kind: 'store', file, node: above.init, tag: held });
        else if (isLoopVariable(above)) unseen(flow, trace, file, name);
        return;
      case 'AssignmentExpression':
        flow.push(trace, { kind: 'store', file, node: above.right, tag: held });
        return;
      default:
        if (isFunction(above)) parameterOrigin(flow, trace, { file, node: child }, above, held);
        else unseen(flow, trace, file, name);
        return;
    }
  }
}

const unseen = (flow: Flow, trace: Trace, file: FlowFile, node: Node): void =>
  flow.lose(trace, { file, node, why: 'it is put into an object whose origin is not seen' });

function isLoopVariable(declarator: Node): boolean {
  const declaration = parentOf(declarator);
  const loop = declaration === undefined ? undefined : parentOf(declaration);
  return (loop?.type === 'ForOfStatement' || loop?.type === 'ForInStatement') && loop.left === declaration;
}

/** The object is an argument of whoever calls the function. */
function parameterOrigin(flow: Flow, trace: Trace, { file, node }: Site, fn: FunctionNode, tag: Tag): void {
  const at = fn.params.findIndex((each) => each === node);
  const isRest = fn.params[at]?.type === 'RestElement';
  flow.callersOf(
    trace,
    { file, node: fn },
    {
      onCall: (call) => {
        const found = isRest ? null : argumentOf(call, at);
        if (found === null)
          flow.lose(trace, { file: call.file, node: call.node, why: 'it is put into an argument that is not seen' });
        else if (found !== 'none') flow.push(trace, { kind: 'store', file: call.file, node: found, tag });
      },
      onLoss: (loss) => flow.lose(trace, loss),
    },
  );
}

const KEEPING = /^(?:Array|Map|Object|Set|WeakMap|WeakSet)$/;

function storeInInstance(flow: Flow, trace: Trace, site: Site, callee: Node, tag: Tag): void {
  const part = (each: Resolved): void => {
    for (const found of each.found) giveInstance(flow, trace, found, tag);
    if (each.natives.some(isError)) givenToStackHook(flow, trace, site, tag);
    if (each.natives.includes('Proxy')) flow.lose(trace, { ...site, why: 'the traps of a proxy get it' });
    // The elements of a typed array are numbers, whatever is assigned.
    const isNumber = isConverted(tag) && each.natives.some((name) => !KEEPING.test(name));
    if (!each.isWhole || isNumber || (each.natives.length > 0 && isCalledByNatives(tag.path) && !isElement(tag)))
      flow.lose(trace, { ...site, why: 'it is put into an instance of a class that is not seen' });
  };
  whoCanBe(flow, trace, site.file, callee, part);
}

function storeInResult(flow: Flow, trace: Trace, file: FlowFile, call: Node, tag: Tag): void {
  if (call.type !== 'CallExpression') return;
  const target = flow.world.targetOf(file, call);
  if (target.kind === 'file') {
    storeInExports(flow, trace, target.file, tag, 'module');
    return;
  }
  const known = resolve(flow.world, file, call.callee);
  storeInReturned(flow, trace, file, call, known, tag);
}

function storeInReturned(
  flow: Flow,
  trace: Trace,
  file: FlowFile,
  call: Node & { type: 'CallExpression' },
  known: Resolved,
  tag: Tag,
): void {
  const { functions, isWhole } = functionsOf(known.found);
  const [first] = call.arguments;
  for (const name of known.natives) {
    if (name === 'Object.create' && first !== undefined) giveHeir(flow, trace, { file, node: first }, tag);
    if (RETURNS_FIRST.has(name) && first !== undefined) flow.push(trace, { kind: 'store', file, node: first, tag });
    else if (name !== 'Object.create' && name !== 'Array' && name !== 'Symbol')
      flow.lose(trace, { file, node: call, why: `it is put into what ${name} gives` });
  }
  for (const fn of functions)
    if (fn.node.generator && isAskedOfGenerators(tag.path[0]))
      flow.lose(trace, { file, node: call, why: 'a loop may call it on the generator that it is given to' });
    else
      for (const value of returnedBy(fn.file, fn.node).flatMap(endsOf))
        storeInEnd(flow, trace, { file, node: call }, { fn, value }, tag);
  if (!known.isWhole || !isWhole)
    flow.lose(trace, { file, node: call, why: 'it is put into what a call gives that is not followed' });
}

/**
 * One of the things that a function gives back. A parameter is the argument of that call, and a literal that holds nothing else is made anew for
 * it; neither concerns the other calls.
 */
function storeInEnd(
  flow: Flow,
  trace: Trace,
  call: { readonly file: FlowFile; readonly node: Node & { type: 'CallExpression' } },
  { fn, value }: { readonly fn: FunctionRef; readonly value: Node },
  tag: Tag,
): void {
  const given = parametersGivenBack(fn.file, fn.node).find(
    ({ leaf, within }) => (within === null ? leaf : within.literal) === value,
  );
  const node = given === undefined ? null : passedAt(call.node, given.at);
  if (given === undefined || node === null) {
    flow.push(trace, { kind: 'store', file: fn.file, node: value, tag });
    return;
  }
  if (node === 'none') return;
  const argument = { file: call.file, node };
  if (given.within === null) flow.push(trace, { kind: 'store', ...argument, tag });
  else {
    attach(flow, trace, argument, given.within.key, tag);
    heldBy(flow, trace, argument, { name: given.within.key }, tag);
  }
}

/** `this.x = f`: the object that the function around is a method of, and every other that it is called on. */
function storeInThis(flow: Flow, trace: Trace, { file, node }: Site, tag: Tag): void {
  const owner = ownerOfThis(node);
  const value = (target: Node, held: Tag): void => flow.push(trace, { kind: 'value', file, node: target, tag: held });
  if (owner.type === 'Program') {
    if (!file.isEsm) exported(flow, trace, file, tag);
    return;
  }
  const member = isFunction(owner) ? parentOf(owner) : owner;
  const holder = member === undefined ? undefined : parentOf(member);
  const above = holder === undefined ? undefined : parentOf(holder);
  if (above !== undefined && isClass(above) && member !== undefined && holder?.type === 'ClassBody')
    value(
      above,
      'static' in member && member.static === true
        ? tag
        : member.type === 'StaticBlock'
          ? tag
          : under('prototype', tag),
    );
  else if (member?.type === 'Property' && holder?.type === 'ObjectExpression') {
    value(holder, tag);
    // `{ make: function () {} }` can be called by `new`, `{ make() {} }` cannot (ECMA-262, 10.2.10).
    if (isFunction(owner) && !member.method) flow.push(trace, { kind: 'made', file, node: owner, tag });
  } else if (isFunction(owner)) storeInMethod(flow, trace, file, owner, tag);
  if (isFunction(owner)) receivers(flow, trace, file, owner, tag);
}

/** A function that is assigned to a member is a method of that object; any other may be a constructor. */
function storeInMethod(flow: Flow, trace: Trace, file: FlowFile, fn: FunctionNode, tag: Tag): void {
  const { parent, child } = context(fn);
  if (parent?.type === 'AssignmentExpression' && parent.right === child) {
    const left = bare(parent.left);
    if (left.type === 'MemberExpression') flow.push(trace, { kind: 'store', file, node: left.object, tag });
  }
  flow.push(trace, { kind: 'made', file, node: fn, tag });
}

/** Objects on which the function is called: `fn.call(x)`, `x.fn()` where x is not the one that it was written for. */
function receivers(flow: Flow, trace: Trace, file: FlowFile, fn: FunctionNode, tag: Tag): void {
  const isMethod = isWrittenAsMethod(fn);
  flow.callersOf(
    trace,
    { file, node: fn },
    {
      onCall: ({ file: from, node, how, receiver }) => {
        // Also where it is written as a method: it may have been copied to another object and called there.
        if (receiver !== null) flow.push(trace, { kind: 'store', file: from, node: receiver, tag });
        else if (how === 'callback')
          flow.lose(trace, { file: from, node, why: 'its object is the this of a callback' });
        else if (how === 'access' && !isAccessor(fn)) {
          // A getter by a descriptor: its object is what the property is read of.
          if (node.type === 'MemberExpression') flow.push(trace, { kind: 'store', file: from, node: node.object, tag });
          else flow.lose(trace, { file: from, node, why: 'its object is the this of a getter' });
        } else if (node.type === 'CallExpression' && node.callee.type !== 'Super' && isSloppy(file, fn))
          flow.lose(trace, { file: from, node, why: 'its object is the global one, which everybody can read' });
      },
      // Code that has only the method can call it on an object of its own, which then has the value; the class's own instances are followed.
      onLoss: (loss) => (isMethod && loss.isGivenUp !== true ? undefined : flow.lose(trace, loss)),
      needsCalls: isMethod,
    },
  );
}

/** `get x() {}` in a literal or a class, which is its object. */
function isAccessor(fn: FunctionNode): boolean {
  const member = parentOf(fn);
  const isMember = member?.type === 'Property' || member?.type === 'MethodDefinition';
  return isMember && (member.kind === 'get' || member.kind === 'set');
}

function isWrittenAsMethod(fn: FunctionNode): boolean {
  const { parent, child } = context(fn);
  if (parent?.type === 'MethodDefinition' || parent?.type === 'Property') return true;
  return parent?.type === 'AssignmentExpression' && parent.right === child && parent.left.type === 'MemberExpression';
}

/** `if (!(this instanceof Server)) return new Server(…)`. */
const ASKS_WHETHER_MADE = /\b(?:this|self|that|_this)\s+instanceof\b|\bnew\.target\b/;

/**
 * Whether `this` of a plain call is the global object (ECMA-262, 10.2.1.2): not in strict code, and not where the function asks first
 * whether it was called by `new`.
 */
const isSloppy = (file: FlowFile, fn: FunctionNode): boolean =>
  !ASKS_WHETHER_MADE.test(file.tree.source.slice(fn.start, fn.end)) && isLoose(file, fn);
