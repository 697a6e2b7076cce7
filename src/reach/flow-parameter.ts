/**
 * What an expression can be where that hangs on who calls whom: parameters, what variables get of them, members of what they are.
 *
 * flow-resolve.ts stops at parameters, because the calls of a function are found by following it. Here they are waited for, from call to
 * call upward; where one of them is not seen, or passes something that is not, the answer is not whole. Only where the liveness asks
 * (flow-live.ts), for the calls of code that never runs would make every answer unknown.
 */
import { declaredFunction } from './declared-function.ts';
import { argumentsOf, valuesOf, type FlowFile, type Site } from './flow-file.ts';
import { resolve } from './flow-resolve.ts';
import { writtenTo } from './flow-steady.ts';
import { join, native, NOTHING, type Resolved, UNSEEN } from './resolved.ts';
import type { Call, Flow, FlowWorld, Trace } from './flow-trace.ts';
import type { Binding } from './scopes.ts';
import { bare, isFunction, keyName, memberName, parentOf, type FunctionNode, type Node } from './syntax.ts';

/** A variable that can be more things than these can be anything: following them all would tell nobody what it is. */
const MOST_VALUES = 48;

export type Told = (known: Resolved) => void;

/** What is known of one variable or name so far, each once, and who waits for more of it: variables that get their values of each other go round in a circle. */
export interface Known {
  readonly parts: Resolved[];
  readonly seen: Set<object | string>;
  readonly waiting: Told[];
}

const variables = new WeakMap<Flow, Map<Binding, Known>>();

/**
 * Tells of everything that an expression can be, in parts; a part that is not whole stands for everything that is not seen.
 *
 * @param passesOver Expressions of which nothing needs to be told.
 */
export function whoCanBe(
  flow: Flow,
  trace: Trace,
  file: FlowFile,
  node: Node,
  told: Told,
  passesOver: (leaf: Site) => boolean = () => false,
): void {
  const found: Told = (known) => {
    if (known.leaf === undefined || !passesOver(known.leaf)) told(known);
  };
  const resolved = resolve(flow.world, file, node);
  const known = resolved.isWhole ? resolved : { ...resolved, leaf: { file, node } };
  if (known.isWhole || flow.world.members === undefined || file.scopes.isOpaque) return found(known);
  const next = (inner: Node): void => whoCanBe(flow, trace, file, inner, found);
  const value = bare(node);
  switch (value.type) {
    case 'ConditionalExpression':
      next(value.consequent);
      return next(value.alternate);
    case 'LogicalExpression':
      // What `&&` gives of its left side is nothing that could be called or have members.
      if (value.operator !== '&&') next(value.left);
      return next(value.right);
    case 'AssignmentExpression':
      return value.operator === '=' ? next(value.right) : found(known);
    case 'CallExpression':
      return ofCall(flow, trace, file, value, found);
    case 'MemberExpression':
      return memberName(value) === null && value.computed
        ? whoCanBe(flow, trace, file, value.object, (owner) => found(anyMember(flow.world, owner)))
        : found(known);
    case 'Identifier': {
      const binding = file.scopes.bindingOf(value);
      return binding === null ? found(known) : ofVariable(flow, trace, file, binding, found);
    }
    default:
      return found(known);
  }
}

/** Natives that give back their first argument, or what holds nothing of the program's own (nodejs.org/api, ECMA-262). */
const SAME_OBJECT: ReadonlySet<string> = new Set([
  'Object.assign',
  'Object.defineProperty',
  'Object.defineProperties',
  'Object.freeze',
  'Object.seal',
  'Object.preventExtensions',
  'Object.setPrototypeOf',
]);
const MADE_ANEW: ReadonlySet<string> = new Set(['Object.keys', 'String', 'Number', 'Boolean']);

function ofCall(
  flow: Flow,
  trace: Trace,
  file: FlowFile,
  { callee, arguments: given }: Node & { type: 'CallExpression' },
  found: Told,
): void {
  const { found: functions, natives, isWhole } = resolve(flow.world, file, callee);
  const [name, ...others] = natives;
  const [first] = given;
  if (!isWhole || functions.length > 0 || name === undefined || others.length > 0) return found(UNSEEN);
  if (MADE_ANEW.has(name)) return found(native(`${name}()`));
  return SAME_OBJECT.has(name) && first !== undefined && first.type !== 'SpreadElement'
    ? whoCanBe(flow, trace, file, first, found)
    : found(UNSEEN);
}

