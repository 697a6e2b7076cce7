/**
 * A parsed file as a tree that knows its parents: what the readers of reach (scopes.ts, function-names.ts, module-requests.ts)
 * walk over. parse.client.ts makes it.
 *
 * The nodes are those of oxc-parser, which are ESTree with TypeScript's. Nothing here recurses: the depth is the input's.
 */
import type {
  ArrowFunctionExpression,
  Class,
  Expression,
  Function as PlainFunction,
  Node,
  Program,
  PropertyKey,
} from 'oxc-parser';

export type { Node } from 'oxc-parser';
export type FunctionNode = PlainFunction | ArrowFunctionExpression;

/** How Node would read a file: by its name and the nearest package.json, or, where those say nothing, by its syntax. */
export type SyntaxGoal = 'module' | 'commonjs' | 'detect';

/** Parts of a text: the offsets of their beginning and end. */
export type Spans = readonly (readonly [number, number])[];

/** `parent` is set on every node of `nodes` but the program. Types, and what only declares, are not among them. */
export interface SyntaxTree {
  readonly program: Program;
  readonly source: string;
  /** In the order of the source, parents before their children. */
  readonly nodes: readonly Node[];
  readonly kinds: NodesByKind;
  /** Where each line begins, as offsets in UTF-16 units; the first is 0. As far as `lineAt` was asked: most of a file never is. */
  readonly lineStarts: number[];
}

export type TextNode = Node & { type: 'Literal' | 'TemplateElement' };

/** All nodes by what readers look for, each list in the order of `nodes`: going through all of them for a few takes most of the time. */
export interface NodesByKind {
  readonly names: readonly (Node & { type: 'Identifier' | 'JSXIdentifier' })[];
  readonly texts: readonly TextNode[];
  readonly members: readonly (Node & { type: 'MemberExpression' })[];
  readonly calls: readonly (Node & { type: 'CallExpression' })[];
  readonly others: readonly Node[];
}

/** Sets the parents, leaves the types out. Linear in the size of the tree. */
export function syntaxTree(program: Program, source: string): SyntaxTree {
  const nodes: Node[] = [];
  const open: Node[] = [program];
  // One list for all nodes: a list for each is a third of what the collector has to do here.
  const below: Node[] = [];
  const { kinds, sort } = sorter();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    nodes.push(node);
    sort(node);
    findChildren(node, below);
    for (let child = below.pop(); child !== undefined; child = below.pop()) {
      child.parent = node;
      open.push(child);
    }
  }
  return { program, source, nodes, kinds, lineStarts: [0] };
}

function sorter(): { readonly kinds: NodesByKind; readonly sort: (node: Node) => void } {
  const names: NodesByKind['names'][number][] = [];
  const texts: NodesByKind['texts'][number][] = [];
  const members: NodesByKind['members'][number][] = [];
  const calls: NodesByKind['calls'][number][] = [];
  const others: Node[] = [];
  const sort = (node: Node): void => {
    switch (node.type) {
      case 'Identifier':
      case 'JSXIdentifier':
        names.push(node);
        return;
      case 'Literal':
      case 'TemplateElement':
        texts.push(node);
        return;
      case 'MemberExpression':
        members.push(node);
        return;
      case 'CallExpression':
        calls.push(node);
        return;
      default:
        others.push(node);
    }
  };
  return { kinds: { names, texts, members, calls, others }, sort };
}

/** Puts the children that exist when the program runs into the empty list, in the order of the source. */
function findChildren(node: Node, children: Node[]): void {
  // Four of five nodes are of these kinds, and their children are known.
  switch (node.type) {
    case 'Literal':
    case 'TemplateElement':
      return;
    case 'Identifier':
      for (const decorator of node.decorators ?? []) addChild(decorator, children);
      return;
    case 'MemberExpression':
      addChild(node.object, children);
      addChild(node.property, children);
      return;
    case 'CallExpression':
      addChild(node.callee, children);
      for (const argument of node.arguments) addChild(argument, children);
      return;
    case 'ExpressionStatement':
      addChild(node.expression, children);
      return;
    case 'BinaryExpression':
    case 'AssignmentExpression':
      addChild(node.left, children);
      addChild(node.right, children);
      return;
    default:
      findOtherChildren(node, children);
  }
}

