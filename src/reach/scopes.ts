/**
 * Which declaration each name of a file means: ECMA-262's scopes, as far as reach needs them.
 *
 * module-requests.ts asks whether `require` is Node's, constant-text.ts what a variable can hold. A `with` statement or a
 * direct `eval` may bind names that are not seen here; whoever relies on a binding asks `isOpaque` first.
 */
import { bare, isClass, isFunction, type Node, parentOf, type SyntaxTree } from './syntax.ts';

/** One declared name. */
export interface Binding {
  readonly name: string;
  readonly kind: 'var' | 'let' | 'const' | 'function' | 'class' | 'import' | 'parameter' | 'catch' | 'enum' | 'self';
  /** The scope's node: a function, a block, the program. */
  readonly scope: Node;
  /** Every place that declares it; more than one for `var` and functions only. */
  readonly declarations: readonly Node[];
  /** The identifiers that read it, declarations not among them. */
  readonly reads: readonly Node[];
  /** The identifiers that assign to it after its declaration: `a = 1`, `a++`, `[a] = b`, `for (a of b)`. */
  readonly writes: readonly Node[];
}

export interface Scopes {
  /** What an identifier that is a reference or a declaration means; `null` for a global. */
  readonly bindingOf: (identifier: Node) => Binding | null;
  /** The references to names that the file does not declare, by name. */
  readonly globals: ReadonlyMap<string, readonly Node[]>;
  readonly bindings: readonly Binding[];
  /** True when `with` or a direct `eval` can change what names mean. */
  readonly isOpaque: boolean;
}

interface OpenBinding extends Binding {
  readonly declarations: Node[];
  readonly reads: Node[];
  readonly writes: Node[];
}

type Names = Map<string, OpenBinding>;

export function scopesOf(tree: SyntaxTree): Scopes {
  const scopes = new Map<Node, Names>();
  const meaning = new Map<Node, OpenBinding>();
  const declare = declarer(scopes, meaning);
  const { names: identifiers, others } = tree.kinds;
  for (const node of others) declareIn(node, declare);
  const globals = new Map<string, Node[]>();
  const isOpaque = identifiers.some(isDirectEval) || others.some(({ type }) => type === 'WithStatement');
  const around = scopesAround(scopes, others);
  for (const node of identifiers) {
    if (meaning.has(node) || !isReference(node)) continue;
    const binding = lookUp(node.name, around(node));
    if (binding === null) {
      const known = globals.get(node.name);
      if (known === undefined) globals.set(node.name, [node]);
      else known.push(node);
      continue;
    }
    meaning.set(node, binding);
    const use = useOf(node);
    if (use !== 'write') binding.reads.push(node);
    if (use !== 'read') binding.writes.push(node);
  }
  const bindings = [...scopes.values()].flatMap((names) => [...names.values()]);
  return { bindingOf: (identifier) => meaning.get(identifier) ?? null, globals, bindings, isOpaque };
}

/** ECMA-262, 19.2.1: only a call that is spelled `eval(…)` sees the scopes around it. */
const isDirectEval = (name: Node & { name: string }): boolean =>
  name.name === 'eval' && name.parent?.type === 'CallExpression' && name.parent.callee === name;

type Declare = (scope: Node, kind: Binding['kind'], identifier: Node & { name: string }) => void;

const declarer =
  (scopes: Map<Node, Names>, meaning: Map<Node, OpenBinding>): Declare =>
  (scope, kind, identifier) => {
    let names = scopes.get(scope);
    if (names === undefined) scopes.set(scope, (names = new Map()));
    let binding = names.get(identifier.name);
    if (binding === undefined) {
      binding = { name: identifier.name, kind, scope, declarations: [], reads: [], writes: [] };
      names.set(identifier.name, binding);
    }
    binding.declarations.push(identifier);
    meaning.set(identifier, binding);
  };

function declareIn(node: Node, declare: Declare): void {
  switch (node.type) {
    case 'VariableDeclaration': {
      const kind = node.kind === 'var' ? 'var' : node.kind === 'let' ? 'let' : 'const';
      const scope = kind === 'var' ? functionScope(node) : blockScope(node);
      for (const { id } of node.declarations) for (const name of namesIn(id)) declare(scope, kind, name);
      return;
    }
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      for (const parameter of node.params) for (const name of namesIn(parameter)) declare(node, 'parameter', name);
      if (node.type === 'ArrowFunctionExpression' || node.id === null) return;
      // Annex B.3.2: a function in a block is a `var` of the function around it as well; one binding stands for both.
      if (node.type === 'FunctionDeclaration') declare(functionScope(node), 'function', node.id);
      else declare(node, 'self', node.id);
      return;
    case 'ClassDeclaration':
      if (node.id !== null) declare(blockScope(node), 'class', node.id);
      return;
    case 'ClassExpression':
      if (node.id !== null) declare(node, 'self', node.id);
      return;
    case 'CatchClause':
      if (node.param !== null) for (const name of namesIn(node.param)) declare(node, 'catch', name);
      return;
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      declare(blockScope(node), 'import', node.local);
      return;
    case 'TSImportEqualsDeclaration':
      declare(blockScope(node), 'import', node.id);
      return;
    case 'TSEnumDeclaration':
      declare(blockScope(node), 'enum', node.id);
      return;
    case 'TSModuleDeclaration':
      if (node.id.type === 'Identifier') declare(blockScope(node), 'enum', node.id);
      return;
    default:
  }
}

