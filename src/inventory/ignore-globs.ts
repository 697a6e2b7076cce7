/**
 * Which files and folders a scan leaves out: the globs of `ignore:` in holdfast.yaml.
 *
 * Source: gitignore(5), "PATTERN FORMAT", relative to the folder that is scanned. Read: blank lines, `#` comments, `!`,
 * a leading, inner or trailing `/`, `*`, `?`, `**` and a backslash before any of these. Deliberately absent: character
 * classes; `[` stands for itself. Matching never goes back further than to the last star, so a glob of many stars costs
 * no more than pattern times path.
 */

/** @param path Relative to the scanned folder, with `/`. What lies in an ignored folder is never asked about. */
export type IsIgnored = (path: string, isFolder: boolean) => boolean;

export function ignoreBy(globs: readonly string[]): IsIgnored {
  const rules = globs.map(parseGlob).filter((rule) => rule !== null);
  return (path, isFolder) => {
    if (rules.length === 0) return false;
    const segments = path.split('/');
    // The last rule that speaks of a path decides (gitignore(5)).
    const last = rules.findLast((rule) => (isFolder || !rule.folderOnly) && matchesPath(rule.segments, segments));
    return last !== undefined && !last.negated;
  };
}

interface Rule {
  readonly negated: boolean;
  readonly folderOnly: boolean;
  readonly segments: readonly Segment[];
}

/** Any number of folders, or the letters and wildcards of one name. */
type Segment = typeof ANY_FOLDERS | readonly Letter[];
type Letter = { readonly wild: 'none'; readonly is: string } | { readonly wild: 'one' } | { readonly wild: 'many' };
const ANY_FOLDERS = '**';

function parseGlob(line: string): Rule | null {
  let glob = line.replace(/(?<!\\)\s+$/, '');
  if (glob === '' || glob.startsWith('#')) return null;
  const negated = glob.startsWith('!');
  if (negated) glob = glob.slice(1);
  const folderOnly = glob.endsWith('/');
  if (folderOnly) glob = glob.slice(0, -1);
  const anchored = glob.includes('/');
  if (glob.startsWith('/')) glob = glob.slice(1);
  if (glob === '') return null;
  const segments: Segment[] = glob.split('/').map((part) => (part === ANY_FOLDERS ? part : parseLetters(part)));
  if (!anchored) segments.unshift(ANY_FOLDERS);
  // `a/**` is what lies inside of a, not a itself.
  if (segments.at(-1) === ANY_FOLDERS) segments.push([{ wild: 'many' }]);
  return { negated, folderOnly, segments };
}

function parseLetters(part: string): readonly Letter[] {
  const letters: Letter[] = [];
  for (let at = 0; at < part.length; at += 1) {
    const letter = part.charAt(at);
    if (letter === '*') letters.push({ wild: 'many' });
    else if (letter === '?') letters.push({ wild: 'one' });
    else if (letter === '\\' && at + 1 < part.length) letters.push({ wild: 'none', is: part.charAt((at += 1)) });
    else letters.push({ wild: 'none', is: letter });
  }
  return letters;
}

const matchesPath = (rule: readonly Segment[], path: readonly string[]): boolean =>
  matches(
    rule,
    path,
    (segment) => segment === ANY_FOLDERS,
    (segment, name) => segment !== ANY_FOLDERS && matchesName(segment, name),
  );

const matchesName = (letters: readonly Letter[], name: string): boolean =>
  matches(
    letters,
    name.split(''),
    (letter) => letter.wild === 'many',
    (letter, character) => letter.wild === 'one' || (letter.wild === 'none' && letter.is === character),
  );

/** Wildcard matching of any two lists: on a mismatch the last "any number" takes one item more. */
function matches<P, T>(
  pattern: readonly P[],
  items: readonly T[],
  isMany: (part: P) => boolean,
  fits: (part: P, item: T) => boolean,
): boolean {
  let at = 0;
  let manyAt = -1;
  let resume = 0;
  for (let item = 0; item < items.length; ) {
    const part = pattern[at];
    const current = items[item];
    if (part !== undefined && isMany(part)) {
      manyAt = at;
      resume = item;
      at += 1;
    } else if (part !== undefined && current !== undefined && fits(part, current)) {
      at += 1;
      item += 1;
    } else if (manyAt >= 0) {
      resume += 1;
      item = resume;
      at = manyAt + 1;
    } else {
      return false;
    }
  }
  return pattern.slice(at).every(isMany);
}
