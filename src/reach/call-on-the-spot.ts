/** Functions that are called where they are written: `(function (a) { … })(b)`. flow-resolve.ts asks what their parameters are. */
import { argumentsOf, isPatternTarget, type FlowFile } from './flow-file.ts';
import { context, memberName, type Node } from './syntax.ts';

/** `arguments.callee(…)` calls it again, and `arguments[0] = …` gives a parameter another value in sloppy code (ECMA-262, 10.4.4). */
export function mayBeCalledAgain(file: FlowFile, fn: Node): boolean {
  return argumentsOf(file, fn).some((use) => {
    const { parent, child } = context(use);
    if (parent?.type !== 'MemberExpression' || parent.object !== child) return true;
    if (memberName(parent) === 'callee') return true;
    const { parent: above, child: member } = context(parent);
    return (above?.type === 'AssignmentExpression' && above.left === member) || isPatternTarget(parent);
  });
}

export interface CallOnTheSpot {
  readonly node: Node;
  readonly arguments: readonly Node[];
  /** 1 for `.call(this, …)`. */
  readonly shift: 0 | 1;
}

/** The call of a function expression that stands in the callee itself. */
export function calledOnTheSpot(fn: Node): CallOnTheSpot | null {
  const { parent, child } = context(fn);
  if (parent?.type === 'CallExpression' && parent.callee === child)
    return { node: parent, arguments: parent.arguments, shift: 0 };
  if (parent?.type !== 'MemberExpression' || parent.object !== child || memberName(parent) !== 'call') return null;
  const outer = context(parent);
  return outer.parent?.type === 'CallExpression' && outer.parent.callee === outer.child
    ? { node: outer.parent, arguments: outer.parent.arguments, shift: 1 }
    : null;
}
