/**
 * Backwards: which functions an expression can be. The value flow asks it of callees, before it follows an argument into them.
 *
 * The answer is complete or says that it is not. It reads definitions only (declarations, assignments of variables, members of
 * literals, exports); where a definition is not seen the callee is not known, and the caller gives the argument up as lost.
 */
import { type FlowFile, type Site, valuesOf } from './flow-file.ts';
import { calledOnTheSpot, mayBeCalledAgain } from './call-on-the-spot.ts';
import { isGlobal } from './native-globals.ts';
import { exportsOf, nameOf, WHOLE_EXPORT, type Exports } from './exported-values.ts';
import type { FlowWorld, FunctionRef } from './flow-trace.ts';
import { OF_FUNCTIONS } from './held-places.ts';
import { writtenTo, writtenToExports, type Written } from './flow-steady.ts';
import { returnedBy } from './returned-values.ts';
import type { Binding } from './scopes.ts';
import { bare, context, isClass, isFunction, keyName, memberName, parentOf, type Node } from './syntax.ts';

export interface Resolved {
  /** Functions, and classes (which are called by `new`). */
  readonly found: readonly Site[];
  /** Names of what Node and the language bring: `fs.readFile`, `Object.assign`; `null` prototypes' methods are not among them. */
  readonly natives: readonly string[];
  /** False where the expression could be something else as well. */
  readonly isWhole: boolean;
}

const NOTHING: Resolved = { found: [], natives: [], isWhole: true };
const UNSEEN: Resolved = { found: [], natives: [], isWhole: false };
const one = (file: FlowFile, node: Node): Resolved => ({ found: [{ file, node }], natives: [], isWhole: true });
const native = (name: string): Resolved => ({ found: [], natives: [name], isWhole: true });

/** Everything that any of them can be, each once: by another way the same function comes again and again. */
function join(all: readonly Resolved[]): Resolved {
  const [only, ...others] = all;
  if (only !== undefined && others.length === 0) return only;
  const found = new Map<Node, Site>();
  const natives = new Set<string>();
  for (const each of all) {
    for (const site of each.found) if (!found.has(site.node)) found.set(site.node, site);
    for (const name of each.natives) natives.add(name);
  }
  return { found: [...found.values()], natives: [...natives], isWhole: all.every(({ isWhole }) => isWhole) };
}

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
      return join([next(node.left), next(node.right)]);
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
        if (isFunction(parent) || isClass(parent)) return one(file, parent);
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
  const [declaration] = binding.declarations;
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
  return target.kind === 'file' ? resolveExport(world, target.file, name, depth + 1) : UNSEEN;
}

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
    // With arguments of its own those of the call come later.
    return node.arguments.length > 1 ? UNSEEN : resolveValue(world, file, callee.object, depth + 1);
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
        : join(values.map((value) => resolveValue(world, each.file, value, depth + 1)));
    }),
  );
}

/** Each result may ask for others, so this goes less deep than definitions do. */
const MAX_CALL_DEPTH = 4;
const MAX_RETURNS = 8;

function resolveMember(world: FlowWorld, file: FlowFile, object: Node, name: string, depth: number): Resolved {
  if (depth > MAX_DEPTH) return UNSEEN;
  const owner = moduleOf(world, file, object);
  if (owner?.kind === 'native') return native(`${owner.name}.${name}`);
  if (owner?.kind === 'file') return resolveExport(world, owner.file, name, depth + 1);
  const whole = resolveValue(world, file, object, depth + 1);
  // A text or a number has methods too, and they are not among what was found.
  if (!whole.isWhole || (whole.found.length === 0 && whole.natives.length === 0)) return UNSEEN;
  return join([
    ...whole.natives.map((each) => native(`${each}.${name}`)),
    ...whole.found.map((each) => memberOfFound(world, each, name, depth)),
  ]);
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
  if (!isClass(node)) return UNSEEN;
  for (const member of node.body.body) {
    if (member.type === 'MethodDefinition' && member.static && keyName(member.key, member.computed) === name)
      return member.kind === 'method'
        ? join([one(file, member.value), replacedBy(world, writtenTo(world, { file, node }), name, depth)])
        : UNSEEN;
  }
  return node.superClass === null && !hasStaticField(node, name) ? NOTHING : UNSEEN;
}

