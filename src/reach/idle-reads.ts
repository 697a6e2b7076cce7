/**
 * Reads of a name that do nothing with what the value flow follows: `api.parse = parse` and `api.parse` where the function lies under another name of
 * the object. A library that hangs hundreds of functions on one object is looked at once, and not once for each function and each way to it.
 *
 * What such a place would do is left out only where it is known to be nothing. One thing is put off: a function that is attached under a name is one
 * that a call by this name can mean (`seen` of a trace), and that is asked only where there is such a call (flow-methods.ts).
 */
import { isPatternTarget, type FlowFile } from './flow-file.ts';
import { usesThis } from './flow-receiver.ts';
import { resolve } from './flow-resolve.ts';
import { ACCESS, keysIn, PROMISED, through, type Tag } from './flow-tag.ts';
import type { Flow, FlowWorld, Trace } from './flow-trace.ts';
import { isCalled } from './held-places.ts';
import { calledAsMethods } from './resolved.ts';
import { context, memberName, type Node } from './syntax.ts';

/** The places of one variable, or of one `this`. */
export interface Reads {
  readonly file: FlowFile;
  readonly others: readonly Node[];
  /** By the name of the member that is read or set there. */
  readonly idle: ReadonlyMap<string, readonly IdleRead[]>;
}

interface IdleRead {
  readonly node: Node;
  /** A function is attached there that does not ask for its `this`. */
  readonly isAttached: boolean;
}

/** Places that a trace has passed over, with what it passed. */
export type PassedOver = Map<Reads, Tag[]>;

const known = new WeakMap<FlowWorld, Map<object, Reads>>();

interface Places {
  readonly file: FlowFile;
  /** What they are the places of: the same for the same ones. */
  readonly owner: object;
  readonly nodes: readonly Node[];
  /** Whether the value cannot be at one of them (type-guard.ts); what leads to the function can be at all of the others. */
  readonly isOut?: (node: Node) => boolean;
}

/** Pushes the value to all the places where something may be done with it. */
export function pushReads(flow: Flow, trace: Trace, places: Places, tag: Tag): void {
  const { file, owner, nodes, isOut } = places;
  const push = (node: Node): void => flow.push(trace, { kind: 'value', file, node, tag });
  if (nodes.length < FEW || !mayBeIdle(tag)) {
    for (const node of nodes) if (isOut?.(node) !== true) push(node);
    return;
  }
  const reads = readsOf(flow.world, file, owner, places);
  for (const node of reads.others) push(node);
  if (reads.idle.size === 0) return;
  for (const [name, idle] of reads.idle) {
    const isMet = through({ name }, tag).length > 0;
    for (const { node, isAttached } of idle) if (isMet || (isAttached && trace.methods.asked.has(name))) push(node);
  }
  const tags = trace.methods.passedOver.get(reads);
  if (tags === undefined) trace.methods.passedOver.set(reads, [tag]);
  else tags.push(tag);
}

/** So few are looked at as they are. */
const FEW = 8;

/** What the marks say is done at the place itself, whatever stands behind the dot. */
const mayBeIdle = ({ path: [first] }: Tag): boolean =>
  first !== undefined && !keysIn(first).some((key) => key === ACCESS || key === PROMISED);

/** A method of that name is called on an object that leads to the function: what is attached under the name counts from now on. */
export function askFor(flow: Flow, trace: Trace, name: string): void {
  const { asked, passedOver } = trace.methods;
  if (asked.has(name)) return;
  asked.add(name);
  for (const [{ file, idle }, tags] of passedOver)
    for (const { node, isAttached } of idle.get(name) ?? [])
      if (isAttached) for (const tag of tags) flow.push(trace, { kind: 'value', file, node, tag });
}

function readsOf(world: FlowWorld, file: FlowFile, owner: object, { nodes, isOut }: Places): Reads {
  let ofWorld = known.get(world);
  if (ofWorld === undefined) known.set(world, (ofWorld = new Map()));
  let reads = ofWorld.get(owner);
  if (reads === undefined) {
    reads = sortedOut(world, file, isOut === undefined ? nodes : nodes.filter((node) => !isOut(node)));
    ofWorld.set(owner, reads);
  }
  return reads;
}

function sortedOut(world: FlowWorld, file: FlowFile, nodes: readonly Node[]): Reads {
  const others: Node[] = [];
  const idle = new Map<string, IdleRead[]>();
  for (const node of nodes) {
    const { parent, child } = context(node);
    const name = parent?.type === 'MemberExpression' && parent.object === child ? memberName(parent) : null;
    const isAttached = parent === null || name === null ? null : attachesIdly(world, file, parent, name);
    if (name === null || isAttached === null) {
      others.push(node);
      continue;
    }
    const list = idle.get(name);
    if (list === undefined) idle.set(name, [{ node, isAttached }]);
    else list.push({ node, isAttached });
  }
  return { file, others, idle };
}

/** `C.prototype.run`, and not `C.prototype.constructor`, which is C again, nor the prototype as a value. */
function isPlainly(prototype: Node): boolean {
  const { parent, child } = context(prototype);
  const name = parent?.type === 'MemberExpression' && parent.object === child ? memberName(parent) : null;
  return name !== null && name !== 'constructor';
}

/** Whether a function is attached by the member, and does nothing by that; `null` where more may happen. */
function attachesIdly(world: FlowWorld, file: FlowFile, member: Node, name: string): boolean | null {
  const { parent, child } = context(member);
  // What an object inherits leads to the function by these, whatever lies under their names (`throughInherited`).
  if (name === '__proto__' || name === 'constructor' || (name === 'prototype' && !isPlainly(member))) return null;
  if (world.patchesPrototypes(name) || isCalled(parent, child) || isPatternTarget(member)) return null;
  if (parent?.type !== 'AssignmentExpression' || parent.left !== child) return false;
  const set = resolve(world, file, parent.right);
  return set.isWhole && !calledAsMethods(set.found).some(usesThis) ? true : null;
}
