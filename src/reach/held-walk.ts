/** The walk from one place that holds an object to the next, as flow-steady.ts goes it: what was seen, what is open, what was written. */
import { thisesOf, type Site } from './flow-file.ts';
import type { FlowWorld } from './flow-trace.ts';
import { methodsMeant } from './methods-meant.ts';
import type { Node } from './syntax.ts';

export interface Written {
  /** What is assigned to which member, besides where the object is made; `null` where that is not seen. */
  readonly values: ReadonlyMap<string, readonly (Site | null)[]>;
  /** False where any member may be replaced by what is not seen. */
  readonly isWhole: boolean;
}

/** An expression that is the object, or has it as a property (`member`), or further in: names with a zero between them. */
export interface Holder extends Site {
  readonly member: string | null;
}

export interface Walk {
  readonly world: FlowWorld;
  readonly open: Holder[];
  readonly seen: Map<Node, Set<string | null>>;
  readonly values: Map<string, (Site | null)[]>;
  isWhole: boolean;
}

/** A method has the object as `this`; where it is not seen it may give it any member. */
export function ofMethod(walk: Walk, { file, node }: Site, member: string | null = null): void {
  const methods = node.type === 'StaticBlock' ? [{ file, node }] : methodsMeant(walk.world, file, node);
  if (methods === null) return lose(walk);
  for (const method of methods)
    if (method.node.type !== 'ArrowFunctionExpression')
      for (const use of thisesOf(method.file, method.node))
        if (use.type === 'ThisExpression') hold(walk, { file: method.file, node: use, member });
}

export function hold(walk: Walk, holder: Holder): void {
  let members = walk.seen.get(holder.node);
  if (members === undefined) walk.seen.set(holder.node, (members = new Set()));
  if (members.has(holder.member)) return;
  members.add(holder.member);
  walk.open.push(holder);
}

export const lose = (walk: Walk): void => {
  walk.isWhole = false;
};

export function record(walk: Walk, name: string, value: Site | null): void {
  const list = walk.values.get(name);
  if (list === undefined) walk.values.set(name, [value]);
  else list.push(value);
  if (value !== null) ofMethod(walk, value);
}
