/**
 * Whether `module.exports` is still the object that Node has made when a test asks for it: `typeof module !== 'undefined' && module.exports`, as old
 * libraries ask before they export (environment.ts).
 *
 * It is, where the test runs once, and the file gives `module.exports` its value only behind it, in the order in which code runs that is called where it
 * is written. What the file loads could reach its module too, so nothing is loaded before.
 */
import { calledOnTheSpot } from './call-on-the-spot.ts';
import { ownerOfThis, type FlowFile } from './flow-file.ts';
import type { Scopes } from './scopes.ts';
import { bare, context, functionAround, isFunction, memberName, parentOf, type Node } from './syntax.ts';

type Asked = Pick<FlowFile, 'scopes' | 'isEsm'>;

/** @param member `module.exports`, where it is read. */
export function isUntouched({ scopes, isEsm }: Asked, member: Node): boolean {
  const object = member.type === 'MemberExpression' && memberName(member) === 'exports' ? bare(member.object) : null;
  if (object?.type !== 'Identifier' || object.name !== 'module' || isEsm || scopes.isOpaque) return false;
  if (scopes.bindingOf(object) !== null) return false;
  const places = placesOf(member, scopes);
  const loads = scopes.globals.get('require') ?? [];
  if (places === null || loads.some((use) => use.start < member.start && !isTypeAsked(use))) return false;
  return (scopes.globals.get('module') ?? []).every((use) => isLookedAt(use) || isSetBehind(use, places, scopes));
}

const isTypeAsked = (use: Node): boolean => {
  const { parent } = context(use);
  return parent?.type === 'UnaryExpression' && parent.operator === 'typeof';
};

/** `typeof module`, `module && …`, `module.id`, `module.exports.x = f`: nothing takes the place of `module.exports`. */
function isLookedAt(use: Node): boolean {
  const { parent, child } = context(use);
  if (parent?.type === 'UnaryExpression') return parent.operator === 'typeof' || parent.operator === '!';
  if (parent?.type === 'LogicalExpression')
    return parent.operator === '&&' && (parent.left === child || isLookedAt(parent));
  if (parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') return parent.test === child;
  if (parent?.type !== 'MemberExpression' || parent.object !== child || memberName(parent) === null) return false;
  const { parent: above, child: member } = context(parent);
  switch (above?.type) {
    case 'AssignmentExpression':
      return above.left !== member;
    case 'CallExpression':
      return above.callee !== member;
    case 'UnaryExpression':
      return above.operator !== 'delete';
    case 'MemberExpression':
    case 'LogicalExpression':
    case 'BinaryExpression':
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'ExpressionStatement':
    case 'VariableDeclarator':
    case 'ReturnStatement':
      return true;
    default:
      return false;
  }
}

/** `module.exports = f`, which runs after the test. */
function isSetBehind(use: Node, test: readonly Node[], scopes: Scopes): boolean {
  const member = context(use).parent;
  const assignment = member === null ? null : context(member);
  const isSet = assignment?.parent?.type === 'AssignmentExpression' && assignment.parent.left === assignment.child;
  const places = isSet ? placesOf(use, scopes) : null;
  if (places === null) return false;
  for (const one of test)
    for (const other of places)
      if (functionAround(one) === functionAround(other)) return one.end <= other.start || isArgument(one, other);
  return false;
}

/** Arguments are evaluated before the function that is called with them runs (ECMA-262, 13.3.6.1). */
const isArgument = (test: Node, call: Node): boolean =>
  call.type === 'CallExpression' && call.arguments.some((each) => each.start <= test.start && test.end <= each.end);

/**
 * The place, and from there upward the calls of the functions around, each of which is called where it is written; `null` where one may run more than
 * once, or at another time.
 */
function placesOf(node: Node, scopes: Scopes): readonly Node[] | null {
  const places: Node[] = [node];
  for (let above = parentOf(node); above !== undefined; above = parentOf(above)) {
    if (/^(?:For|While|DoWhile)\w*Statement$/.test(above.type)) return null;
    if (!isFunction(above)) continue;
    const call = calledOnTheSpot(above);
    if (call === null || isCalledAgain(above, scopes)) return null;
    places.push(call.node);
  }
  return places;
}

/** By its own name, or through its `arguments`. */
function isCalledAgain(fn: Node, scopes: Scopes): boolean {
  const isNamed =
    fn.type === 'FunctionExpression' && fn.id !== null && (scopes.bindingOf(fn.id)?.reads.length ?? 1) > 0;
  return isNamed || (scopes.globals.get('arguments') ?? []).some((use) => ownerOfThis(use) === fn && !isPlain(use));
}

/** `arguments.length`: one of its properties that does not lead to the function. */
function isPlain(use: Node): boolean {
  const { parent, child } = context(use);
  const name = parent?.type === 'MemberExpression' && parent.object === child ? memberName(parent) : null;
  return name !== null && name !== 'callee';
}
