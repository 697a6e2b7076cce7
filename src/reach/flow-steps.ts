/**
 * Which steps of the value flow (flow.ts) are new. A large program has millions of them, so places and paths are small numbers, which an engine
 * keeps without an object for each: at most places one path is seen, and a list of a few at the others.
 */
import { tagKey, type Tag } from './flow-tag.ts';
import type { Step } from './flow-trace.ts';

/** By place and kind of step the path that was seen there, or the paths. */
export type SeenSteps = Map<number, number | number[] | Set<number>>;

const KIND_NUMBERS: Readonly<Record<Step['kind'], number>> = {
  value: 0,
  store: 1,
  variable: 2,
  exports: 3,
  this: 4,
  method: 5,
  made: 6,
  returned: 7,
  fluent: 8,
  passed: 9,
};
const KINDS = 10;

/** More paths and places than these no program has whose steps can be counted: what is made of them stays below 2^31, a small number of V8. */
const MOST_PATHS = 2 ** 22;
const MOST_PLACES = 2 ** 26;

/** A longer list is looked through faster as a set. */
const LONGEST_LIST = 12;

/** Says of a step whether it is new, and keeps it: the same again adds nothing, nor does a "perhaps" where there was a "certainly". */
export function newSteps(): (seen: SeenSteps, step: Step) => boolean {
  const numberOf = numbers(MOST_PLACES);
  const pathOf = paths();
  return (seen, { node, kind, tag }) => {
    const place = numberOf(node) * KINDS + KIND_NUMBERS[kind];
    const certain = pathOf(tag) * 2;
    const path = tag.may ? certain + 1 : certain;
    const known = seen.get(place);
    if (known === undefined) seen.set(place, path);
    else if (typeof known === 'number') {
      if (known === certain || known === path) return false;
      seen.set(place, [known, path]);
    } else if (known instanceof Set) {
      if (known.has(certain) || known.has(path)) return false;
      known.add(path);
    } else {
      if (known.includes(certain) || known.includes(path)) return false;
      if (known.push(path) > LONGEST_LIST) seen.set(place, new Set(known));
    }
    return true;
  };
}

/** One number for each thing; a defect that makes too many of them must not make two the same. */
function numbers<T>(most: number): (thing: T) => number {
  const known = new Map<T, number>();
  return (thing) => {
    let number = known.get(thing);
    if (number === undefined) {
      number = known.size;
      if (number >= most) throw new RangeError(`more than ${most} places`);
      known.set(thing, number);
    }
    return number;
  };
}

/** One number for tags with the same key. Most steps hand on the path that they got, which is then known without spelling it out. */
function paths(): (tag: Tag) => number {
  const numberOf = numbers<string>(MOST_PATHS);
  const known = new WeakMap<Tag['path'], number>();
  return (tag) => {
    // What a variable says of its keys is no part of the path (flow-keyed.ts).
    if (tag.keyed !== undefined) return numberOf(tagKey(tag));
    let number = known.get(tag.path);
    if (number === undefined) known.set(tag.path, (number = numberOf(tagKey(tag))));
    return number;
  };
}
