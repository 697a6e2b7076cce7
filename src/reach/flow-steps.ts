/**
 * Which steps of the value flow (flow.ts) are new. A large program has millions of them, so paths are small numbers, which an engine
 * keeps without an object for each: at most places one path is seen, and a list of a few at the others.
 */
import { BACK_BITS, keyedKey, type Tag } from './flow-tag.ts';
import type { Step } from './flow-trace.ts';

/** By kind of step and place the path that was seen there, or the paths. */
export type SeenSteps = Partial<Record<Step['kind'], Map<object, number | number[] | Set<number>>>>;

/** More paths than these no program has whose steps can be counted: what is made of them stays below 2^31, a small number of V8. */
const MOST_PATHS = 2 ** 22;

/** A longer list is looked through faster as a set. */
const LONGEST_LIST = 12;

/** Says of a step whether it is new, and keeps it: the same again adds nothing, nor does one that says less. */
export function newSteps(): (seen: SeenSteps, step: Step) => boolean {
  const pathOf = paths();
  return (seen, { node, kind, tag }) => {
    const places = (seen[kind] ??= new Map());
    const path = (pathOf(tag) << BACK_BITS) * 2;
    const number = path + tag.back * 2 + (tag.may ? 1 : 0);
    const known = places.get(node);
    if (known === undefined) places.set(node, number);
    else if (typeof known === 'number') {
      if (saysAsMuch(known, number)) return false;
      places.set(node, [known, number]);
    } else if (known instanceof Set) {
      if (has(known, number, tag)) return false;
      known.add(number);
    } else {
      if (known.some((each) => saysAsMuch(each, number))) return false;
      if (known.push(number) > LONGEST_LIST) places.set(node, new Set(known));
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

/** Where a path goes on: by each of its parts to the next. */
interface Way {
  readonly number: number;
  readonly on: Map<string, Way>;
}

/** One number for tags that lead to the function by the same way. */
function paths(): (tag: Tag) => number {
  const begin: Way = { number: 0, on: new Map() };
  let count = 1;
  const next = ({ on }: Way, part: string): Way => {
    let way = on.get(part);
    if (way === undefined) {
      // A defect that makes too many of them must not make two the same.
      if (count >= MOST_PATHS) throw new RangeError(`more than ${MOST_PATHS} paths`);
      way = { number: count, on: new Map() };
      count += 1;
      on.set(part, way);
    }
    return way;
  };
  return ({ path, keyed }) => {
    let way = begin;
    for (const part of path) way = next(way, part);
    return (keyed === undefined ? way : next(way, keyedKey(keyed))).number;
  };
}
