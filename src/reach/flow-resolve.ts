/**
 * Backwards: which functions an expression can be. The value flow asks it of callees, before it follows an argument into them.
 *
 * The answer is complete or says that it is not. It reads definitions only (declarations, assignments of variables, members of
 * literals, exports); where a definition is not seen the callee is not known, and the caller gives the argument up as lost.
 */
import { type FlowFile, type Site, valuesOf } from './flow-file.ts';
import { calledOnTheSpot, mayBeCalledAgain } from './call-on-the-spot.ts';
import { isGlobal } from './native-globals.ts';
import { exportsOf, isOwnExport, isOwnExports, nameOf, WHOLE_EXPORT, type Exports } from './exported-values.ts';
import type { FlowWorld, FunctionRef } from './flow-trace.ts';
import { OF_FUNCTIONS, OF_OBJECTS } from './held-places.ts';
import { writtenTo, writtenToExports } from './flow-steady.ts';
import type { Written } from './held-walk.ts';
import { isNamespace, moduleOf } from './module-named.ts';
import { hasOwn, hasStaticField, isNone, join, native, NOTHING, one, type Resolved, UNSEEN } from './resolved.ts';
import { parametersGivenBack, returnedBy } from './returned-values.ts';
import type { Binding } from './scopes.ts';
import { isMarked } from './module-mark.ts';
import { callMeant, isFreshThis, markedGivenBack, wrapping } from './wrapped-module.ts';
import {
  bare,
  context,
  isClass,
  isFunction,
  keyName,
  memberName,
  parentOf,
  passedAt,
  type FunctionNode,
  type Node,
} from './syntax.ts';

/** Definitions are followed through so many others. */
const MAX_DEPTH = 12;

export function resolve(world: FlowWorld, file: FlowFile, node: Node): Resolved {
  const { found, natives, isWhole } = resolveValue(world, file, node, 0);
  const kept = natives.filter((name) => !world.replacesNative(name));
  return { found, natives: kept, isWhole: isWhole && kept.length === natives.length };
}

/**
 * The answers that are known, by the depth at which they were asked for: how far definitions are followed from there hangs on it.
 * Variables that are assigned from each other are asked for along every way between them, and without this the ways multiply.
 */
const answers = new WeakMap<FlowWorld, Map<object | string, Resolved>[]>();

function known(world: FlowWorld, key: object | string, depth: number, answer: () => Resolved): Resolved {
  let depths = answers.get(world);
  if (depths === undefined) answers.set(world, (depths = Array.from({ length: MAX_DEPTH + 1 }, () => new Map())));
  const before = depths[depth]?.get(key);
  if (before !== undefined) return before;
  const resolved = answer();
  depths[depth]?.set(key, resolved);
  return resolved;
}

function resolveValue(world: FlowWorld, file: FlowFile, expression: Node, depth: number): Resolved {
  if (depth > MAX_DEPTH) return UNSEEN;
  const node = bare(expression);
  if (isFunction(node) || isClass(node)) return one(file, node);
  return known(world, node, depth, () => resolveExpression(world, file, node, depth));
}

function resolveExpression(world: FlowWorld, file: FlowFile, node: Node, depth: number): Resolved {
  const next = (inner: Node): Resolved => resolveValue(world, file, inner, depth + 1);
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'UnaryExpression':
    case 'BinaryExpression':
      return NOTHING;
    case 'ObjectExpression':
    case 'ArrayExpression':
      return one(file, node);
    case 'ConditionalExpression':
      return join([next(node.consequent), next(node.alternate)]);
    case 'LogicalExpression':
      // What `&&` gives of its left side is nothing that could be called or have members.
      return node.operator === '&&' ? next(node.right) : join([next(node.left), next(node.right)]);
    case 'SequenceExpression': {
      const last = node.expressions.at(-1);
      return last === undefined ? UNSEEN : next(last);
    }
    case 'AssignmentExpression':
      return node.operator === '=' ? next(node.right) : UNSEEN;
    case 'Identifier':
      return resolveName(world, file, node, depth);
    case 'MemberExpression': {
      const name = memberName(node);
      return name === null ? UNSEEN : resolveMember(world, file, node.object, name, depth + 1);
    }
    case 'CallExpression':
      return resolveRequest(world, file, node, depth) ?? resolveResult(world, file, node, depth);
    default:
      return UNSEEN;
  }
}

