/**
 * `x.run(…)` where x is not known: by the name, whoever in the code that runs has a function under it (flow-names.ts). x is the `this` of each
 * of them, and the arguments are theirs.
 *
 * Only where the liveness asks (flow-live.ts); from the side of one function the members of all code are not known, and such a call is a
 * loss. Names that objects of Node have as well are left to the rules for natives: their methods call others on the same object (a stream
 * its `_write`). Those of emitters are known: listeners get the emitter as `this` (`heard` in flow-methods.ts).
 */
import type { Site } from './flow-file.ts';
import { usesThis } from './flow-receiver.ts';
import { type Known, tell, type Told, waitFor, whoCanBe } from './flow-parameter.ts';
import { resolve } from './flow-resolve.ts';
import { argumentsOf, readsArguments } from './flow-file.ts';
import { type Resolved, UNSEEN } from './resolved.ts';
import type { Flow, FunctionRef, Trace } from './flow-trace.ts';
import type { Tag } from './flow-tag.ts';
import { isCalledByNatives, OF_EVENTS } from './natives.ts';
import { isNativeMethod } from './native-methods.ts';
import { isClass, isFunction } from './syntax.ts';
import { isUncallable } from './uncallable.ts';

/**
 * Native methods that do their work alone: of texts, dates, expressions, headers, forms. They convert what they are called on, and that goes
 * by names of the language (`isCalledByNatives`); no class has one of these that calls another method of the object.
 */
const ALONE: ReadonlySet<string> = new Set(
  `append charAt charCodeAt endsWith exec format getTime includes indexOf join lastIndexOf localeCompare match matchAll padEnd padStart repeat replace replaceAll
  search split startsWith substr substring test toFixed toISOString toLowerCase toUpperCase trim trimEnd trimStart`.split(
    /\s+/,
  ),
);

/** Names that functions have by themselves: every prototype has its `constructor`, `util.inherits` adds a `super_` (nodejs.org/api/util.html). */
export const BY_THEMSELVES: ReadonlySet<string> = new Set([
  'constructor',
  'prototype',
  'super_',
  '__proto__',
  'caller',
  'callee',
  'arguments',
]);

/**
 * The object is the `this` of every function that the call can mean. False where that is not known, and nothing was done.
 *
 * @param otherwise What to do if it turns out later that the call can mean a function that is not seen.
 */
export function givenByName(flow: Flow, trace: Trace, name: string | null, tag: Tag, otherwise: () => void): boolean {
  const { members } = flow.world;
  if (members === undefined || name === null || BY_THEMSELVES.has(name) || /^\d/.test(name)) return false;
  const isOfEvents = OF_EVENTS.has(name);
  // What a stream calls on itself besides counts where its class inherits from one (flow-members.ts).
  if (isCalledByNatives(tag.path, isOfEvents ? ['events'] : [])) return false;
  if (isNativeMethod(name) && !ALONE.has(name) && !isOfEvents) return false;
  meantBy(flow, trace, name, usesThis, (known) => {
    for (const { file, node } of known.found)
      if (isFunction(node) && usesThis({ file, node })) flow.push(trace, { kind: 'this', file, node, tag });
    if (!known.isWhole || known.natives.length > 0) otherwise();
  });
  return true;
}

/**
 * Every function that gets the arguments of such a call, as the code comes to run; what is not whole stands for one that is not seen. False where
 * nothing is known of it. `x.default()` may call a module of Node's (`node:test` calls what it is given), and what a module of the
 * CommonJS kind exports under that name it says nowhere.
 */
export function handedByName(flow: Flow, trace: Trace, name: string | null, part: (known: Resolved) => void): boolean {
  const { members } = flow.world;
  if (members === undefined || name === null || name === 'default' || isNativeMethod(name)) return false;
  // By `x.constructor.run = f` a class has it without anybody who is seen to hold f.
  if (BY_THEMSELVES.has(name) || /^\d/.test(name) || flow.world.writesThroughInstances(name)) return false;
  meantBy(flow, trace, name, takesArguments, part);
  return true;
}

type Matters = (fn: FunctionRef) => boolean;

const names = new WeakMap<Flow, Map<Matters, Map<string, Known>>>();

/** What a call by the name can mean. A name is looked up once for all that is called by it: a library may have a thousand definitions of `get`. */
function meantBy(flow: Flow, trace: Trace, name: string, matters: Matters, told: Told): void {
  let ofFlow = names.get(flow);
  if (ofFlow === undefined) names.set(flow, (ofFlow = new Map()));
  let ofKind = ofFlow.get(matters);
  if (ofKind === undefined) ofFlow.set(matters, (ofKind = new Map()));
  const before = ofKind.get(name);
  if (before !== undefined) return waitFor(before, told);
  const known: Known = { parts: [], seen: new Set(), waiting: [told] };
  ofKind.set(name, known);
  const found: Told = (part) => tell(known, part);
  const idle = idleWithout(flow, matters);
  return flow.world.members?.named(
    name,
    (value) => (value === null ? found(UNSEEN) : whoCanBe(flow, trace, value.file, value.node, found, idle)),
    idle,
  );
}

const takesArguments = ({ file, node }: FunctionRef): boolean =>
  node.params.length > 0 || argumentsOf(file, node).length > 0 || readsArguments(file);

/** It is certain that the value is no function for which the condition holds, nor a class. */
const idleWithout =
  ({ world }: Flow, matters: Matters) =>
  ({ file, node }: Site): boolean => {
    if (isUncallable(world, file, node)) return true;
    const known = resolve(world, file, node);
    return (
      known.isWhole &&
      known.natives.length === 0 &&
      known.found.every(
        (each) => !isClass(each.node) && (!isFunction(each.node) || !matters({ file: each.file, node: each.node })),
      )
    );
  };
