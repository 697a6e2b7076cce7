/**
 * Which steps of the value flow (flow.ts) are new. A large program has millions of them, so places and paths are small numbers, which an engine
 * keeps without an object for each: at most places one path is seen, and a list of a few at the others.
 */
import { BACK_BITS, tagKey, type Tag } from './flow-tag.ts';
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

/** Says of a step whether it is new, and keeps it: the same again adds nothing, nor does one that says less. */
export function newSteps(): (seen: SeenSteps, step: Step) => boolean {
  const numberOf = numbers(MOST_PLACES);
  const pathOf = paths();
  return (seen, { node, kind, tag }) => {
    const place = numberOf(node) * KINDS + KIND_NUMBERS[kind];
    const path = (pathOf(tag) << BACK_BITS) * 2;
    const number = path + tag.back * 2 + (tag.may ? 1 : 0);
    const known = seen.get(place);
    if (known === undefined) seen.set(place, number);
    else if (typeof known === 'number') {
      if (saysAsMuch(known, number)) return false;
      seen.set(place, [known, number]);
    } else if (known instanceof Set) {
      if (has(known, number, tag)) return false;
      known.add(number);
    } else {
      if (known.some((each) => saysAsMuch(each, number))) return false;
      if (known.push(number) > LONGEST_LIST) seen.set(place, new Set(known));
    }
    return true;
  };
}

const ALL_BACK = 2 ** BACK_BITS - 1;

/** A "perhaps" says less than a "certainly", and fewer objects that were given something less than more of them. */
function saysAsMuch(known: number, number: number): boolean {
  const back = (number >> 1) & ALL_BACK;
  return (
    known >> (BACK_BITS + 1) === number >> (BACK_BITS + 1) &&
    (known & 1) <= (number & 1) &&
    ((known >> 1) & back) === back
  );
}

/** The same of a set: whatever says as much has the bits of `back`, and any of the others that the path has room for. */
function has(known: ReadonlySet<number>, number: number, { path, back, may }: Tag): boolean {
  const others = (2 ** Math.min(path.length, BACK_BITS) - 1) & ~back;
  for (let more = others; ; more = (more - 1) & others) {
    const certain = (number & ~1) + more * 2;
    if (known.has(certain) || (may && known.has(certain + 1))) return true;
    if (more === 0) return false;
  }
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
