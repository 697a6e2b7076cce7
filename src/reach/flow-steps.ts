/**
 * Which steps of the value flow (flow.ts) are new. A large program has millions of them, so each is a number in one set for each trace:
 * a fifth of the memory of maps in maps.
 */
import { tagKey, type Tag } from './flow-tag.ts';
import type { Step } from './flow-trace.ts';

const KINDS: readonly Step['kind'][] = [
  'value',
  'store',
  'variable',
  'exports',
  'this',
  'method',
  'made',
  'returned',
  'fluent',
];

/** More paths and places than these no program has whose steps can be counted: their product stays below 2^53. */
const MOST_PATHS = 2 ** 22;
const MOST_PLACES = 2 ** 26;

/** Says of a step whether it is new, and keeps it: the same again adds nothing, nor does a "perhaps" where there was a "certainly". */
export function newSteps(): (seen: Set<number>, step: Step) => boolean {
  const numberOf = numbers(MOST_PLACES);
  const pathOf = paths();
  return (seen, { node, kind, tag }) => {
    const place = numberOf(node) * KINDS.length + KINDS.indexOf(kind);
    const certain = (place * MOST_PATHS + pathOf(tag)) * 2;
    if (seen.has(certain) || (tag.may && seen.has(certain + 1))) return false;
    seen.add(tag.may ? certain + 1 : certain);
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
