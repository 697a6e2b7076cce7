/**
 * What flow.ts knows of a value: by which properties one gets from it to the function that is searched.
 *
 * The empty path is the function itself, `['parse']` an object whose `parse` it is, `['prototype', 'run']` a class whose instances
 * have it as a method. Paths instead of objects are what keeps the search small: nothing that cannot lead to the function is
 * ever looked at.
 */

/**
 * `may`: by a step that was not certain, such as a read of a property whose name is computed. `back`: an object further in was given its
 * property through this one (`a.b.c = f`), so whatever else is that object has it too (`heldBy`).
 */
export interface Tag {
  readonly path: readonly string[];
  readonly may: boolean;
  readonly back: boolean;
}

/** Stands for a property whose name is not known; it meets every read but those of private names and of the marks below. */
export const ANY = '*';

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

/** Before a key that may be followed any number of times: `next` of a list, elements of elements. It keeps paths finite. */
const REPEATED = '\u0002';

/** A tag for the object in whose property `key` the value now is. */
export function under(key: string, { path, may, back }: Tag): Tag {
  const [first, ...rest] = path;
  if (first === `${REPEATED}${key}`) return { path, may, back };
  if (first === key) return { path: [`${REPEATED}${key}`, ...rest], may, back };
  return { path: [key, ...path], may, back };
}

/** The tag without its first key. */
export const inside = ({ path, may, back }: Tag): Tag => ({ path: path.slice(1), may, back: back && path.length > 2 });

/**
 * Leads to the function by an instance's `constructor`. Seen code that goes this way is followed; that code which is not seen takes an
 * instance and calls a static function of its class through it is assumed not to be.
 */
export const isQuiet = ({ path }: Tag): boolean => path.includes(CONSTRUCTOR);

/** The object has the function under a name that is not known: it may be one that the language asks for (`toString`, `then`). */
export const isAnyOperator = ({ path }: Tag): boolean =>
  (path[0] === ANY || path[0] === `${REPEATED}${ANY}`) && (path.length === 1 || path[1] === ACCESS);

export const perhaps = ({ path, back }: Tag): Tag => ({ path, may: true, back });

/** Whether the value holds it as an element, or under a name that is not known. */
export const isElement = ({ path }: Tag): boolean => path[0] === ANY || path[0] === `${REPEATED}${ANY}`;

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
  const match = matches(key, isRepeated ? first.slice(REPEATED.length) : first);
  if (match === 'no') return [];
  const next = match === 'may' ? perhaps(inside(tag)) : inside(tag);
  if (!isRepeated) return [next];
  return [next, match === 'may' ? perhaps(tag) : tag];
}

function matches(key: Key, held: string): 'yes' | 'may' | 'no' {
  if (key.name !== null) {
    if (held === key.name || (held === CONSTRUCTOR && key.name === 'constructor')) return 'yes';
    return held === ANY && !key.name.startsWith(PRIVATE) ? 'may' : 'no';
  }
  if (held.startsWith(PRIVATE)) return 'no';
  if (held === ANY || held === CONSTRUCTOR) return 'may';
  // A number is written in digits (ECMA-262, 6.1.6.1.20), so it cannot be the name of a method.
  if (key.numeric && !/^-?[\dIN]/.test(held)) return 'no';
  const { prefix, suffix } = key;
  const fits = held.length >= prefix.length + suffix.length && held.startsWith(prefix) && held.endsWith(suffix);
  return fits ? 'may' : 'no';
}

/** The key under which something is stored: a name that is not known could be any, and what has an index is an element for whoever iterates. */
export const storedAs = ({ name }: Key): string => (name === null || INDEX.test(name) ? ANY : name);

/** An array index (ECMA-262, 6.1.7). */
const INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** Two tags with the same key are the same to every rule. */
export const tagKey = ({ path }: Tag): string => path.join('\0');
