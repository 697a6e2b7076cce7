/**
 * `x.run(…)` where x is not known: by the name, whoever in the code that runs has a function under it (flow-names.ts).
 *
 * Only where the liveness asks (flow-live.ts); from the side of one function the members of all code are not known, and such a call is a
 * loss. Names that objects of Node have as well are left to the rules for natives: their methods call others on the same object (a stream
 * its `_write`). Those of emitters are known: listeners get the emitter as `this` (`heard` in flow-methods.ts).
 */
import type { Site } from './flow-file.ts';
import { usesThis } from './flow-receiver.ts';
import { resolve } from './flow-resolve.ts';
import type { Flow, FlowWorld, Trace } from './flow-trace.ts';
import { isConverted, type Tag } from './flow-tag.ts';
import { ARRAY_INSERTS, isCalledByNatives, OF_EVENTS } from './natives.ts';
import { isNativeMethod } from './native-methods.ts';
import { UNSEEN, type Resolved } from './resolved.ts';
import { isClass, isFunction, type Node } from './syntax.ts';
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
const BY_THEMSELVES: ReadonlySet<string> = new Set([
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
  const isOfNoUse = isIdle(flow);
  members.named(
    name,
    (value) => {
      if (value === null) return otherwise();
      const known = resolve(flow.world, value.file, value.node);
      for (const { file, node } of known.found)
        if (isFunction(node) && usesThis({ file, node })) flow.push(trace, { kind: 'this', file, node, tag });
      if (!known.isWhole || known.natives.length > 0) otherwise();
    },
    isOfNoUse,
  );
  return true;
}

/**
 * Methods of arrays, maps and sets that keep what they are given. The object is looked for as one that is given it (flow-call.ts), so that one of
 * Node's own that has such a method is not seen, and counts there.
 */
const KEEPING: ReadonlySet<string> = new Set([...ARRAY_INSERTS, 'set', 'add']);

/** Tells of everything that `x.run(…)` can call; a part that is not whole stands for what is not seen. False where nothing is known, and nothing was done. */
export function calledByName(flow: Flow, name: string, tag: Tag, found: (known: Resolved) => void): boolean {
  const { members } = flow.world;
  if (members === undefined || BY_THEMSELVES.has(name) || /^\d/.test(name)) return false;
  // A text or a number may be made of what they get.
  if (isNativeMethod(name) && (!KEEPING.has(name) || isConverted(tag))) return false;
  members.named(
    name,
    (value) => found(value === null ? UNSEEN : resolve(flow.world, value.file, value.node)),
    ({ file, node }) => isUncallable(flow.world, file, node),
  );
  return true;
}

/** It is certain that the value is no function that asks for its `this`. Asked again for every name, of the same values. */
function isIdle({ world }: Flow): (value: Site) => boolean {
  let known = idle.get(world);
  if (known === undefined) idle.set(world, (known = new Map()));
  const answers = known;
  return (value) => {
    let answer = answers.get(value.node);
    if (answer === undefined) answers.set(value.node, (answer = isSurelyIdle(world, value)));
    return answer;
  };
}

const idle = new WeakMap<FlowWorld, Map<Node, boolean>>();

function isSurelyIdle(world: FlowWorld, { file, node }: Site): boolean {
  if (isUncallable(world, file, node)) return true;
  const known = resolve(world, file, node);
  return (
    known.isWhole &&
    known.natives.length === 0 &&
    known.found.every(
      (each) => !isClass(each.node) && (!isFunction(each.node) || !usesThis({ file: each.file, node: each.node })),
    )
  );
}