/** `deprecate.function = wrapfunction`: what a function has under a name that somebody writes to it, and that functions do not have by themselves. */
function memberOfFunction(world: FlowWorld, site: Site, name: string, depth: number): Resolved {
  if (OF_FUNCTIONS.has(name)) return UNSEEN;
  const written = writtenTo(world, site);
  return written.values.has(name) ? replacedBy(world, written, name, depth) : UNSEEN;
}

const hasStaticField = (node: Node, name: string): boolean =>
  isClass(node) &&
  node.body.body.some(
    (member) =>
      (member.type === 'PropertyDefinition' || member.type === 'AccessorProperty') &&
      (keyName(member.key, member.computed) ?? name) === name,
  );

/** The module that an expression names: `require('x')`, a variable or an import that holds one. */
function moduleOf(world: FlowWorld, file: FlowFile, expression: Node): ReturnType<FlowWorld['targetOf']> | null {
  const node = bare(expression);
  if (node.type === 'CallExpression') return nullIfUnknown(world.targetOf(file, node));
  if (node.type !== 'Identifier') return null;
  const binding = file.scopes.bindingOf(node);
  if (binding === null) return null;
  if (binding.kind === 'import') {
    const [declaration] = binding.declarations;
    const specifier = declaration === undefined ? undefined : parentOf(declaration);
    const statement = specifier === undefined ? undefined : parentOf(specifier);
    if (specifier?.type !== 'ImportNamespaceSpecifier' || statement === undefined) return null;
    return nullIfUnknown(world.targetOf(file, statement));
  }
  if (binding.kind !== 'var' && binding.kind !== 'let' && binding.kind !== 'const') return null;
  const values = valuesOf(binding);
  const [value, ...others] = values ?? [];
  if (value === undefined || others.length > 0) return null;
  const request = bare(value);
  return request.type === 'CallExpression' ? nullIfUnknown(world.targetOf(file, request)) : null;
}

const nullIfUnknown = <T extends { readonly kind: string }>(target: T): T | null =>
  target.kind === 'unknown' ? null : target;

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

/** What the whole export has: another module's whole export, or a function or class that has a name and is given members by it. */
function memberOfWhole(world: FlowWorld, file: FlowFile, value: Node, name: string, depth: number): Resolved {
  const target = world.targetOf(file, bare(value));
  if (target.kind === 'file' && !target.file.isEsm) return resolveExport(world, target.file, name, depth + 1);
  const node = bare(value);
  if (node.type !== 'Identifier' && node.type !== 'AssignmentExpression')
    return memberOfLiteral(world, file, value, name, depth);
  const whole = resolveValue(world, file, node, depth + 1);
  if (!whole.isWhole || whole.natives.length > 0 || whole.found.length === 0) return UNSEEN;
  const members = join(whole.found.map((each) => memberOfFound(world, each, name, depth)));
  // What a class is given by its name later is not looked for.
  return members.found.length === 0 && members.natives.length === 0 ? UNSEEN : members;
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
  if (isFunction(literal) || isClass(literal)) return NOTHING;
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

/** The functions among what was found; classes stand for their constructors, which may be inherited and then are not seen. */
export function functionsOf(found: readonly Site[]): {
  readonly functions: readonly FunctionRef[];
  readonly isWhole: boolean;
} {
  const functions: FunctionRef[] = [];
  let isWhole = true;
  for (const { file, node } of found) {
    if (isFunction(node)) functions.push({ file, node });
    else if (isClass(node)) {
      const constructor = constructorOf(node);
      if (constructor !== null) functions.push({ file, node: constructor });
      else if (node.superClass !== null) isWhole = false;
    }
  }
  return { functions, isWhole };
}

export function constructorOf(node: Node): FunctionRef['node'] | null {
  if (!isClass(node)) return null;
  for (const member of node.body.body)
    if (member.type === 'MethodDefinition' && member.kind === 'constructor') return member.value;
  return null;
}
