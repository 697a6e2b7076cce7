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

/** The value is not there yet: it is what a promise will give. No property has such a name that code could read. */
export const PROMISED = '@promise';

/** The function is a getter or a setter: reading or writing the property before it is the call. */
export const ACCESS = '@access';

/** The `constructor` that every prototype has, as long as nobody stores another: see `isQuiet`. */
export const CONSTRUCTOR = '\u0003constructor';

/** Before the names of private members; no property that code could compute begins so. */
export const PRIVATE = '\u0001#';

/**
 * Not what an object has, but what is stored into it elsewhere: the setters that it has of its own get that. For objects of which the
 * properties were copied with their accessors; no property has such a name.
 */
export const ACCESSORS = `${PRIVATE} setters`;

/** Deeper nesting is not followed but given up as lost: the bound that makes every search finite. */
export const MAX_PATH = 6;

export const FUNCTION_ITSELF: Tag = { path: [], may: false, back: false };

/**
 * Before keys of which any number may be followed, in any order: `next` of a list, elements of elements, the `app` of a request whose
 * `request` it is. It keeps paths finite: objects that hold each other can be walked round for ever.
 */
const REPEATED = '\u0002';

/** Between the keys of such a round; no property has it in its name. */
const OR = '\u0004';

/** Paths that are shorter are not rounded off, so that a name which only happens to occur twice is kept apart. */
const SHORTEST_ROUND = 4;

/** Keys by which rules know what an object is (a class, a module, a descriptor, an iterator): they stand by themselves. */
const NOT_IN_ROUNDS: ReadonlySet<string> = new Set([
  ANY,
  PROMISED,
  ACCESS,
  CONSTRUCTOR,
  ...'prototype __proto__ constructor super_ exports module.exports then value get set next return throw'.split(' '),
]);

/** The keys that the first step of a path stands for: one, or those of a round. */
export const keysOf = (first: string): readonly string[] =>
  first.startsWith(REPEATED) ? first.slice(REPEATED.length).split(OR) : [first];

/** A tag for the object in whose property `key` the value now is. */
export function under(key: string, { path, may, back }: Tag): Tag {
  const [first, ...rest] = path;
  if (first === undefined) return { path: [key], may, back };
  if (first.startsWith(REPEATED) && keysOf(first).includes(key)) return { path, may, back };
  if (first === key) return { path: [`${REPEATED}${key}`, ...rest], may, back };
  return roundOff(key, { path, may, back }) ?? { path: [key, ...path], may, back };
}

/**
 * A key that the path holds already, further in: whoever has such an object gets back to it, so every way round is one way.
 * `a b a x` becomes "some of a and b, then x", which meets every read that the path meets, and those after any more rounds.
 */
function roundOff(key: string, { path, may, back }: Tag): Tag | null {
  if (path.length + 1 < SHORTEST_ROUND || NOT_IN_ROUNDS.has(key)) return null;
  const at = path.findIndex((step) => keysOf(step).includes(key));
  if (at < 0) return null;
  const keys = new Set(path.slice(0, at + 1).flatMap(keysOf));
  for (const each of keys) if (NOT_IN_ROUNDS.has(each) || each.startsWith(PRIVATE)) return null;
  const round = `${REPEATED}${[...keys].sort().join(OR)}`;
  return { path: [round, ...path.slice(at + 1)], may: may || keys.size > 1, back };
}

/** Keys that stand in rounds of one trace, each with all that it was ever in a round with. */
export type Rounds = Map<string, Set<string>>;

/**
 * Rounds that share a key are one: `app` and `request`, `app` and `response`, and so all three. The same ways round would otherwise be gone
 * through once for each selection of their keys. What the tag leads through becomes more by it, never less.
 */
export function widened(rounds: Rounds, tag: Tag): Tag {
  const isRound = (step: string): boolean => step.startsWith(REPEATED) && step.includes(OR);
  if (!tag.path.some(isRound)) return tag;
  for (const step of tag.path) if (isRound(step)) joinRounds(rounds, keysOf(step));
  const path: string[] = [];
  for (const [index, step] of tag.path.entries()) {
    const last = path.at(-1);
    if (!isRound(step)) {
      const isWithin = last !== undefined && isRound(last) && keysOf(last).includes(step);
      if (!isWithin || index === tag.path.length - 1) path.push(step);
      continue;
    }
    const round = rounds.get(keysOf(step)[0] ?? '') ?? new Set(keysOf(step));
    while (path.length > 0 && keysOf(path.at(-1) ?? '').every((key) => round.has(key))) path.pop();
    path.push(`${REPEATED}${[...round].sort().join(OR)}`);
  }
  return { path, may: true, back: tag.back };
}

function joinRounds(rounds: Rounds, keys: readonly string[]): void {
  const all = new Set(keys.flatMap((key) => [key, ...(rounds.get(key) ?? [])]));
  for (const key of all) rounds.set(key, all);
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
  const held = keysOf(first);
  const all = held.map((each) => matches(key, each));
  if (all.every((match) => match === 'no')) return [];
  // In a round of several keys the read may be any step of it.
  const isCertain = held.length === 1 && all[0] === 'yes';
  const next = isCertain ? inside(tag) : perhaps(inside(tag));
  if (!first.startsWith(REPEATED)) return [next];
  return [next, isCertain ? tag : perhaps(tag)];
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

/** The key under which something is stored: a name that is not known could be any. */
export const storedAs = ({ name }: Key): string => name ?? ANY;

/** The name by which a read of an unknown name leads on, where it is one that could be read. */
export function nameKept({ path: [first] }: Tag): string | null {
  if (first === undefined || isMark(first) || first.startsWith(PRIVATE) || first === CONSTRUCTOR) return null;
  const [name, ...others] = keysOf(first);
  return name === undefined || name === ANY || others.length > 0 || first.startsWith(REPEATED) ? null : name;
}

/** Two tags with the same key are the same to every rule. */
export const tagKey = ({ path }: Tag): string => path.join('\0');
