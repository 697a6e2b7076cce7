/**
 * What a computed name can name at most: the rules that turn a text with holes into a set of files that can be listed.
 *
 * Each rule says in its comment why nothing else can be named. What no rule covers can name anything.
 */
import { folderOf, isAbsolutePath, normalPath } from './path-text.ts';
import { ANY, constantOf, joined, type Piece, type TextShape } from './text-shape.ts';

export type NameBound =
  /** A constant after all: it is resolved like any other request. */
  | { readonly kind: 'request'; readonly request: string }
  /** Entries of one folder, whose names end in `suffix`. */
  | { readonly kind: 'entries'; readonly folder: string; readonly prefix: string; readonly suffix: string }
  /** Files anywhere below a folder, whose path in it begins with `prefix` and ends in `suffix`. */
  | { readonly kind: 'under'; readonly folder: string; readonly prefix: string; readonly suffix: string }
  /** Installed packages whose names begin so. */
  | { readonly kind: 'packages'; readonly prefix: string }
  /** Files of one package. */
  | { readonly kind: 'in-package'; readonly name: string; readonly prefix: string; readonly suffix: string }
  /** It is read as JSON, never run. */
  | { readonly kind: 'data' }
  | { readonly kind: 'anything' };

export interface Place {
  readonly file: string;
  /** `null` where it is not known. */
  readonly workingFolder: string | null;
  /** Where `require.resolve` of a request leads; `null` for nowhere. */
  readonly resolved: (request: string) => string | null;
}

const ANYTHING: NameBound = { kind: 'anything' };

export function boundOf(shape: TextShape, place: Place): NameBound {
  const located = locate(shape, place);
  if (located === null) return ANYTHING;
  const constant = constantOf(located);
  if (constant !== null) return constant === '' ? { kind: 'data' } : { kind: 'request', request: constant };
  const [first] = located;
  const last = located.at(-1);
  const suffix = typeof last === 'string' ? last : '';
  /*
   * `.json` is parsed as JSON and runs nothing (Node documentation, `require.extensions`). A folder of that name, or a file
   * `x.json.js`, would be needed for anything else, and no package names its programs so.
   */
  if (suffix.endsWith('.json')) return { kind: 'data' };
  if (typeof first !== 'string') return ANYTHING;
  const rest = located.slice(1, suffix === '' ? undefined : -1);
  const isOneName = rest.length === 1 && rest.every((piece) => typeof piece !== 'string' && piece.hole === 'name');
  if (isAbsolutePath(first) || first.startsWith('./') || first.startsWith('../')) {
    return inFolder(isAbsolutePath(first) ? first : `${folderOf(place.file)}/${first}`, suffix, isOneName);
  }
  // `node:` names a part of Node, which may be one that loads code.
  return first.startsWith('.') || first.startsWith('node:') ? ANYTHING : inPackages(first, suffix);
}

/**
 * A constant folder, then a hole. The hole leaves the folder only by a `..` in it. What programs put there are names of
 * locales, plugins and commands; a `..` that comes from outside is a path traversal, which is a flaw of its own (as moment's was,
 * CVE-2022-24785) and no use of what lies elsewhere. The bound says so: `assumes` in closure.ts.
 */
function inFolder(beginning: string, suffix: string, isOneName: boolean): NameBound {
  const path = normalPath(beginning);
  const isWhole = beginning.endsWith('/');
  const folder = isWhole ? path.replace(/\/$/, '') : folderOf(path);
  const prefix = isWhole ? '' : path.slice(path.lastIndexOf('/') + 1);
  return { kind: isOneName && !suffix.includes('/') ? 'entries' : 'under', folder, prefix, suffix };
}

/** `eslint-plugin-` names packages; `date-fns/locale/` names files of one. `@scope/` names the packages of a scope. */
function inPackages(beginning: string, suffix: string): NameBound {
  const parts = beginning.split('/');
  const nameParts = beginning.startsWith('@') ? 2 : 1;
  if (parts.length <= nameParts) return { kind: 'packages', prefix: beginning };
  return {
    kind: 'in-package',
    name: parts.slice(0, nameParts).join('/'),
    prefix: normalPath(parts.slice(nameParts).join('/')).replace(/^\.$/, ''),
    suffix,
  };
}

/** Fills in the holes whose text is known once the file's place is; `null` when a request leads nowhere. */
export function locate(shape: TextShape, place: Place): TextShape | null {
  const pieces: Piece[] = [];
  for (const piece of shape) {
    const text = typeof piece === 'string' ? piece : placeText(piece, place);
    if (text === null) return null;
    pieces.push(text);
  }
  const located = joined(pieces);
  const [first, ...rest] = located;
  return typeof first === 'string' && isAbsolutePath(first) ? joined([normalPath(first)], rest) : located;
}

function placeText(hole: Exclude<Piece, string>, { file, workingFolder, resolved }: Place): Piece | null {
  switch (hole.hole) {
    case 'folder-of-file':
      return folderOf(file);
    case 'file':
    case 'file-url':
      return file;
    case 'working-folder':
      return workingFolder ?? ANY;
    case 'resolved':
      return resolved(hole.request);
    case 'any':
    case 'name':
    // Filled in before, where it can be (manifest-fill.ts).
    case 'manifest':
      return hole;
  }
}

/** Whether a path inside the folder of an `under` or `entries` bound is one of its names, as Node completes them. */
export function isNamedBy(
  inside: string,
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): boolean {
  if (!inside.startsWith(prefix)) return false;
  return completions(inside).some((name) => name.length >= prefix.length + suffix.length && name.endsWith(suffix));
}

/** The names by which a request can mean a file: itself, without its extension, and the folder of an index. */
function completions(path: string): readonly string[] {
  const bare = path.replace(/\.(?:js|json|node|[cm]js|[cm]?tsx?|jsx)$/, '');
  const folder = /(?:^|\/)index$/.test(bare) ? [bare.replace(/\/?index$/, '')] : [];
  return [path, bare, ...folder];
}
