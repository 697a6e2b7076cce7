/** The module that an expression stands for, where the syntax says it: flow-resolve.ts asks. */
import { valuesOf, type FlowFile } from './flow-file.ts';
import type { FlowWorld } from './flow-trace.ts';
import { bare, parentOf, type Node } from './syntax.ts';

/** The module that an expression names: `require('x')`, a variable or an import that holds one. */
export function moduleOf(world: FlowWorld, file: FlowFile, expression: Node): ReturnType<FlowWorld['targetOf']> | null {
  const node = bare(expression);
  if (node.type === 'CallExpression') return nullIfUnknown(world.targetOf(file, node));
  if (node.type !== 'Identifier') return null;
  const binding = file.scopes.bindingOf(node);
  if (binding === null) return null;
  if (binding.kind === 'import') {
    const [declaration] = binding.declarations;
    const specifier = declaration === undefined ? undefined : parentOf(declaration);
    const statement = specifier === undefined ? undefined : parentOf(specifier);
    if (specifier?.type !== 'ImportNamespaceSpecifier' || statement === undefined) return null;
    return nullIfUnknown(world.targetOf(file, statement));
  }
  if (binding.kind !== 'var' && binding.kind !== 'let' && binding.kind !== 'const') return null;
  const values = valuesOf(binding);
  const [value, ...others] = values ?? [];
  if (value === undefined || others.length > 0) return null;
  const request = bare(value);
  return request.type === 'CallExpression' ? nullIfUnknown(world.targetOf(file, request)) : null;
}

export const isNamespace = (file: FlowFile, name: Node): boolean =>
  file.scopes.bindingOf(bare(name))?.kind === 'import';

const nullIfUnknown = <T extends { readonly kind: string }>(target: T): T | null =>
  target.kind === 'unknown' ? null : target;