function resolveName(world: FlowWorld, file: FlowFile, node: Node, depth: number): Resolved {
  if (node.type !== 'Identifier') return UNSEEN;
  const binding = file.scopes.bindingOf(node);
  if (binding !== null) return known(world, binding, depth, () => resolveBinding(world, file, binding, depth));
  if (node.name === 'undefined') return NOTHING;
  return isGlobal(node.name) ? native(node.name) : UNSEEN;
}

function resolveBinding(world: FlowWorld, file: FlowFile, binding: Binding, depth: number): Resolved {
  const written = (): Resolved => {
    const values = binding.writes.map((write) => {
      const { parent, child } = context(write);
      return parent?.type === 'AssignmentExpression' && parent.left === child && parent.operator === '='
        ? resolveValue(world, file, parent.right, depth + 1)
        : UNSEEN;
    });
    return join(values);
  };
  switch (binding.kind) {
    case 'function':
    case 'class':
    case 'self': {
      const declared = binding.declarations.map((identifier) => {
        const parent = parentOf(identifier);
        if (parent === undefined) return UNSEEN;
        if (isFunction(parent) || isClass(parent))
          // A parameter of the same name is no declaration of the function around.
          return 'id' in parent && parent.id === identifier ? one(file, parent) : UNSEEN;
        // `var` and `function` of one name share a binding.
        return parent.type === 'VariableDeclarator' && parent.id === identifier
          ? parent.init === null
            ? NOTHING
            : resolveValue(world, file, parent.init, depth + 1)
          : UNSEEN;
      });
      return join([...declared, written()]);
    }
    case 'import':
      return resolveImport(world, file, binding, depth);
    case 'parameter':
      return join([resolveParameter(world, file, binding, depth), written()]);
    case 'var':
    case 'let':
    case 'const':
      return resolveVariable(world, file, binding, depth);
    case 'catch':
    case 'enum':
      return UNSEEN;
  }
}

function resolveVariable(world: FlowWorld, file: FlowFile, binding: Binding, depth: number): Resolved {
  const values = valuesOf(binding);
  if (values !== null) return join(values.map((value) => resolveValue(world, file, value, depth + 1)));
  // `const { a } = require('x')`, where that is all there is.
  const [declaration, ...others] = binding.declarations;
  if (declaration === undefined || others.length > 0 || binding.writes.length > 0) return UNSEEN;
  const property = parentOf(declaration);
  const pattern = property === undefined ? undefined : parentOf(property);
  const declarator = pattern === undefined ? undefined : parentOf(pattern);
  if (property?.type !== 'Property' || property.value !== declaration) return UNSEEN;
  if (declarator?.type !== 'VariableDeclarator' || declarator.id !== pattern || declarator.init === null) return UNSEEN;
  const name = keyName(property.key, property.computed);
  return name === null ? UNSEEN : resolveMember(world, file, declarator.init, name, depth + 1);
}

/** A parameter of a function that is called on the spot and by nobody else: `(function (root, factory) { … })(this, function () {})`. */
function resolveParameter(world: FlowWorld, file: FlowFile, binding: Binding, depth: number): Resolved {
  const fn = binding.scope;
  if (!isFunction(fn) || (fn.type === 'FunctionExpression' && fn.id !== null) || fn.type === 'FunctionDeclaration')
    return UNSEEN;
  // `function (a) { var a = f; function a() {} }`: one variable with several values.
  const [declaration, ...others] = binding.declarations;
  if (others.length > 0) return UNSEEN;
  const at = fn.params.findIndex((parameter) => parameter === declaration);
  const call = calledOnTheSpot(fn);
  if (
    at < 0 ||
    call === null ||
    mayBeCalledAgain(file, fn) ||
    call.arguments.some(({ type }) => type === 'SpreadElement')
  )
    return UNSEEN;
  const argument = call.arguments[at + call.shift];
  return argument === undefined ? NOTHING : resolveValue(world, file, argument, depth + 1);
}

function resolveImport(world: FlowWorld, file: FlowFile, binding: Binding, depth: number): Resolved {
  const [declaration] = binding.declarations;
  const specifier = declaration === undefined ? undefined : parentOf(declaration);
  const statement = specifier === undefined ? undefined : parentOf(specifier);
  if (specifier === undefined || statement?.type !== 'ImportDeclaration') return UNSEEN;
  const target = world.targetOf(file, statement);
  if (specifier.type === 'ImportNamespaceSpecifier') return target.kind === 'native' ? native(target.name) : UNSEEN;
  const name = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default';
  if (name === null) return UNSEEN;
  if (target.kind === 'native') return native(name === 'default' ? target.name : `${target.name}.${name}`);
  return target.kind === 'file' ? resolveImported(world, target.file, name, depth) : UNSEEN;
}