function findOtherChildren(node: Node, children: Node[]): void {
  // Every node has these keys as its own, so `for … in` walks over nothing else, and makes no list of them first.
  for (const key in node) {
    const value: unknown = node[key as keyof Node];
    if (typeof value !== 'object' || value === null || key === 'parent') continue;
    if (!Array.isArray(value)) addChild(value, children);
    else for (const item of STATEMENT_LISTS.has(key) ? beforeJump(value) : value) addChild(item, children);
  }
  for (let at = 1; at < children.length; at += 1) {
    if ((children[at - 1]?.start ?? 0) <= (children[at]?.start ?? 0)) continue;
    children.sort((left, right) => left.start - right.start);
    return;
  }
}

function addChild(value: unknown, children: Node[]): void {
  if (isNode(value) && (NO_TYPES.has(value.type) || !isOnlyType(value))) children.push(value);
}

/** The most frequent kinds of nodes, none of which is ever a type. */
const NO_TYPES: ReadonlySet<string> = new Set([
  'Identifier',
  'Literal',
  'MemberExpression',
  'CallExpression',
  'ExpressionStatement',
  'BlockStatement',
  'Property',
  'AssignmentExpression',
  'BinaryExpression',
]);

/** Where statements stand one after the other: of a program, a block, a `switch` case. */
const STATEMENT_LISTS: ReadonlySet<string> = new Set(['body', 'consequent']);

const JUMPS: ReadonlySet<string> = new Set([
  'ReturnStatement',
  'ThrowStatement',
  'BreakStatement',
  'ContinueStatement',
]);

/**
 * The statements of a list without expressions behind its `return`, `throw`, `break` or `continue`: nothing jumps to them (ECMA-262,
 * 14.2.2), and `return o; eval(o)` is how many a library tells V8 to think of `o` (bluebird, to-fast-properties). What declares a name is
 * kept, because the name exists before the jump, and what holds a function, because functions are counted.
 */
function beforeJump(list: readonly unknown[]): readonly unknown[] {
  const at = list.findIndex((item) => isNode(item) && JUMPS.has(item.type));
  if (at < 0 || at === list.length - 1) return list;
  return list.filter((item, index) => index <= at || !isNode(item) || !isPlainExpression(item));
}

function isPlainExpression(statement: Node): boolean {
  if (statement.type !== 'ExpressionStatement') return false;
  const open: unknown[] = [statement.expression];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) open.push(...value);
    if (!isNode(value)) continue;
    if (isFunction(value) || isClass(value)) return false;
    for (const key in value) if (key !== 'parent') open.push(value[key as keyof Node]);
  }
  return true;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value;

/** What of TypeScript is there when the program runs; everything else that begins with TS is a type. */
const RUNNING_TYPESCRIPT: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TSNonNullExpression',
  'TSInstantiationExpression',
  'TSEnumDeclaration',
  'TSEnumBody',
  'TSEnumMember',
  'TSModuleDeclaration',
  'TSModuleBlock',
  'TSParameterProperty',
  'TSImportEqualsDeclaration',
  'TSExternalModuleReference',
  'TSExportAssignment',
]);

function isOnlyType(node: Node): boolean {
  if ('declare' in node && node.declare === true) return true;
  if (node.type.startsWith('TS')) return !RUNNING_TYPESCRIPT.has(node.type);
  if ('importKind' in node && node.importKind === 'type') return true;
  if ('exportKind' in node && node.exportKind === 'type') return true;
  // A signature of an overload, and an abstract method: the body is elsewhere or nowhere.
  return isFunction(node) && node.body === null;
}

export function isFunction(node: Node): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression' ||
    node.type === 'TSDeclareFunction' ||
    node.type === 'TSEmptyBodyFunctionExpression'
  );
}

