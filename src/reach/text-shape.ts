/**
 * What is known about a text before the program runs: constant pieces with holes between them. `'./locale/' + name` is
 * `['./locale/', { hole: 'any' }]`.
 *
 * constant-text.ts finds the shapes of expressions; module-bound.ts says which files a shape can name.
 */

/** `any`: anything at all. `name`: one segment of a path as `readdir` gives it: not empty, no slash, not `.` or `..`. The others are absolute paths. */
export type Hole =
  | { readonly hole: 'any' | 'name' | 'folder-of-file' | 'file' | 'file-url' | 'working-folder' }
  /** The path that a request leads to, as `require.resolve` gives it. */
  | { readonly hole: 'resolved'; readonly request: string }
  /** The text under these keys in the manifest that `file` names; a key of `null` may be any. */
  | { readonly hole: 'manifest'; readonly file: TextShape; readonly keys: readonly (string | null)[] };

export type Piece = string | Hole;

/** Pieces in order; neighbouring constants are one piece, and none is empty. The empty list is the empty text. */
export type TextShape = readonly Piece[];

/** At least one: the text is one of them. */
export type TextShapes = readonly TextShape[];

export const ANY: Hole = { hole: 'any' };
export const UNKNOWN_TEXT: TextShapes = [[ANY]];

/** More alternatives than this are one unknown text: products of choices grow without end. */
const MOST_SHAPES = 256;

/** The pieces one after the other. */
export function joined(...parts: readonly TextShape[]): TextShape {
  const pieces: Piece[] = [];
  for (const piece of parts.flat()) {
    const last = pieces.at(-1);
    if (piece === '') continue;
    if (typeof piece === 'string' && typeof last === 'string') pieces[pieces.length - 1] = last + piece;
    else if (isAny(piece) && last !== undefined && isAny(last)) continue;
    else pieces.push(piece);
  }
  return pieces;
}

const isAny = (piece: Piece): boolean => typeof piece !== 'string' && piece.hole === 'any';

/** Every first part with every second one. */
export function product(left: TextShapes, right: TextShapes): TextShapes {
  if (left.length * right.length > MOST_SHAPES) return UNKNOWN_TEXT;
  // Nothing can be said about what begins and ends with anything; most sums of a program are such.
  if (left === UNKNOWN_TEXT && right === UNKNOWN_TEXT) return UNKNOWN_TEXT;
  return left.flatMap((first) => right.map((second) => joined(first, second)));
}

/** Equal for equal shapes. Most are one text or nothing that is known, so those are not spelt out. */
function keyOf(shape: TextShape): string {
  const [first] = shape;
  if (shape.length !== 1) return JSON.stringify(shape);
  if (typeof first === 'string') return `"${first}`;
  return first === ANY ? '' : JSON.stringify(shape);
}

/** Either; equal ones once. */
export function either(...choices: readonly TextShapes[]): TextShapes {
  const [first, ...others] = choices;
  if (first !== undefined && others.every((other) => other === first)) return first;
  const all = choices.flat();
  if (all.length <= 1) return all;
  const known = new Map<string, TextShape>();
  for (const shape of all) known.set(keyOf(shape), shape);
  return known.size > MOST_SHAPES ? UNKNOWN_TEXT : [...known.values()];
}

/** The text itself where it is constant. */
export function constantOf(shape: TextShape): string | null {
  if (shape.length === 0) return '';
  const [only] = shape;
  return shape.length === 1 && typeof only === 'string' ? only : null;
}
