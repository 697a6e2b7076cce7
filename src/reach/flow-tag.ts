/**
 * What flow.ts knows of a value: by which properties one gets from it to the function that is searched.
 *
 * The empty path is the function itself, `['parse']` an object whose `parse` it is, `['prototype', 'run']` a class whose instances
 * have it as a method. Paths instead of objects are what keeps the search small: nothing that cannot lead to the function is
 * ever looked at.
 */

/** `may`: by a step that was not certain, such as a read of a property whose name is computed. */
export interface Tag {
  readonly path: readonly string[];
  readonly may: boolean;
}

/** Stands for a property whose name is not known; it meets every read but those of private names and of the marks below. */
export const ANY = '*';

/** The value is not there yet: it is what a promise will give. No property has such a name that code could read. */
export const PROMISED = '@promise';

/** The function is a getter or a setter: reading or writing the property before it is the call. */
export const ACCESS = '@access';

/** Before the names of private members; no property that code could compute begins so. */
export const PRIVATE = '\u0001#';

/** Deeper nesting is not followed but given up as lost: the bound that makes every search finite. */
export const MAX_PATH = 6;

export const FUNCTION_ITSELF: Tag = { path: [], may: false };

/** A tag for the object in whose property `key` the value now is. */
export const under = (key: string, { path, may }: Tag): Tag => ({ path: [key, ...path], may });

/**
 * Leads to the function by an instance's `constructor`. Seen code that goes this way is followed; that code which is not seen takes an
 * instance and calls a static function of its class through it is assumed not to be.
 */
export const isQuiet = ({ path }: Tag): boolean =>
  path[0] === 'constructor' || (path[0] === 'prototype' && path[1] === 'constructor');

/** The object has the function under a name that is not known: it may be one that the language asks for (`toString`, `then`). */
export const isAnyOperator = ({ path }: Tag): boolean => path[0] === ANY && (path.length === 1 || path[1] === ACCESS);

export const perhaps = ({ path }: Tag): Tag => ({ path, may: true });

/** A name as far as it is known: whole, or how it begins and ends (`'_' + type`, `` `on${name}` ``). */
export type Key =
  | { readonly name: string }
  | { readonly name: null; readonly prefix: string; readonly suffix: string; readonly numeric: boolean };

export const UNKNOWN_KEY: Key = { name: null, prefix: '', suffix: '', numeric: false };

const isMark = (key: string): boolean => key === PROMISED || key === ACCESS;

/** What a read of the property `key` gives; `null`: nothing that leads to the function. */
export function through(key: Key, { path, may }: Tag): Tag | null {
  const [first, ...rest] = path;
  if (first === undefined || isMark(first)) return null;
  if (key.name !== null) {
    if (first === key.name) return { path: rest, may };
    return first === ANY && !key.name.startsWith(PRIVATE) ? { path: rest, may: true } : null;
  }
  if (first.startsWith(PRIVATE)) return null;
  if (first === ANY) return { path: rest, may: true };
  // A number is written in digits (ECMA-262, 6.1.6.1.20), so it cannot be the name of a method.
  if (key.numeric && !/^-?[\dIN]/.test(first)) return null;
  const fits =
    first.length >= key.prefix.length + key.suffix.length &&
    first.startsWith(key.prefix) &&
    first.endsWith(key.suffix);
  return fits ? { path: rest, may: true } : null;
}

/** The key under which something is stored: a name that is not known could be any. */
export const storedAs = ({ name }: Key): string => name ?? ANY;

/** Two tags with the same key are the same to every rule. */
export const tagKey = ({ path }: Tag): string => path.join('\0');
