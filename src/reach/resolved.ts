/** What an expression can be, as flow-resolve.ts answers it: how answers are put together, and what is asked of them. */
import { type FlowFile, type Site, writesMember } from './flow-file.ts';
import type { FunctionRef } from './flow-trace.ts';
import { isClass, isFunction, keyName, parentOf, type Node } from './syntax.ts';

export interface Resolved {
  /** Functions, and classes (which are called by `new`). */
  readonly found: readonly Site[];
  /** Names of what Node and the language bring: `fs.readFile`, `Object.assign`; `null` prototypes' methods are not among them. */
  readonly natives: readonly string[];
  /** False where the expression could be something else as well. */
  readonly isWhole: boolean;
  /** The expression that is not whole, where another one was asked for that gets its value of it (flow-parameter.ts). */
  readonly leaf?: Site;
}

export const NOTHING: Resolved = { found: [], natives: [], isWhole: true };
export const UNSEEN: Resolved = { found: [], natives: [], isWhole: false };
export const one = (file: FlowFile, node: Node): Resolved => ({ found: [{ file, node }], natives: [], isWhole: true });
export const native = (name: string): Resolved => ({ found: [], natives: [name], isWhole: true });

/** Everything that any of them can be, each once: by another way the same function comes again and again. */
export function join(all: readonly Resolved[]): Resolved {
  const [only, ...others] = all;
  if (only !== undefined && others.length === 0) return only;
  const found = new Map<Node, Site>();
  const natives = new Set<string>();
  for (const each of all) {
    for (const site of each.found) if (!found.has(site.node)) found.set(site.node, site);
    for (const name of each.natives) natives.add(name);
  }
  return { found: [...found.values()], natives: [...natives], isWhole: all.every(({ isWhole }) => isWhole) };
}

export const isNone = ({ found, natives, isWhole }: Resolved): boolean =>
  isWhole && found.length + natives.length === 0;

/** The functions among what was found; classes stand for their constructors, which may be inherited and then are not seen. */
export function functionsOf(found: readonly Site[]): {
  readonly functions: readonly FunctionRef[];
  readonly isWhole: boolean;
} {
  const functions: FunctionRef[] = [];
  let isWhole = true;
  for (const { file, node } of found) {
    if (isFunction(node)) functions.push({ file, node });
    else if (isClass(node)) {
      const constructor = constructorOf(node);
      if (constructor !== null) functions.push({ file, node: constructor });
      else if (node.superClass !== null) isWhole = false;
    }
  }
  return { functions, isWhole };
}

/**
 * Those that get an object as `this` because they are members of it. A class never does: its constructor refuses to be called without `new`
 * (ECMA-262, 10.2.1, step 2), and by `new` it has an object of its own.
 */
export const calledAsMethods = (found: readonly Site[]): readonly FunctionRef[] =>
  found.flatMap(({ file, node }) => (isFunction(node) ? [{ file, node }] : []));

export function constructorOf(node: Node): FunctionRef['node'] | null {
  if (!isClass(node)) return null;
  for (const member of node.body.body)
    if (member.type === 'MethodDefinition' && member.kind === 'constructor') return member.value;
  return null;
}

/** The class whose constructor a `super(…)` stands in. */
export function heirCalling(node: Node): Node | null {
  if (node.type !== 'CallExpression' || node.callee.type !== 'Super') return null;
  let child: Node = node;
  for (let above = parentOf(child); above !== undefined; child = above, above = parentOf(above))
    if (above.type === 'MethodDefinition' && above.kind === 'constructor' && above.value === child) {
      const body = parentOf(above);
      return (body === undefined ? undefined : parentOf(body)) ?? null;
    }
  return null;
}

export const hasStaticField = (node: Node, name: string): boolean =>
  isClass(node) &&
  node.body.body.some(
    (member) =>
      (member.type === 'PropertyDefinition' || member.type === 'AccessorProperty') &&
      (keyName(member.key, member.computed) ?? name) === name,
  );

/** Whether a method that all functions have may be another of the program's own here. */
export const hasOwn = (file: FlowFile, { found, natives }: Resolved, name: string): boolean =>
  (natives.length > 0 && writesMember(file, name)) ||
  found.some((each) => !isFunction(each.node) || writesMember(file, name) || writesMember(each.file, name));
