/** The walk from one place that holds an object to the next, as flow-steady.ts goes it: what was seen, what is open, what was written. */
import { thisesOf, type Site } from './flow-file.ts';
import type { FlowWorld } from './flow-trace.ts';
import { methodsMeant } from './methods-meant.ts';
import { isCalledByNatives } from './natives.ts';
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
  readonly methods: Methods;
  /** Names under which the object has itself (`F.F = F`), and what is read of it; `null`: under a name that is computed. */
  readonly itself: { readonly names: Set<string>; readonly reads: Map<string | null, Site[]> };
  isWhole: boolean;
}

/**
 * What the object has under names of its own, and which names are called on it. A function has the object as `this` only by such a call (ECMA-262,
 * 13.3.6.2): whoever makes one has the object, and so is looked at.
 */
interface Methods {
  /** Not called as far as is seen yet. */
  readonly waiting: Map<string, Site[]>;
  /** `null`: any name. */
  readonly called: Set<string | null>;
}

export const newWalk = (world: FlowWorld): Walk => ({
  world,
  open: [],
  seen: new Map(),
  values: new Map(),
  methods: { waiting: new Map(), called: new Set() },
  itself: { names: new Set(), reads: new Map() },
  isWhole: true,
});

/** @param name `null` where the value may be called on the object without any call that is seen. */
export function give(walk: Walk, name: string | null, value: Site): void {
  const { waiting, called } = walk.methods;
  // The language and Node call some by themselves.
  if (name === null || isCalledByNatives([name]) || called.has(name) || called.has(null)) return ofMethod(walk, value);
  const list = waiting.get(name);
  if (list === undefined) waiting.set(name, [value]);
  else list.push(value);
  return undefined;
}

/** @param name `null` where it is computed. */
export function callNamed(walk: Walk, name: string | null): void {
  const { waiting, called } = walk.methods;
  called.add(name);
  for (const each of name === null ? [...waiting.keys()] : [name]) {
    const values = waiting.get(each) ?? [];
    waiting.delete(each);
    for (const value of values) ofMethod(walk, value);
  }
}

/** What is read under the name is the object again. */
export function hasItself(walk: Walk, name: string): void {
  const { names, reads } = walk.itself;
  names.add(name);
  for (const each of [name, null]) for (const read of reads.get(each) ?? []) hold(walk, { ...read, member: null });
}

export function readOf(walk: Walk, read: Site, name: string | null): void {
  const { names, reads } = walk.itself;
  if (name === null ? names.size > 0 : names.has(name)) hold(walk, { ...read, member: null });
  const list = reads.get(name);
  if (list === undefined) reads.set(name, [read]);
  else list.push(read);
}

/** A method has the object as `this`; where it is not seen it may give it any member. */
export function ofMethod(walk: Walk, { file, node }: Site, member: string | null = null): void {
  const methods = node.type === 'StaticBlock' ? [{ file, node }] : methodsMeant(walk.world, file, node);
  if (methods === null) return lose(walk);
  for (const method of methods)
    if (method.node.type !== 'ArrowFunctionExpression')
      // `super.x = f` writes to what the method has as `this` (ECMA-262, 13.3.7.3).
      for (const use of thisesOf(method.file, method.node)) hold(walk, { file: method.file, node: use, member });
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
  if (value !== null) give(walk, name, value);
}