/** What every object has besides its own members and is a function (ECMA-262, 20.1.3 and B.2.2); the others convert what they get, or look at it. */
const OF_EVERY_OBJECT = join([native('Object'), native('Object.prototype.__defineGetter__')]);

/** `table[key]` for any key: everything that is in the literal, everything that is written to it later, and what all objects have. */
function anyMemberOf(world: FlowWorld, { file, node }: Site): Resolved {
  if (node.type !== 'ObjectExpression' || world.addsMethods()) return UNSEEN;
  const written = writtenTo(world, { file, node });
  if (!written.isWhole || written.values.has('__proto__')) return UNSEEN;
  const own = node.properties.map((property) =>
    property.type === 'Property' && property.kind === 'init' && keyName(property.key, property.computed) !== '__proto__'
      ? resolve(world, file, property.value)
      : UNSEEN,
  );
  const later = [...written.values.values()]
    .flat()
    .map((value) => (value === null ? UNSEEN : resolve(world, value.file, value.node)));
  return join([...own, ...later, OF_EVERY_OBJECT]);
}

/** A member under a name that is not known, of each of the things that its owner can be. */
function anyMember(world: FlowWorld, owner: Resolved): Resolved {
  const [site, ...others] = owner.found;
  return owner.isWhole && owner.natives.length === 0 && site !== undefined && others.length === 0
    ? anyMemberOf(world, site)
    : owner.isWhole && owner.natives.length === 0 && site === undefined
      ? NOTHING
      : UNSEEN;
}

function ofVariable(flow: Flow, trace: Trace, file: FlowFile, binding: Binding, found: Told): void {
  let all = variables.get(flow);
  if (all === undefined) variables.set(flow, (all = new Map()));
  const before = all.get(binding);
  if (before !== undefined) return waitFor(before, found);
  const known: Known = { parts: [], seen: new Set(), waiting: [found] };
  all.set(binding, known);
  valuesTold(flow, trace, file, binding, (part) => tell(known, part, MOST_VALUES));
}

/** Tells what is known by now, and whatever comes to be known. */
export function waitFor({ parts, waiting }: Known, told: Told): void {
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at];
    if (part !== undefined) told(part);
  }
  waiting.push(told);
}

/** @param most More things than these can be anything. */
export function tell({ parts, seen, waiting }: Known, whole: Resolved, most = Number.POSITIVE_INFINITY): void {
  if (seen.has(UNSEEN)) return;
  for (const part of seen.size >= most ? [UNSEEN] : onesOf(whole)) {
    const key = part.leaf?.node ?? part.found[0]?.node ?? part.natives[0] ?? UNSEEN;
    if (seen.has(key)) continue;
    seen.add(key);
    parts.push(part);
    for (const found of waiting.slice()) found(part);
  }
}

const onesOf = ({ found, natives, isWhole, leaf }: Resolved): readonly Resolved[] => [
  ...(isWhole ? [] : [leaf === undefined ? UNSEEN : { ...UNSEEN, leaf }]),
  ...found.map((site) => ({ found: [site], natives: [], isWhole: true })),
  ...natives.map((name) => ({ found: [], natives: [name], isWhole: true })),
];

/** Every value that the variable gets, where all are seen. */
function valuesTold(flow: Flow, trace: Trace, file: FlowFile, binding: Binding, found: Told): void {
  const written = binding.kind === 'parameter' ? writtenInto(binding) : valuesOf(binding);
  const isPlain = ['parameter', 'var', 'let', 'const'].includes(binding.kind);
  const parameter = binding.kind === 'parameter' ? parameterIn(file, binding) : null;
  if (!isPlain || written === null || (binding.kind === 'parameter' && parameter === null)) return found(UNSEEN);
  for (const value of written) whoCanBe(flow, trace, file, value, found);
  if (parameter === null) return undefined;
  if (parameter.preset !== null) whoCanBe(flow, trace, file, parameter.preset, found);
  // At one place it may be called in two ways (`x.map(f)` where x is an array or has a `map` of its own).
  const seen = new Set<string>();
  const keyOf = ({ file: from, node, how }: Call): string => `${from.path}:${node.start}:${node.end}:${how}`;
  return flow.callersOf(
    trace,
    { file, node: parameter.fn },
    {
      onCall: (call) => {
        if (seen.has(keyOf(call))) return;
        seen.add(keyOf(call));
        const argument = argumentOf(call, parameter.at);
        // Where an argument is missing, code that is not seen may add one: the callback of what `util.promisify` makes.
        if (argument === null || (argument === 'none' && mayBeCompleted(flow.world, call, parameter.fn))) found(UNSEEN);
        else if (argument !== 'none') whoCanBe(flow, trace, call.file, argument, found);
      },
      onLoss: () => found(UNSEEN),
    },
  );
}

