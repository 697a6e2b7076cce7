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
 * `may`: by a step that was not certain, such as a read of a property whose name is computed. `back`: an object further in was given its
 * property through this one (`a.b.c = f`), so whatever else is that object has it too (`heldBy`).
 */
export interface Tag {
  readonly path: readonly string[];
  readonly may: boolean;
  readonly back: boolean;
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

export const FUNCTION_ITSELF: Tag = { path: [], may: false, back: false };

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

/** The keys that one part of a path stands for. */
export const keysIn = (part: string): readonly string[] =>
  part.startsWith(REPEATED) ? part.slice(REPEATED.length).split(BETWEEN) : [part];

const repeated = (keys: readonly string[]): string => `${REPEATED}${[...new Set(keys)].sort().join(BETWEEN)}`;

/**
 * A tag for the object in whose property `key` the value now is. Where the path comes by that key again, everything up to there
 * becomes one part that repeats: it stands for that way, and for every longer one round the same circle.
 */
export function under(key: string, { path, may, back }: Tag): Tag {
  const again = mayRepeat(key) ? path.findIndex((part) => keysIn(part).includes(key)) : -1;
  const circle = path.slice(0, again + 1).flatMap(keysIn);
  if (again < 0 || !circle.every(mayRepeat)) return { path: [key, ...path], may, back };
  return { path: [repeated([key, ...circle]), ...path.slice(again + 1)], may, back };
}

/** Instances that hold their class hold its prototype, whose heirs they are (`mime.Mime = Mime`): that way has no end either. */
const mayBeMiddle = (key: string): boolean => mayRepeat(key) || key === 'prototype';

/** A path that is too long, with its middle as a part that repeats; `null` where the middle has to keep its place. */
export function shortened({ path, may, back }: Tag): Tag | null {
  const last = path.length - 1;
  for (let from = 0; from < last - 1; from += 1) {
    const middle = path.slice(from, last).flatMap(keysIn);
    if (middle.every(mayBeMiddle))
      return { path: [...path.slice(0, from), repeated(middle), ...path.slice(last)], may, back };
  }
  return null;
}

/** The tag without its first key. */
export const inside = ({ path, may, back }: Tag): Tag => ({ path: path.slice(1), may, back: back && path.length > 2 });

/** What the instances of a class have that has the tag; empty: nothing that leads to the function. */
export const ofInstances = (tag: Tag): readonly Tag[] =>
  isOfInstances(tag) ? through({ name: 'prototype' }, tag) : [];

/** Whether it may be the instances of the class that lead to the function. */
export const isOfInstances = ({ path: [first] }: Tag): boolean =>
  first !== undefined && keysIn(first).includes('prototype');

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

const startsWithAny = ([first]: readonly string[]): boolean => first !== undefined && keysIn(first).includes(ANY);

/** Whether a part of a path can be an element, or a property of any name. */
export const isElementPart = (part: string | undefined): boolean =>
  part !== undefined && keysIn(part).some((key) => key === ANY || key === INDEX || /^\d/.test(key));

/** Whether the value holds it as an element, or under a name that is not known. */
export const isElement = ({ path: [first] }: Tag): boolean => isElementPart(first);

/** A name as far as it is known: whole, or how it begins and ends (`'_' + type`, `` `on${name}` ``). */
export type Key =
  | { readonly name: string }
  | { readonly name: null; readonly prefix: string; readonly suffix: string; readonly numeric: boolean };

export const UNKNOWN_KEY: Key = { name: null, prefix: '', suffix: '', numeric: false };

const isMark = (key: string): boolean => key === PROMISED || key === ACCESS;

/** What a read of the property `key` gives; empty: nothing that leads to the function. */
export function through(key: Key, tag: Tag): readonly Tag[] {
  const [first] = tag.path;
  if (first === undefined || isMark(first)) return [];
  const isRepeated = first.startsWith(REPEATED);
  const found = keysIn(first).map((held) => matches(key, held));
  const match = found.includes('yes') ? 'yes' : found.includes('may') ? 'may' : 'no';
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
  if (key.name === null) return key.numeric ? INDEX : ANY;
  return ARRAY_INDEX.test(key.name) ? INDEX : key.name;
}

/** ECMA-262, 6.1.7. */
const ARRAY_INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** Two tags with the same key are the same to every rule. */
export function tagKey({ path, keyed }: Tag): string {
  const key = path.join('\0');
  return keyed === undefined ? key : `${key}\0\0${keyed.name}\0${keyed.binding.name}\0${keyed.binding.scope.start}`;
}
