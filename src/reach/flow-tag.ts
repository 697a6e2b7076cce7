/**
 * What flow.ts knows of a value: by which properties one gets from it to the function that is searched.
 *
 * The empty path is the function itself, `['parse']` an object whose `parse` it is, `['prototype', 'run']` a class whose instances
 * have it as a method. Paths instead of objects are what keeps the search small: nothing that cannot lead to the function is
 * ever looked at.
 */

import { isNativeMethod } from './native-methods.ts';
import type { Binding } from './scopes.ts';

/**
 * `may`: by a step that was not certain, such as a read of a property whose name is computed. `back`: which objects on the way were given
 * their property through the one before them (`a.b.c = f` gives it to whatever is `a.b`, so whatever else is that object has it too:
 * `heldBy`); bit 0 for the first object further in, and so on.
 */
export interface Tag {
  readonly path: readonly string[];
  readonly may: boolean;
  readonly back: number;
  /** By which variable it was found, and what that says: see flow-keyed.ts. */
  readonly keyed?: Keyed;
}

export interface Keyed {
  readonly binding: Binding;
  readonly name: string;
  /** The variable has this value as long as it exists, and not only here. */
  readonly isFixed: boolean;
}

/** Stands for a property whose name is not known; it meets every read but those of private names and of the marks below. */
export const ANY = '*';

/**
 * An element of an array: a property whose name is a number. A read by a name of the program's own never meets it. Reads by the names that
 * native objects have may: iterators, maps and lists that are made of the array lead to its elements by those.
 */
export const INDEX = '\u0005';
/** Stands for the members that a spread brings into a literal; those that are written behind it have their own value (flow.ts, `isSeen`). */
export const COPIED = '@copied';

/** The value is not there yet: it is what a promise will give. No property has such a name that code could read. */
export const PROMISED = '@promise';

/** The function is a getter or a setter: reading or writing the property before it is the call. */
export const ACCESS = '@access';

/** The `constructor` that every prototype has, as long as nobody stores another: see `isQuiet`. */
export const CONSTRUCTOR = '\u0003constructor';

/** Before the names of private members; no property that code could compute begins so. */
export const PRIVATE = '\u0001#';

/** Deeper nesting is not followed but given up as lost: the bound that makes every search finite. */
export const MAX_PATH = 6;

/** A path has at most one part more before it is shortened, and each part a bit of `back`. */
export const BACK_BITS = MAX_PATH + 1;

export const FUNCTION_ITSELF: Tag = { path: [], may: false, back: 0 };

/**
 * Before keys that may be followed any number of times, at least once, in any order: `next` of a list, elements of elements, a child whose
 * `parent` has children. It keeps paths finite.
 */
const REPEATED = '\u0002';
const BETWEEN = '\u0004';

/** Names that rules look for at the beginning of a path, so each keeps its place there. */
const OWN_PLACE: ReadonlySet<string> = new Set([
  'prototype',
  'super_',
  'exports',
  'module.exports',
  'then',
  'value',
  'get',
  'set',
  PROMISED,
  ACCESS,
  CONSTRUCTOR,
]);

const mayRepeat = (key: string): boolean => !OWN_PLACE.has(key) && !key.startsWith(PRIVATE);

/** Before keys one of which it is: what is stored under each name of a list. */
const ONE_OF = '\u0006';

/** The keys that one part of a path stands for. */
export const keysIn = (part: string): readonly string[] =>
  isMarked(part) ? part.slice(REPEATED.length).split(BETWEEN) : [part];

const isMarked = (part: string): boolean => part.startsWith(REPEATED) || part.startsWith(ONE_OF);

/** Whether one of the keys is such; nearly all parts have one, and it is asked at every step. */
const hasKey = (part: string, isSuch: (key: string) => boolean): boolean =>
  isMarked(part) ? keysIn(part).some(isSuch) : isSuch(part);

const joined = (mark: string, keys: readonly string[]): string => `${mark}${[...new Set(keys)].sort().join(BETWEEN)}`;

const repeated = (keys: readonly string[]): string => joined(REPEATED, keys);

/**
 * A tag for the object in whose property `key` the value now is. Where the path comes by that key again, everything up to there
 * becomes one part that repeats: it stands for that way, and for every longer one round the same circle.
 *
 * The value was put there as a whole (`a.b = x`), so another object that was there before has nothing of it.
 */
export function under(key: string, { path, may, back: before }: Tag): Tag {
  const keys = keysIn(key);
  const isOne = (each: string): boolean => keys.includes(each);
  const again = keys.every(mayRepeat) ? path.findIndex((part) => hasKey(part, isOne)) : -1;
  const circle = again < 0 ? [] : path.slice(0, again + 1).flatMap(keysIn);
  const isCircle = again >= 0 && circle.every(mayRepeat);
  const around = isCircle ? [repeated([...keys, ...circle]), ...path.slice(again + 1)] : [key, ...path];
  return { path: around, may, back: backIn(around, isCircle ? whole(before) : before << 1) };
}