/** The `default` that `import` gives of a CommonJS file is its whole export, whatever it calls `default` itself (nodejs.org/api/esm.html). */
const resolveImported = (world: FlowWorld, file: FlowFile, name: string, depth: number): Resolved =>
  resolveExport(world, file, name === 'default' && !file.isEsm ? null : name, depth + 1);

/** What `require('x')` itself is: a module whose whole export is one function or object. */
function resolveRequest(world: FlowWorld, file: FlowFile, node: Node, depth: number): Resolved | null {
  if (node.type !== 'CallExpression') return null;
  const target = world.targetOf(file, node);
  if (target.kind === 'native') return native(target.name);
  if (target.kind === 'unknown') return null;
  return target.file.isEsm ? UNSEEN : resolveExport(world, target.file, null, depth + 1);
}

/** What a call gives, where it is a function that its callee makes: `createAggregator(…)`, `f.bind(x)`. */
function resolveResult(world: FlowWorld, file: FlowFile, node: Node, depth: number): Resolved {
  if (node.type !== 'CallExpression' || depth > MAX_CALL_DEPTH) return UNSEEN;
  const callee = bare(node.callee);
  if (callee.type === 'MemberExpression' && memberName(callee) === 'bind')
    return resolveBound(world, file, node, callee.object, depth);
  const made = resolveValue(world, file, callee, depth + 1);
  // An object that is made there; what it inherits and is given later is for whoever asks (giveHeir).
  if (made.isWhole && made.found.length === 0 && made.natives.every((name) => name === 'Object.create'))
    return made.natives.length === 0 ? UNSEEN : one(file, node);
  if (!made.isWhole || made.natives.length > 0 || made.found.length === 0) return UNSEEN;
  return join(
    made.found.map((each) => {
      if (!isFunction(each.node) || each.node.async || each.node.generator) return UNSEEN;
      const values = returnedBy(each.file, each.node);
      return values.length === 0 || values.length > MAX_RETURNS
        ? UNSEEN
        : join(
            values.map((value) =>
              resolveReturned(
                world,
                { file, node },
                { file: each.file, node: each.node as FunctionNode },
                value,
                depth,
              ),
            ),
          );
    }),
  );
}

/** One of the values that a function gives back to a call: a parameter that it gives back is the argument of that call. */
function resolveReturned(
  world: FlowWorld,
  call: { readonly file: FlowFile; readonly node: Node & { type: 'CallExpression' } },
  fn: FunctionRef,
  value: Node,
  depth: number,
): Resolved {
  const node = bare(value);
  const next = (inner: Node): Resolved => resolveReturned(world, call, fn, inner, depth);
  if (node.type === 'ConditionalExpression') return join([next(node.consequent), next(node.alternate)]);
  const given =
    node.type === 'Identifier'
      ? parametersGivenBack(fn.file, fn.node).find(({ leaf, within }) => leaf === node && within === null)
      : undefined;
  if (given === undefined) return resolveValue(world, fn.file, node, depth + 1);
  const argument = passedAt(call.node, given.at);
  if (argument === null) return UNSEEN;
  return argument === 'none' ? NOTHING : resolveValue(world, call.file, argument, depth + 1);
}

/** `f.bind(x)`: f itself, unless the object, the class or the function was given a `bind` by the program, or arguments of its own come first. */
function resolveBound(
  world: FlowWorld,
  file: FlowFile,
  { arguments: given }: Node & { type: 'CallExpression' },
  target: Node,
  depth: number,
): Resolved {
  if (given.length > 1) return UNSEEN;
  const bound = resolveValue(world, file, target, depth + 1);
  return hasOwn(file, bound, 'bind') ? UNSEEN : bound;
}

/** Each result may ask for others, so this goes less deep than definitions do. */
const MAX_CALL_DEPTH = 4;
const MAX_RETURNS = 8;

