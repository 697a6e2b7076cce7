/** The function that a name stands for: closed-values.ts, closed-objects.ts, require-uses.ts and flow-steady.ts ask what a callee is. */
import type { Scopes } from './scopes.ts';
import { bare, isFunction, parentOf, type FunctionNode, type Node } from './syntax.ts';

/**
 * `null` unless the name is declared once, as one function, and never set again. Whoever relies on it asks `isOpaque` of the scopes first.
 *
 * A parameter is declared inside of a function as well, and is not that function but whatever is passed.
 */
export function declaredFunction(callee: Node, scopes: Scopes): FunctionNode | null {
  const name = bare(callee);
  const binding = name.type === 'Identifier' ? scopes.bindingOf(name) : null;
  const [declaration, ...others] = binding?.declarations ?? [];
  if (binding === null || declaration === undefined || others.length > 0 || binding.writes.length > 0) return null;
  const parent = parentOf(declaration);
  if (parent !== undefined && isFunction(parent)) return 'id' in parent && parent.id === declaration ? parent : null;
  if (parent?.type !== 'VariableDeclarator' || parent.id !== declaration || parent.init === null) return null;
  const init = bare(parent.init);
  return isFunction(init) ? init : null;
}