/** The identifiers that a pattern declares or assigns. Patterns nest as deeply as the input says, so there is no recursion. */
function namesIn(pattern: Node): readonly (Node & { type: 'Identifier'; name: string })[] {
  const names: (Node & { type: 'Identifier'; name: string })[] = [];
  const open: (Node | null)[] = [pattern];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    switch (node?.type) {
      case 'Identifier':
        names.push(node);
        break;
      case 'AssignmentPattern':
        open.push(node.left);
        break;
      case 'ArrayPattern':
        open.push(...node.elements);
        break;
      case 'ObjectPattern':
        open.push(...node.properties.map((property) => (property.type === 'Property' ? property.value : property)));
        break;
      case 'RestElement':
        open.push(node.argument);
        break;
      case 'TSParameterProperty':
        open.push(node.parameter);
        break;
      default:
    }
  }
  return names;
}

function functionScope(node: Node): Node {
  let scope = node;
  for (let above = parentOf(node); above !== undefined; above = parentOf(above)) {
    scope = above;
    if (isFunction(above) || above.type === 'StaticBlock' || above.type === 'TSModuleBlock') return above;
  }
  return scope;
}

function blockScope(node: Node): Node {
  let scope = node;
  for (let above = parentOf(node); above !== undefined; above = parentOf(above)) {
    scope = above;
    if (opensBlock(above)) return above;
  }
  return scope;
}

const opensBlock = (node: Node): boolean =>
  isFunction(node) ||
  node.type === 'BlockStatement' ||
  node.type === 'ForStatement' ||
  node.type === 'ForInStatement' ||
  node.type === 'ForOfStatement' ||
  node.type === 'SwitchStatement' ||
  node.type === 'StaticBlock' ||
  node.type === 'TSModuleBlock';

function lookUp(name: string, open: readonly Scope[]): OpenBinding | null {
  for (let at = open.length - 1; at >= 0; at -= 1) {
    const binding = open[at]?.names.get(name);
    if (binding !== undefined) return binding;
  }
  return null;
}

interface Scope {
  readonly owner: Node;
  readonly names: Names;
}

/** Asked for identifiers in the order of the tree: the scopes around one, the innermost last. */
function scopesAround(
  scopes: ReadonlyMap<Node, Names>,
  nodes: readonly Node[],
): (identifier: Node) => readonly Scope[] {
  const all: Scope[] = [];
  for (const owner of nodes) {
    const names = scopes.get(owner);
    if (names !== undefined) all.push({ owner, names });
  }
  const open: Scope[] = [];
  const leave = (start: number): void => {
    while ((open.at(-1)?.owner.end ?? start + 1) <= start) open.pop();
  };
  let at = 0;
  return ({ start }) => {
    for (let next = all[at]; next !== undefined && next.owner.start <= start; next = all[at]) {
      leave(next.owner.start);
      open.push(next);
      at += 1;
    }
    leave(start);
    return open;
  };
}

/** Whether an identifier stands for a value; else it is the name of a property, a label, or of an import or export. */
function isReference(node: Node): boolean {
  const parent = parentOf(node);
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.object === node || parent.computed;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return parent.value === node || (parent.computed && parent.key === node);
    case 'ExportSpecifier':
      return parent.local === node && isLocalExport(parentOf(parent));
    case 'ImportSpecifier':
    case 'ImportAttribute':
    case 'ExportAllDeclaration':
    case 'MetaProperty':
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'TSEnumMember':
      return parent.type === 'TSEnumMember' && parent.initializer === node;
    case 'JSXOpeningElement':
      return node.type === 'JSXIdentifier' && /^[^a-z]/.test(node.name);
    case 'JSXMemberExpression':
      return parent.object === node;
    case 'JSXAttribute':
    case 'JSXClosingElement':
    case 'JSXNamespacedName':
      return false;
    default:
      return true;
  }
}

const isLocalExport = (node: Node | undefined): boolean =>
  node?.type === 'ExportNamedDeclaration' && node.source === null;

/** Whether a reference reads its variable, writes it, or both (`a += 1`, `a++`). */
function useOf(node: Node): 'read' | 'write' | 'both' {
  let child = node;
  for (let parent = parentOf(node); parent !== undefined; parent = parentOf(parent)) {
    switch (parent.type) {
      case 'AssignmentExpression':
        if (parent.left !== child) return 'read';
        return parent.operator === '=' || bare(parent.left) !== node ? 'write' : 'both';
      case 'UpdateExpression':
        return 'both';
      case 'ForInStatement':
      case 'ForOfStatement':
        return parent.left === child ? 'write' : 'read';
      case 'AssignmentPattern':
        if (parent.left !== child) return 'read';
        break;
      case 'Property':
        if (parent.value !== child || parentOf(parent)?.type !== 'ObjectPattern') return 'read';
        break;
      case 'ArrayPattern':
      case 'ObjectPattern':
      case 'RestElement':
        break;
      default:
        if (bare(parent) === parent || isClass(parent)) return 'read';
    }
    child = parent;
  }
  return 'read';
}
