/** Methods of a class of the file's own that have the name of one of Node's loader: code-sites.ts asks, and passes them over. */
import { dottedPath } from './global-path.ts';
import type { Binding, Scopes } from './scopes.ts';
import { bare, memberName, type Node } from './syntax.ts';

/**
 * `this._compile(…)` and `X.prototype._compile = …` of a class of the file's own, as Ajv has. Where a class stands for Node's `Module`, it is
 * made from it, and that is a site of its own (`module.Module`, builtin-uses.ts).
 */
export function isOfOwnClass(node: Node & { type: 'MemberExpression' }, scopes: Scopes): boolean {
  const object = bare(node.object);
  if (object.type === 'ThisExpression') return true;
  if (object.type === 'MemberExpression' && memberName(object) === 'prototype') {
    return dottedPath(object, scopes)?.startsWith('module') !== true && bare(object.object).type === 'Identifier';
  }
  const binding = object.type === 'Identifier' ? scopes.bindingOf(object) : null;
  const [declaration] = binding?.declarations ?? [];
  const declarator = declaration?.parent;
  if (declarator?.type !== 'VariableDeclarator') return false;
  return declarator.init?.type === 'ThisExpression' || isPrototypeOfOwn(declarator.init, binding, scopes);
}

/** `var _proto = Template.prototype`, which Babel writes, of a function of the file. */
function isPrototypeOfOwn(value: Node | null, binding: Binding | null, { bindingOf }: Scopes): boolean {
  if (value?.type !== 'MemberExpression' || memberName(value) !== 'prototype' || binding?.writes.length !== 0)
    return false;
  const owner = bare(value.object);
  const kind = owner.type === 'Identifier' ? bindingOf(owner)?.kind : null;
  return binding.declarations.length === 1 && (kind === 'function' || kind === 'class');
}
