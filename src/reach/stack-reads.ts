/**
 * Code that asks a function for what it is being called with, or for who calls it: `f.arguments`, `f.caller`.
 *
 * ECMA-262 leaves both to the engine, and forbids them to strict functions (10.2.4, 17.1). V8 has them for functions in sloppy code that are no arrows,
 * methods, generators or async. Within one file flow-file.ts knows it (`readsArguments`); here is who asks from elsewhere. What is handed to a function
 * is lost to whoever gets hold of the function and reads its `arguments`; `caller` gives functions that nobody was handed.
 */
import { isLoose, type FlowFile, type Site } from './flow-file.ts';
import type { Flow, FunctionRef, Trace } from './flow-trace.ts';
import { context, keyName, memberName, parentOf, textOf, type Node } from './syntax.ts';

/** A file that may read them, by its text: to be looked at by its tree. */
export const STACK_READ =
  /(?<!\.)\.(?:arguments|caller)\b(?!\s*(?:\(|=[^=]))|['"`](?:arguments|caller)['"`]|[{,]\s*(?:arguments|caller)\s*:/;

export interface StackReads {
  /** Of a function that whoever asks has to hold. */
  readonly byHolder: readonly Site[];
  /** Of any function that runs, or by a name that is handed about. */
  readonly ofAny: readonly Site[];
}

const NAMES = /^(?:arguments|caller)$/;

export function stackReadsIn(files: readonly FlowFile[]): StackReads {
  const sites = files.flatMap((file) => file.tree.nodes.filter(mayRead).map((node): Site => ({ file, node })));
  return {
    byHolder: sites.filter(({ node }) => nameRead(node) === 'arguments'),
    ofAny: sites.filter(({ node }) => nameRead(node) !== 'arguments'),
  };
}

/** `caller` where it is read, `arguments` where it is; `null` for the name as a text. */
const nameRead = (node: Node): string | null =>
  node.type === 'MemberExpression'
    ? memberName(node)
    : node.type === 'Property'
      ? keyName(node.key, node.computed)
      : null;

function mayRead(node: Node): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return (
        NAMES.test(memberName(node) ?? '') && isRead(node) && !(memberName(node) === 'caller' && isOnlyNamed(node))
      );
    case 'Property':
      return parentOf(node)?.type === 'ObjectPattern' && NAMES.test(keyName(node.key, node.computed) ?? '');
    case 'Literal':
    case 'TemplateLiteral':
      return NAMES.test(textOf(node) ?? '') && isHandedOn(node);
    default:
      return false;
  }
}

/** Neither called, which an arguments object cannot be, nor set: `node.arguments = list`, `command.arguments('<file>')`. */
function isRead(member: Node): boolean {
  const { parent, child } = context(member);
  if (parent?.type === 'CallExpression') return parent.callee !== child || memberName(member) === 'caller';
  return parent?.type !== 'AssignmentExpression' || parent.left !== child || parent.operator !== '=';
}

/** `{ stackStartFn: f.caller }` for an assertion, `f.caller.name`, `f.caller === g`: nobody calls it or reads more of it. */
function isOnlyNamed(member: Node): boolean {
  const { parent, child } = context(member);
  if (parent?.type === 'BinaryExpression') return parent.operator === '===' || parent.operator === '!==';
  if (parent?.type === 'MemberExpression') return parent.object === child && memberName(parent) === 'name';
  return (
    parent?.type === 'Property' &&
    parent.value === child &&
    parentOf(parent)?.type === 'ObjectExpression' &&
    /^stackStartF(?:unctio)?n$/.test(keyName(parent.key, parent.computed) ?? '')
  );
}

/** A text that may be a key elsewhere: an argument behind the object (`Reflect.get(f, 'arguments')`), the value of a variable. */
function isHandedOn(text: Node): boolean {
  const { parent, child } = context(text);
  switch (parent?.type) {
    case 'CallExpression':
    case 'NewExpression':
      return parent.arguments.slice(1).some((each) => each === child);
    case 'VariableDeclarator':
      return parent.init === child;
    case 'AssignmentPattern':
      return parent.right === child;
    default:
      return false;
  }
}

/** Whether V8 gives the function an `arguments` and a `caller` of its own. */
function tellsOfCalls({ file, node }: FunctionRef): boolean {
  if (node.type === 'ArrowFunctionExpression' || node.async || node.generator) return false;
  const member = parentOf(node);
  return !(member?.type === 'Property' && (member.method || member.kind !== 'init')) && isLoose(file, node);
}

const OF_ARGUMENTS = 'the arguments of a function that runs can be read here';

/** What the function is handed is lost to those who could read it through the function. */
export function readThroughFunction(flow: Flow, trace: Trace, fn: FunctionRef): void {
  const { byHolder, ofAny } = flow.world.stackReads();
  if (byHolder.length + ofAny.length === 0 || !flow.countsLosses || trace.at.handed.has(fn.node) || !tellsOfCalls(fn))
    return;
  trace.at.handed.add(fn.node);
  for (const site of ofAny) flow.lose(trace, { ...site, why: OF_ARGUMENTS });
  if (byHolder.length === 0) return;
  let isLost = false;
  flow.callersOf(trace, fn, {
    onCall: () => undefined,
    onLoss: () => {
      if (isLost) return;
      isLost = true;
      for (const site of byHolder) flow.lose(trace, { ...site, why: OF_ARGUMENTS });
    },
  });
}

/** A function that holds what leads to the one that is searched is found by `caller` by code that was never given it. */
export function foundByCaller(flow: Flow, trace: Trace, fn: FunctionRef): void {
  const { ofAny } = flow.world.stackReads();
  if (ofAny.length === 0 || !tellsOfCalls(fn)) return;
  for (const site of ofAny) flow.lose(trace, { ...site, why: 'a function that runs can be got at here' });
}