export const isClass = (node: Node): node is Class =>
  node.type === 'ClassDeclaration' || node.type === 'ClassExpression';

/** The same value without what does not change it: parentheses, types, optional chaining. */
export function bare(node: Node): Node {
  let value = node;
  for (;;) {
    switch (value.type) {
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSTypeAssertion':
      case 'TSNonNullExpression':
      case 'TSInstantiationExpression':
      case 'ChainExpression':
        value = value.expression;
        break;
      default:
        return value;
    }
  }
}

export const parentOf = (node: Node): Node | undefined => node.parent ?? undefined;

/** The nearest ancestor that is not one of those that `bare` takes away; `child` is what stands in it. */
export function context(node: Node): { readonly parent: Node | null; readonly child: Node } {
  let child = node;
  for (let parent = parentOf(child); parent !== undefined; parent = parentOf(child)) {
    if (bare(parent) === parent) return { parent, child };
    child = parent;
  }
  return { parent: null, child };
}

/** The text of a literal, or of a template without holes. */
export function textOf(node: Node | null | undefined): string | null {
  if (node === null || node === undefined) return null;
  const value = bare(node);
  if (value.type === 'Literal') return typeof value.value === 'string' ? value.value : null;
  if (value.type === 'TemplateLiteral' && value.expressions.length === 0) return value.quasis[0]?.value.cooked ?? null;
  return null;
}

/** The name of a property where it is constant: `a` of `x.a`, `x['a']`, `{ a: 1 }`, `{ 'a': 1 }`; `#a` for private ones. */
export function keyName(key: PropertyKey | Expression | Node, computed: boolean): string | null {
  if (!computed && key.type === 'Identifier') return key.name;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  const value = bare(key);
  if (value.type === 'Literal' && typeof value.value === 'number') return String(value.value);
  return textOf(value);
}

/** The name that a member expression reads or writes; `null` where it is computed. */
export const memberName = (node: Node): string | null =>
  node.type === 'MemberExpression' ? keyName(node.property, node.computed) : null;

/** The innermost function around a node, the node itself not counted; `null` at the top of the file. */
export function functionAround(node: Node): FunctionNode | null {
  for (let above = parentOf(node); above !== undefined; above = parentOf(above)) if (isFunction(above)) return above;
  return null;
}

/** What each function returns; `null` for a `return` without a value. All of a file at once: it has as many functions as it is long. */
export function returnsByFunction({ kinds }: SyntaxTree): ReadonlyMap<Node, readonly (Node | null)[]> {
  const returns = new Map<Node, (Node | null)[]>();
  for (const node of kinds.others) {
    if (node.type !== 'ReturnStatement') continue;
    const owner = functionAround(node);
    if (owner === null) continue;
    const known = returns.get(owner);
    if (known === undefined) returns.set(owner, [node.argument]);
    else known.push(node.argument);
  }
  return returns;
}

/** Surroundings that test, compare or calculate with a value and keep nothing of it. */
export const TESTING: readonly string[] = [
  'ExpressionStatement',
  'IfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'ForStatement',
  'ForInStatement',
  'SwitchStatement',
  'SwitchCase',
  'UnaryExpression',
  'BinaryExpression',
];

/** What a call passes at a position; `'none'`: nothing; `null`: a spread stands there or before, so that it is not known. */
export function passedAt(call: Node & { type: 'CallExpression' | 'NewExpression' }, at: number): Node | 'none' | null {
  const upTo = call.arguments.slice(0, at + 1);
  return upTo.some(({ type }) => type === 'SpreadElement') ? null : (upTo[at] ?? 'none');
}

/** The line of an offset, from 1. */
export function lineAt({ source, lineStarts }: SyntaxTree, offset: number): number {
  for (let last = lineStarts.at(-1) ?? 0; last <= offset; last = lineStarts.at(-1) ?? 0)
    lineStarts.push(source.indexOf('\n', last) + 1 || Number.POSITIVE_INFINITY);
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