function resolveMember(world: FlowWorld, file: FlowFile, object: Node, name: string, depth: number): Resolved {
  if (depth > MAX_DEPTH) return UNSEEN;
  const owner = moduleOf(world, file, object);
  if (owner?.kind === 'native') return native(`${owner.name}.${name}`);
  if (owner?.kind === 'file')
    return bare(object).type === 'Identifier' && isNamespace(file, object)
      ? resolveImported(world, owner.file, name, depth)
      : resolveExport(world, owner.file, name, depth + 1);
  if (isOwnExports(file, bare(object))) return ownExport(world, file, name, depth + 1);
  if (isFreshThis(file, bare(object)) && !world.patchesPrototypes(name)) return NOTHING;
  const wrapped = memberOfWrapped(world, file, object, name, depth);
  if (wrapped !== null) return wrapped;
  const whole = resolveValue(world, file, object, depth + 1);
  // A text or a number has methods too, and they are not among what was found.
  if (!whole.isWhole || (whole.found.length === 0 && whole.natives.length === 0)) return UNSEEN;
  return join([
    ...whole.natives.map((each) => native(`${each}.${name}`)),
    ...whole.found.map((each) => {
      const member = memberOfFound(world, each, name, depth);
      return isNone(member) ? givenLater(world, each, name, depth) : member;
    }),
  ]);
}

/** A member of what a function gives back of a module that it got; `null` for the result of any other call. */
function memberOfWrapped(world: FlowWorld, file: FlowFile, object: Node, name: string, depth: number): Resolved | null {
  const call = callMeant(file, object);
  if (call === null || call.arguments.some(({ type }) => type === 'SpreadElement')) return null;
  const { found, natives, isWhole } = resolveValue(world, file, call.callee, depth + 1);
  const [fn, ...others] = found;
  if (!isWhole || natives.length > 0 || fn === undefined || others.length > 0 || !isFunction(fn.node)) return null;
  const wrap = wrapping(fn.file, fn.node);
  const at = wrap === null ? markedGivenBack(fn.file, fn.node) : wrap.marked.at;
  const argument = at === null ? undefined : call.arguments[at];
  if (argument === undefined) return null;
  const mark = isMarked(world, moduleOf(world, file, argument) ?? { kind: 'unknown' });
  if (wrap === null) return mark === true ? resolveMember(world, file, argument, name, depth + 1) : null;
  const ways = mark === null ? [wrap.marked, wrap.plain] : [mark ? wrap.marked : wrap.plain];
  return join(
    ways.map(({ within }) => {
      if (within === null) return resolveMember(world, file, argument, name, depth + 1);
      const later = replacedBy(world, writtenTo(world, { file: fn.file, node: within.literal }), name, depth);
      return within.key === name ? join([resolveValue(world, file, argument, depth + 1), later]) : later;
    }),
  );
}

/** A member that an object is not made with is what somebody writes to it later, or what it inherits. */
function givenLater(world: FlowWorld, site: Site, name: string, depth: number): Resolved {
  if (OF_OBJECTS.has(name) || world.addsMethods()) return UNSEEN;
  const written = writtenTo(world, site);
  return written.values.has('__proto__') ? UNSEEN : replacedBy(world, written, name, depth);
}

/** What a member is set to after the object was made. */
function replacedBy(world: FlowWorld, { values, isWhole }: Written, name: string, depth: number): Resolved {
  if (!isWhole) return UNSEEN;
  return join(
    (values.get(name) ?? []).map((value) =>
      value === null ? UNSEEN : resolveValue(world, value.file, value.node, depth + 1),
    ),
  );
}

/** A static method of a class, a member of a literal; what is added to them later is not seen here, but where the trace comes to it. */
function memberOfFound(world: FlowWorld, { file, node }: Site, name: string, depth: number): Resolved {
  if (node.type === 'ObjectExpression') return memberOfLiteral(world, file, node, name, depth);
  if (isFunction(node)) return memberOfFunction(world, { file, node }, name, depth);
  if (!isClass(node) || world.writesThroughInstances(name)) return UNSEEN;
  // A field is set after all methods are there, and of methods the last one of a name counts (ECMA-262, 15.7.14).
  if (hasStaticField(node, name)) return UNSEEN;
  for (const member of node.body.body.toReversed()) {
    if (member.type !== 'MethodDefinition' || !member.static) continue;
    const key = keyName(member.key, member.computed);
    if (key === null) return UNSEEN;
    if (key === name)
      return member.kind === 'method'
        ? join([one(file, member.value), replacedBy(world, writtenTo(world, { file, node }), name, depth)])
        : UNSEEN;
  }
  return node.superClass === null && !OF_FUNCTIONS.has(name) ? NOTHING : UNSEEN;
}

/** `deprecate.function = wrapfunction`: what a function has under a name that somebody writes to it, and that functions do not have by themselves. */
function memberOfFunction(world: FlowWorld, site: Site, name: string, depth: number): Resolved {
  if (OF_FUNCTIONS.has(name) || world.writesThroughInstances(name)) return UNSEEN;
  const written = writtenTo(world, site);
  return written.values.has(name) ? replacedBy(world, written, name, depth) : UNSEEN;
}

