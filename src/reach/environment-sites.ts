/** Finds what changes the Node that children and threads are started with. Its neighbour: code-sites.ts. */
import type { FileWalk } from './file-walk.ts';
import { dottedPath } from './global-path.ts';
import type { Scopes } from './scopes.ts';
import { bare, context, keyName, memberName, type Node } from './syntax.ts';

/** Node reads them when a child process starts (Node documentation, "Command-line API, Environment variables"). */
const NODE_VARIABLES = /^NODE_(?:OPTIONS|PATH)$/;

/** They are set, or named in a text that may be the name under which something is set. Looking at them is harmless. */
export function setsNodeVariable(node: Node): boolean {
  switch (node.type) {
    case 'MemberExpression': {
      if (!NODE_VARIABLES.test(memberName(node) ?? '')) return false;
      const { parent, child } = context(node);
      return parent?.type === 'AssignmentExpression' && parent.left === child;
    }
    case 'Property':
      if (!NODE_VARIABLES.test(keyName(node.key, node.computed) ?? '')) return false;
      return context(node).parent?.type === 'ObjectExpression';
    case 'Literal': {
      if (typeof node.value !== 'string' || !NODE_VARIABLES.test(node.value)) return false;
      const { parent } = context(node);
      return parent?.type !== 'MemberExpression' && parent?.type !== 'Property' && parent?.type !== 'BinaryExpression';
    }
    default:
      return false;
  }
}

/** `fork` and `cluster.fork` start their children with these (Node documentation, `child_process.fork`, `cluster.settings`). */
const STARTED_WITH: ReadonlySet<string> = new Set(['process.execArgv', 'process.execPath', 'cluster.settings']);
const LAST_NAMES: ReadonlySet<string> = new Set(['execArgv', 'execPath', 'settings']);

/** They are set, or changed where they stand: an element, a method that changes a list, or a call that is handed them. */
export function changesStart(node: Node, scopes: Scopes): boolean {
  if (node.type !== 'MemberExpression' || !LAST_NAMES.has(memberName(node) ?? '')) return false;
  if (!STARTED_WITH.has(dottedPath(node, scopes) ?? '')) return false;
  const { parent, child } = context(node);
  if (parent?.type === 'AssignmentExpression') return parent.left === child;
  if (parent?.type === 'CallExpression')
    return parent.callee !== child && CHANGING_CALLS.has(memberName(bare(parent.callee)) ?? '');
  if (parent?.type !== 'MemberExpression' || parent.object !== child) return false;
  const { parent: above, child: member } = context(parent);
  if (above?.type === 'AssignmentExpression') return above.left === member;
  return above?.type === 'CallExpression' && above.callee === member && CHANGING_METHODS.has(memberName(parent) ?? '');
}

const CHANGING_CALLS: ReadonlySet<string> = new Set(['assign', 'call', 'apply', 'defineProperty', 'set']);
const CHANGING_METHODS: ReadonlySet<string> = new Set([
  'push',
  'unshift',
  'splice',
  'fill',
  'copyWithin',
  'reverse',
  'sort',
]);

/**
 * `process.chdir` is handed on, and who calls it is not seen. A file that puts another function in its place keeps the first to call it from there,
 * with the folder that the other gets.
 */
export function handsOnChdir(node: Node, { scopes, tree }: FileWalk): boolean {
  if (node.type !== 'MemberExpression' || memberName(node) !== 'chdir') return false;
  if (dottedPath(node, scopes) !== 'process.chdir') return false;
  const { parent, child } = context(node);
  const isCalled = parent?.type === 'CallExpression' && parent.callee === child;
  const isAsked =
    parent?.type === 'UnaryExpression' || (parent?.type === 'AssignmentExpression' && parent.left === child);
  return !isCalled && !isAsked && !tree.nodes.some((other) => replacesChdir(other, scopes));
}

const replacesChdir = (node: Node, scopes: Scopes): boolean =>
  node.type === 'AssignmentExpression' && dottedPath(node.left, scopes) === 'process.chdir';
