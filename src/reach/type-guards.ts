/**
 * Reads of a variable at which it surely holds no object and no function, because a test of the variable itself has said so:
 * `if (typeof x === 'string') use(x)`, `if (typeof x !== 'string') throw …; use(x)`, `x || use(x)`.
 *
 * A value that the flow follows is a function, or an object that leads to one, so it is not what such a read gives. That holds as long as nothing
 * sets the variable between the test and the read. Either nothing ever sets it, or everything that does stands in the function of the test and the
 * read and not in the part of the code that the test guards: code of other functions, which may run in between, then cannot.
 */
import { argumentsOf, type FlowFile } from './flow-file.ts';
import type { Binding } from './scopes.ts';
import { bare, functionAround, isClass, isFunction, parentOf, textOf, type Node } from './syntax.ts';

/** What `typeof` says of values that are no objects (ECMA-262, 13.5.3, table 41; there `null` is an 'object'). */
const PRIMITIVES: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'undefined', 'symbol', 'bigint']);

interface Guarded {
  readonly file: FlowFile;
  readonly binding: Binding;
  readonly read: Node;
  /** The block into which a function declaration around the read is hoisted: it can be called before what stands there has run. */
  hoistedTo: Node | null;
  /** The read is evaluated later than what stands around it: in a function, a field of a class. */
  isLater: boolean;
}

/** Whether a read of the variable gives no object and no function. */
export function isPrimitiveAt(file: FlowFile, binding: Binding, read: Node): boolean {
  let known = answers.get(read);
  if (known === undefined) answers.set(read, (known = isTestable(file, binding) && isGuarded(file, binding, read)));
  return known;
}

const answers = new WeakMap<Node, boolean>();

function isGuarded(file: FlowFile, binding: Binding, read: Node): boolean {
  const guarded: Guarded = { file, binding, read, hoistedTo: null, isLater: false };
  let child = read;
  for (let above = parentOf(child); above !== undefined && child !== binding.scope; above = parentOf(above)) {
    if (isGuardedBy(guarded, above, child)) return true;
    if (isFunction(above) || isClass(above)) guarded.isLater = true;
    if (above.type === 'FunctionDeclaration') guarded.hoistedTo = listAround(above);
    child = above;
  }
  return false;
}

/** Where a function declaration is instantiated: on entry to the list of statements that it stands in (ECMA-262, 14.2.3). */
function listAround(declaration: Node): Node | null {
  for (let above = parentOf(declaration); above !== undefined; above = parentOf(above))
    if (above.type === 'BlockStatement' || above.type === 'Program' || above.type === 'SwitchStatement') return above;
  return null;
}

/** `arguments[0] = x` sets a parameter too (ECMA-262, 10.4.4), and what `eval` sets is not seen. */
function isTestable(file: FlowFile, { kind, scope }: Binding): boolean {
  if (file.scopes.isOpaque) return false;
  if (kind === 'parameter') return isFunction(scope) && argumentsOf(file, scope).length === 0;
  return kind === 'var' || kind === 'let' || kind === 'const';
}

function isGuardedBy(guarded: Guarded, above: Node, child: Node): boolean {
  switch (above.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return (
        above.test !== child && excludes(guarded, above.test, above.consequent === child) && isSteady(guarded, above)
      );
    case 'LogicalExpression':
      return (
        above.right === child &&
        above.operator !== '??' &&
        excludes(guarded, above.left, above.operator === '&&') &&
        isSteady(guarded, above)
      );
    case 'SwitchStatement':
      return guarded.hoistedTo !== above && isCaseOfPrimitives(guarded, above, child) && isSteady(guarded, above);
    case 'BlockStatement':
    case 'Program':
      return guarded.hoistedTo !== above && isPastTest(guarded, above, child);
    default:
      return false;
  }
}

/** `if (typeof x !== 'string') return;` before it, in the same block. */
function isPastTest(guarded: Guarded, block: Node & { type: 'BlockStatement' | 'Program' }, child: Node): boolean {
  for (const statement of block.body) {
    if (statement === child) return false;
    if (
      statement.type === 'IfStatement' &&
      statement.alternate === null &&
      isLeft(statement.consequent) &&
      excludes(guarded, statement.test, false) &&
      isSteady(guarded, { start: statement.start, end: block.end })
    )
      return true;
  }
  return false;
}

/** Nothing behind the statement in its block runs after it. */
function isLeft(statement: Node): boolean {
  switch (statement.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'ContinueStatement':
    case 'BreakStatement':
      return true;
    case 'BlockStatement': {
      const last = statement.body.at(-1);
      return last !== undefined && isLeft(last);
    }
    default:
      return false;
  }
}

