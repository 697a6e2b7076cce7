/**
 * `[Object, Function, eval].forEach(function (each) { Object.getOwnPropertyNames(each).map(add) })`: minifiers ask so which names the language has,
 * and neither call what is in the list nor hand it on. code-sites.ts asks.
 */
import { dottedPath } from './global-path.ts';
import type { Scopes } from './scopes.ts';
import { bare, context, memberName, type Node } from './syntax.ts';

/** What gives the names of an object's properties, and not what they hold. */
const NAMING: ReadonlySet<string> = new Set(['Object.getOwnPropertyNames', 'Object.keys']);

/** Whether an element of an array literal is seen by nobody but a callback that looks at its names. */
export function isOnlyListed(element: Node, scopes: Scopes): boolean {
  const { parent: array } = context(element);
  if (array?.type !== 'ArrayExpression' || scopes.isOpaque) return false;
  const { parent: member, child: list } = context(array);
  if (member?.type !== 'MemberExpression' || member.object !== list || memberName(member) !== 'forEach') return false;
  const { parent: call, child: callee } = context(member);
  if (call?.type !== 'CallExpression' || call.callee !== callee) return false;
  const [first, ...others] = call.arguments;
  const callback = first === undefined ? null : bare(first);
  if (callback?.type !== 'FunctionExpression' && callback?.type !== 'ArrowFunctionExpression') return false;
  // The array itself is the third argument (ECMA-262, 23.1.3.15).
  const [parameter, ...more] = callback.params;
  if (others.length > 0 || more.length > 0 || parameter?.type !== 'Identifier') return false;
  const binding = scopes.bindingOf(parameter);
  const isAsked = (scopes.globals.get('arguments') ?? []).some(
    (use) => callback.start <= use.start && use.end <= callback.end,
  );
  if (binding === null || binding.writes.length > 0 || isAsked) return false;
  return binding.reads.every((read) => isNamed(read, scopes) || isPrototypeNamed(read, scopes));
}

function isNamed(value: Node, scopes: Scopes): boolean {
  const { parent, child } = context(value);
  if (parent?.type === 'IfStatement') return parent.test === child;
  return (
    parent?.type === 'CallExpression' && parent.callee !== child && NAMING.has(dottedPath(parent.callee, scopes) ?? '')
  );
}

function isPrototypeNamed(value: Node, scopes: Scopes): boolean {
  const { parent, child } = context(value);
  return (
    parent?.type === 'MemberExpression' &&
    parent.object === child &&
    memberName(parent) === 'prototype' &&
    isNamed(parent, scopes)
  );
}