/** What a module exports under a name, or as a whole (`null`). */
function resolveExport(world: FlowWorld, file: FlowFile, name: string | null, depth: number): Resolved {
  if (depth > MAX_DEPTH) return UNSEEN;
  const key = `${file.path}\0${name === null ? '' : `.${name}`}`;
  return known(world, key, depth, () => exportIn(world, file, name, depth));
}

function exportIn(world: FlowWorld, file: FlowFile, name: string | null, depth: number): Resolved {
  const exports = exportsOf(file);
  if (!exports.isWhole) return UNSEEN;
  const values = exports.values.get(name ?? WHOLE_EXPORT) ?? [];
  const wholes = name === null ? [] : (exports.values.get(WHOLE_EXPORT) ?? []);
  const fromWholes = wholes.map((value) => memberOfWhole(world, file, value, name ?? '', depth));
  if (name === null && values.length === 0) return UNSEEN;
  const passedOn = name === null ? [] : passedOnAs(world, file, exports, name, depth);
  const replaced = name === null || file.isEsm ? [] : [replacedBy(world, writtenToExports(world, file), name, depth)];
  return join([
    ...passedOn,
    ...values.map((value) => resolveValue(world, file, value, depth + 1)),
    ...fromWholes,
    ...replaced,
  ]);
}

function memberOfWhole(world: FlowWorld, file: FlowFile, value: Node, name: string, depth: number): Resolved {
  const whole = bare(value);
  return whole.type === 'ObjectExpression' || isFunction(whole) || isClass(whole)
    ? memberOfLiteral(world, file, whole, name, depth)
    : resolveMember(world, file, whole, name, depth + 1);
}

/** What the file itself has put into its `exports` under a name: `module.exports = exports.default`. */
function ownExport(world: FlowWorld, file: FlowFile, name: string, depth: number): Resolved {
  const { values, isWhole } = exportsOf(file);
  if (!isWhole || depth > MAX_DEPTH) return UNSEEN;
  // `module.exports.default = exports.default` adds nothing to what is there under the name.
  const others = (values.get(name) ?? []).filter((value) => !isOwnExport(file, value, name));
  if (others.length === 0) return UNSEEN;
  const own = others.map((value) => resolveValue(world, file, value, depth + 1));
  const written = writtenToExports(world, file);
  const later = (written.values.get(name) ?? []).filter(
    (value) => value === null || value.file !== file || !isOwnExport(file, value.node, name),
  );
  return join([...own, replacedBy(world, { ...written, values: new Map([[name, later]]) }, name, depth)]);
}

function passedOnAs(
  world: FlowWorld,
  file: FlowFile,
  { passedOn }: Exports,
  name: string,
  depth: number,
): readonly Resolved[] {
  const all: Resolved[] = [];
  for (const { statement, as, name: inner } of passedOn) {
    if (as === null ? name === 'default' : as !== name) continue;
    const target = world.targetOf(file, statement);
    const wanted = as === null ? name : inner;
    if (target.kind !== 'file' || wanted === null) all.push(UNSEEN);
    else all.push(resolveExport(world, target.file, wanted, depth + 1));
  }
  return all;
}

/** `a` of `module.exports = { a, b }`; of anything but a plain literal it is not known. */
function memberOfLiteral(world: FlowWorld, file: FlowFile, value: Node, name: string, depth: number): Resolved {
  const literal = bare(value);
  if (isClass(literal)) return memberOfFound(world, { file, node: literal }, name, depth);
  // What is written to it as an export is among the exports; by its own name it may be given more.
  if (isFunction(literal))
    return 'id' in literal && literal.id !== null && literal.id !== undefined
      ? replacedBy(world, writtenTo(world, { file, node: literal }), name, depth)
      : NOTHING;
  if (literal.type !== 'ObjectExpression') return UNSEEN;
  // The last one of a name counts (ECMA-262, 13.2.5.5), so what stands behind the name hides it, and what stands before it does not matter.
  for (const property of literal.properties.toReversed()) {
    if (property.type !== 'Property') return UNSEEN;
    const key = keyName(property.key, property.computed);
    if (key === null) return UNSEEN;
    if (key === name)
      return property.kind === 'init'
        ? join([
            resolveValue(world, file, property.value, depth + 1),
            replacedBy(world, writtenTo(world, { file, node: literal }), name, depth),
          ])
        : UNSEEN;
    if (key === '__proto__') return UNSEEN;
  }
  return NOTHING;
}