/** In a case of `switch (typeof x)` that only primitives come to: from the case before none falls through, or a primitive. */
function isCaseOfPrimitives(
  { binding, file }: Guarded,
  { discriminant, cases }: Node & { type: 'SwitchStatement' },
  child: Node,
): boolean {
  if (!isTypeOf(file, binding, discriminant)) return false;
  for (let at = cases.findIndex((each) => each === child); at >= 0; at -= 1) {
    const { test } = cases[at] ?? { test: null };
    if (test === null || !PRIMITIVES.has(textOf(bare(test)) ?? '')) return false;
    const last = cases[at - 1]?.consequent.at(-1);
    if (at === 0 || (last !== undefined && isLeft(last))) return true;
  }
  return false;
}

/** Whether the value cannot be in the variable where the test came out so. */
function excludes(guarded: Guarded, expression: Node, outcome: boolean): boolean {
  const test = bare(expression);
  switch (test.type) {
    case 'UnaryExpression':
      return test.operator === '!' && excludes(guarded, test.argument, !outcome);
    case 'LogicalExpression': {
      if (test.operator === '??') return false;
      const left = excludes(guarded, test.left, outcome);
      // Both sides of `a && b` came out true; of the one that came out false only one did.
      return (test.operator === '&&') === outcome
        ? left || excludes(guarded, test.right, outcome)
        : left && excludes(guarded, test.right, outcome);
    }
    case 'Identifier':
      return !outcome && isVariable(guarded.file, guarded.binding, test);
    case 'BinaryExpression':
      return compares(guarded, test, outcome);
    default:
      return false;
  }
}

function compares({ file, binding }: Guarded, test: Node & { type: 'BinaryExpression' }, outcome: boolean): boolean {
  const { operator } = test;
  const isStrict = operator === '===' || operator === '!==';
  if (!isStrict && operator !== '==' && operator !== '!=') return false;
  const isSame = (operator === '===' || operator === '==') === outcome;
  for (const [one, other] of [
    [test.left, test.right],
    [test.right, test.left],
  ] as const) {
    if (isTypeOf(file, binding, one)) return isSame && PRIMITIVES.has(textOf(bare(other)) ?? '');
    // No object is equal to `null` or `undefined`, and none is the same as a text or a number (ECMA-262, 7.2.13 and 7.2.14).
    if (isSame && isVariable(file, binding, bare(one)))
      return isNothing(file, other) || (isStrict && isPrimitive(other));
  }
  return false;
}

const isVariable = (file: FlowFile, binding: Binding, node: Node): boolean =>
  node.type === 'Identifier' && file.scopes.bindingOf(node) === binding;

function isTypeOf(file: FlowFile, binding: Binding, expression: Node): boolean {
  const node = bare(expression);
  return (
    node.type === 'UnaryExpression' && node.operator === 'typeof' && isVariable(file, binding, bare(node.argument))
  );
}

function isNothing(file: FlowFile, expression: Node): boolean {
  const node = bare(expression);
  if (node.type === 'Identifier') return node.name === 'undefined' && file.scopes.bindingOf(node) === null;
  if (node.type === 'UnaryExpression') return node.operator === 'void';
  return node.type === 'Literal' && node.raw === 'null';
}

function isPrimitive(expression: Node): boolean {
  const node = bare(expression);
  return node.type === 'Literal' && (node.value === null ? node.raw === 'null' : typeof node.value !== 'object');
}

/** Whether the variable has one value from the test to the read. @param region Everything that the test guards, and itself. */
function isSteady(
  { binding, read, isLater }: Guarded,
  region: { readonly start: number; readonly end: number },
): boolean {
  const changes = [...binding.writes, ...binding.declarations.filter((each) => isSetBy(binding, each))];
  if (changes.length === 0) return true;
  const own = functionAround(read);
  const scope = isFunction(binding.scope) ? binding.scope : functionAround(binding.scope);
  return (
    !isLater &&
    own === scope &&
    changes.every(
      (change) => functionAround(change) === own && (change.end <= region.start || region.end <= change.start),
    )
  );
}

/**
 * A `var` is set where its declaration is evaluated, again and again in a loop, and so is a parameter by a `var` of its name. A `const` and a `let`
 * are new ones each time, and cannot be read before.
 */
function isSetBy({ kind, scope }: Binding, declaration: Node): boolean {
  if (kind === 'var') return true;
  return kind === 'parameter' && isFunction(scope) && scope.body !== null && scope.body.start <= declaration.start;
}
