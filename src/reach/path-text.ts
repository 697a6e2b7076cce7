/** Absolute paths as texts with `/`, without the disk: pure code may not use node:path. */

/** Without `.`, `..` and double slashes, where constant; `..` above the root is dropped, as in POSIX. */
export function normalPath(path: string): string {
  const isAbsolute = path.startsWith('/');
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.length > 0 && segments.at(-1) !== '..') segments.pop();
    else if (!isAbsolute) segments.push('..');
  }
  const ending = path.endsWith('/') && segments.length > 0 ? '/' : '';
  return `${isAbsolute ? '/' : ''}${segments.join('/')}${ending}` || '.';
}

/** The folder of a path; `/` for the root. */
export const folderOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1));

export const isAbsolutePath = (path: string): boolean => path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path);

/** True for the folder itself and for what lies in it. */
export const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

/** As people read it: relative to `root` where it lies inside. */
export const shownIn = (path: string, root: string): string =>
  path === root ? '.' : isInside(path, root) ? path.slice(root.length).replace(/^\//, '') : path;