/** What a parameter is set to; `null` where that is not seen. */
function writtenInto({ writes }: Binding): readonly Node[] | null {
  const values: Node[] = [];
  for (const write of writes) {
    const parent = parentOf(write);
    if (parent?.type !== 'AssignmentExpression' || parent.left !== write || !parent.operator.endsWith('=')) return null;
    // What arithmetic gives has no members that anybody wrote.
    if (['=', '||=', '&&=', '??='].includes(parent.operator)) values.push(parent.right);
  }
  return values;
}

/**
 * Whether code that is not seen may add an argument that is missing. Nobody does where the function is called by its own name and was never anything else,
 * nor where no file makes functions that call back by an argument of their own (nodejs.org/api/util.html, `util.promisify`).
 */
function mayBeCompleted(world: FlowWorld, { file, node }: Call, fn: FunctionNode): boolean {
  const isByName = node.type === 'CallExpression' && !file.scopes.isOpaque;
  if (isByName && declaredFunction(node.callee, file.scopes) === fn) return false;
  let answer = completing.get(world);
  if (answer === undefined) {
    answer = world.programs()?.every(({ tree }) => !tree.source.includes('promisify')) !== true;
    completing.set(world, answer);
  }
  return answer;
}

const completing = new WeakMap<FlowWorld, boolean>();

interface Parameter {
  readonly fn: FunctionNode;
  readonly at: number;
  /** `function (a = x)`. */
  readonly preset: Node | null;
}

function parameterIn(
  file: FlowFile,
  { kind, scope: fn, declarations: [declaration, ...others] }: Binding,
): Parameter | null {
  if (kind !== 'parameter' || declaration === undefined || others.length > 0) return null;
  // `arguments[0] = x` sets a parameter as well (ECMA-262, 10.4.4).
  if (!isFunction(fn) || file.scopes.isOpaque || argumentsOf(file, fn).length > 0) return null;
  const at = fn.params.findIndex(
    (each) => each === declaration || (each.type === 'AssignmentPattern' && each.left === declaration),
  );
  const parameter = fn.params[at];
  if (parameter === undefined) return null;
  return { fn, at, preset: parameter.type === 'AssignmentPattern' ? parameter.right : null };
}

/** The function and the position, for a parameter that nothing else sets; an assignment gives what stands on its right (ECMA-262, 13.15.2). */
export function parameterOf(file: FlowFile, node: Node): { readonly fn: FunctionNode; readonly at: number } | null {
  let name = bare(node);
  while (name.type === 'AssignmentExpression' && name.operator === '=') name = bare(name.right);
  const binding = name.type === 'Identifier' ? file.scopes.bindingOf(name) : null;
  if (binding === null || binding.writes.length > 0) return null;
  const parameter = parameterIn(file, binding);
  return parameter === null || parameter.preset !== null ? null : parameter;
}

/** What a call passes at a position; `null`: that is not seen. */
export function argumentOf({ node, how, isShifted, receiver }: Call, at: number): Node | 'none' | null {
  if (how !== 'call' || isShifted === true || (node.type !== 'CallExpression' && node.type !== 'NewExpression'))
    return null;
  const callee = bare(node.callee);
  const method = memberName(callee);
  if (node.arguments.some(({ type }) => type === 'SpreadElement') || method === 'apply') return null;
  if (callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'Reflect')
    return null;
  // A method called `call` of the program's own has what stands before the dot as its object, as every method has.
  const isThrough =
    node.type === 'CallExpression' &&
    method === 'call' &&
    callee.type === 'MemberExpression' &&
    receiver !== callee.object;
  return node.arguments[isThrough ? at + 1 : at] ?? 'none';
}
