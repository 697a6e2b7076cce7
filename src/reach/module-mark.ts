/**
 * Whether a module is one that a compiler made of an ECMAScript module, as far as those can tell who load it: by its `__esModule`.
 *
 * The syntax of the mark, and of what asks for it, is wrapped-module.ts; flow-resolve.ts asks.
 */
import { exportsOf, WHOLE_EXPORT } from './exported-values.ts';
import type { FlowFile, Site } from './flow-file.ts';
import { writtenTo, writtenToExports } from './flow-steady.ts';
import type { FlowWorld, RequestTarget } from './flow-trace.ts';
import { bare, isClass, isFunction, keyName, parentOf, type Node } from './syntax.ts';
import { describesTrue, isTrue, MARK, marksItself } from './wrapped-module.ts';

/**
 * Whether a module has the mark at every moment at which it can be asked for it; `null` where that is not known. A module that is loaded in a
 * circle is asked before it has run to its end, so the mark has to be there before anything else is loaded.
 */
export function isMarked(world: FlowWorld, target: RequestTarget): boolean | null {
  if (target.kind === 'native') return false;
  if (target.kind === 'unknown' || target.file.isEsm) return null;
  const { file } = target;
  const { values, isWhole } = exportsOf(file);
  if (!isWhole || file.scopes.isOpaque || world.patchesPrototypes(MARK) || world.addsMethods()) return null;
  const written = writtenToExports(world, file);
  // A compiler's own mark is looked at below.
  const isOwn = (site: Site | null): boolean => site?.file === file && (isTrue(site.node) || describesTrue(site.node));
  if (!written.isWhole || written.values.get(MARK)?.every(isOwn) === false) return null;
  const wholes = values.get(WHOLE_EXPORT) ?? [];
  const isNamed = file.tree.source.includes(MARK);
  if (isNamed) return wholes.length === 0 && (values.get(MARK) ?? []).every(isTrue) && marksItself(file) ? true : null;
  return wholes.every((value) => isPlainValue(world, { file, node: bare(value) })) ? false : null;
}

/** A function or a literal that is written there, and that nobody gives the mark. */
function isPlainValue(world: FlowWorld, { file, node }: Site): boolean {
  const value = node.type === 'Identifier' ? declaredAs(file, node) : node;
  if (value === null) return false;
  const isPlain =
    isFunction(value) ||
    (isClass(value) && value.superClass === null) ||
    (value.type === 'ObjectExpression' &&
      value.properties.every(
        (property) =>
          property.type === 'Property' && !['__proto__', null].includes(keyName(property.key, property.computed)),
      ));
  if (!isPlain) return false;
  const written = writtenTo(world, { file, node: value });
  return written.isWhole && !written.values.has(MARK);
}

/** The function, class or literal that a name stands for and nothing else. */
function declaredAs(file: FlowFile, name: Node & { type: 'Identifier' }): Node | null {
  const binding = file.scopes.bindingOf(name);
  const [declaration, ...others] = binding?.declarations ?? [];
  if (binding === null || declaration === undefined || others.length > 0 || binding.writes.length > 0) return null;
  const parent = parentOf(declaration);
  if (parent === undefined) return null;
  if (isFunction(parent) || isClass(parent)) return parent.id === declaration ? parent : null;
  return parent.type === 'VariableDeclarator' && parent.id === declaration && parent.init !== null
    ? bare(parent.init)
    : null;
}