/** The same where what is under the key was given something (`a.b.c = f`, with the tag of `a.b`). */
export function givenUnder(key: string, tag: Tag): Tag {
  const held = under(key, tag);
  const back = held.path.length > tag.path.length ? (tag.back << 1) | 1 : whole(1);
  return { ...held, back: backIn(held.path, back) };
}

/** What the path ends at is the function itself, which nothing is asked of; a last part that repeats stands for objects on the way as well. */
function backIn(path: readonly string[], back: number): number {
  const objects = path.at(-1)?.startsWith(REPEATED) === true ? path.length : path.length - 1;
  return back & (2 ** Math.min(Math.max(0, objects), BACK_BITS) - 1);
}

/** In a part that repeats nobody knows which of its objects it was. */
const whole = (back: number): number => (back === 0 ? 0 : 2 ** BACK_BITS - 1);

/** Instances that hold their class hold its prototype, whose heirs they are (`mime.Mime = Mime`): that way has no end either. */
const mayBeMiddle = (key: string): boolean => mayRepeat(key) || key === 'prototype';

/** A path that is too long, with its middle as a part that repeats; `null` where the middle has to keep its place. */
export function shortened({ path, may, back }: Tag): Tag | null {
  const last = path.length - 1;
  for (let from = 0; from < last - 1; from += 1) {
    const middle = path.slice(from, last).flatMap(keysIn);
    if (!middle.every(mayBeMiddle)) continue;
    const less = [...path.slice(0, from), repeated(middle), ...path.slice(last)];
    return { path: less, may, back: backIn(less, whole(back)) };
  }
  return null;
}

/** The tag without its first key. */
export const inside = ({ path, may, back }: Tag): Tag => ({ path: path.slice(1), may, back: back >> 1 });

/** What the instances of a class have that has the tag; empty: nothing that leads to the function. */
export const ofInstances = (tag: Tag): readonly Tag[] =>
  isOfInstances(tag) ? through({ name: 'prototype' }, tag) : [];

/** Whether it may be the instances of the class that lead to the function. */
export const isOfInstances = ({ path: [first] }: Tag): boolean =>
  first !== undefined && hasKey(first, (key) => key === 'prototype');

/** Whether it can only be they. */
export const isOfInstancesOnly = ({ path: [first] }: Tag): boolean => first === 'prototype';

/**
 * Leads to the function by an instance's `constructor`. Seen code that goes this way is followed; that code which is not seen takes an
 * instance and calls a static function of its class through it is assumed not to be.
 */
export const isQuiet = ({ path }: Tag): boolean => path.includes(CONSTRUCTOR);

/** The object has the function under a name that is not known: it may be one that the language asks for (`toString`, `then`). */
export const isAnyOperator = ({ path }: Tag): boolean =>
  startsWithAny(path) && (path.length === 1 || path[1] === ACCESS);

export const perhaps = ({ path, back }: Tag): Tag => ({ path, may: true, back });

const startsWithAny = ([first]: readonly string[]): boolean => first !== undefined && hasKey(first, isAny);

const isAny = (key: string): boolean => key === ANY;

/**
 * Methods that the language calls where it makes a text, a number or JSON of an object (ECMA-262, 7.1.1 ToPrimitive, 25.5.2 JSON.stringify), and not
 * before: an object that has one is followed to the places where that is done.
 */
const CONVERTING: ReadonlySet<string> = new Set(['toString', 'toLocaleString', 'valueOf', 'toJSON']);

export const isConverting = (name: string): boolean => CONVERTING.has(name);

const mayConvert = (path: readonly string[], at: number): boolean =>
  hasKey(path[at] ?? '', isAnyConverting) && (at === path.length - 1 || path[at + 1] === ACCESS);

const isAnyConverting = (key: string): boolean => key === ANY || CONVERTING.has(key);

/** Whether the function may be called where a text or a number is made of the object; the text of an array is made of those of its elements. */
export function isConverted({ path }: Tag): boolean {
  for (let at = 0; at < path.length; at += 1) {
    if (mayConvert(path, at)) return true;
    if (!isElementPart(path[at])) return false;
  }
  return false;
}

/** The same where natives take the object for a list, and make a number of its length (ECMA-262, 7.3.18 LengthOfArrayLike). */
export const isCounted = ({ path }: Tag): boolean => path[0] === 'length' && mayConvert(path, 1);

/** The same where all that the object leads to is looked at, as it is for printing and for JSON; the prototype of a function is not. */
export const isShown = (tag: Tag): boolean => {
  const { path } = tag;
  const last = path.at(-1) === ACCESS ? path.length - 2 : path.length - 1;
  return isAnyOperator(tag) || (hasKey(path[last] ?? '', isConverting) && !path.includes('prototype'));
};

/** Whether a part of a path can be an element, or a property of any name. */
export const isElementPart = (part: string | undefined): boolean => part !== undefined && hasKey(part, isElementKey);

const isElementKey = (key: string): boolean => key === ANY || key === INDEX || /^\d/.test(key);

/** Whether the value holds it as an element, or under a name that is not known. */
export const isElement = ({ path: [first] }: Tag): boolean => isElementPart(first);

/** A name as far as it is known: whole, or how it begins and ends (`'_' + type`, `` `on${name}` ``). */
export type Key =
  | { readonly name: string }
  | {
      readonly name: null;
      readonly prefix: string;
      readonly suffix: string;
      readonly numeric: boolean;
      /** One of these and no other (listed-keys.ts). */
      readonly names?: readonly string[];
    };

export const UNKNOWN_KEY: Key = { name: null, prefix: '', suffix: '', numeric: false };

const isMark = (key: string): boolean => key === PROMISED || key === ACCESS;

/** What a read of the property `key` gives; empty: nothing that leads to the function. */
export function through(key: Key, tag: Tag): readonly Tag[] {
  const [first] = tag.path;
  if (first === undefined || isMark(first)) return [];
  if (!isMarked(first)) {
    const match = matches(key, first);
    return match === 'no' ? [] : [match === 'may' ? perhaps(inside(tag)) : inside(tag)];
  }
  const isRepeated = first.startsWith(REPEATED);
  const found = keysIn(first).map((held) => matches(key, held));
  const match =
    found.includes('yes') && !first.startsWith(ONE_OF) ? 'yes' : found.some((each) => each !== 'no') ? 'may' : 'no';
  if (match === 'no') return [];
  const next = match === 'may' ? perhaps(inside(tag)) : inside(tag);
  if (!isRepeated) return [next];
  // Of several keys it is not certain that the way ends here, nor that it goes on.
  if (found.length > 1) return [perhaps(next), perhaps(tag)];
  return [next, match === 'may' ? perhaps(tag) : tag];
}

/**
 * What every object leads to besides its members: its prototype by `__proto__`, and by `constructor` the function that made it, whose `prototype` has
 * what the object inherits (ECMA-262, B.2.2.1 and 20.1.3.1). That is not told from what the object has of its own.
 */
export function throughInherited({ name }: Key, tag: Tag): readonly Tag[] {
  const [first] = tag.path;
  if (first === undefined || isMark(first) || first === INDEX || isQuiet(tag)) return [];
  if (name === '__proto__') return [perhaps(tag)];
  return name === 'constructor' ? [perhaps(under('prototype', tag))] : [];
}

/** Whether a property of that key can be the one of the name. */
export const matchesName = (key: Key, name: string): boolean => matches(key, name) !== 'no';

function matches(key: Key, held: string): 'yes' | 'may' | 'no' {
  if (key.name !== null) {
    if (held === key.name || (held === CONSTRUCTOR && key.name === 'constructor')) return 'yes';
    if (held === INDEX) return NUMBER.test(key.name) || isNativeMethod(key.name) ? 'may' : 'no';
    return held === ANY && !key.name.startsWith(PRIVATE) ? 'may' : 'no';
  }
  if (held.startsWith(PRIVATE)) return 'no';
  if (key.names !== undefined) return key.names.some((name) => matches({ name }, held) !== 'no') ? 'may' : 'no';
  if (held === INDEX) return key.prefix === '' || /^[-\dINu]/.test(key.prefix) ? 'may' : 'no';
  if (held === ANY || held === CONSTRUCTOR) return 'may';
  if (key.numeric && !NUMBER.test(held)) return 'no';
  const { prefix, suffix } = key;
  const fits = held.length >= prefix.length + suffix.length && held.startsWith(prefix) && held.endsWith(suffix);
  return fits ? 'may' : 'no';
}

/**
 * A number is written in digits, or as Infinity or NaN (ECMA-262, 6.1.6.1.20), so it cannot be the name of a method. A variable that only
 * ever gets numbers is undefined before.
 */
const NUMBER = /^-?(?:\d|Infinity$|NaN$)|^undefined$/;

/** The key under which something is stored: a name that is not known could be any, and what has an index is an element for whoever iterates. */
export function storedAs(key: Key): string {
  if (key.name === null) return key.names !== undefined ? joined(ONE_OF, key.names) : key.numeric ? INDEX : ANY;
  return ARRAY_INDEX.test(key.name) ? INDEX : key.name;
}

/** ECMA-262, 6.1.7. */
const ARRAY_INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** What a variable says of its keys, apart from every part of a path. */
export const keyedKey = ({ name, binding }: Keyed): string => `\0${name}\0${binding.name}\0${binding.scope.start}`;
