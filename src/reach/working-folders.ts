/**
 * The folders that a program works in: the one it is started in, and those that it changes to with `process.chdir`. Names of processes, and
 * paths that are made of `process.cwd()`, mean other files there. Which of its parts runs before the change is not looked at.
 */
import type { CodeSite } from './code-sites.ts';
import type { LoadSite } from './load-site.ts';
import { boundOf } from './name-bound.ts';
import { isAbsolutePath, normalPath } from './path-text.ts';
import { placeOf, type Surroundings, type Targets } from './surroundings.ts';
import type { Piece } from './text-shape.ts';

/** Where the program works besides the folder that it is started in; `null` stands for anywhere. */
export type OtherFolders = Set<string | null>;

/** @returns The folders that a site adds to those that are known. */
export function foldersOf({ code }: CodeSite, file: string, around: Surroundings): readonly (string | null)[] {
  if (code === null) return [null];
  return code.map((shape) => {
    const bound = boundOf(shape, placeOf(file, around));
    if (bound.kind !== 'request' || bound.request.includes(':')) return null;
    if (isAbsolutePath(bound.request)) return normalPath(bound.request);
    return around.workingFolder === null ? null : normalPath(`${around.workingFolder}/${bound.request}`);
  });
}

/** Whether a site may lead elsewhere from another folder. */
export const hangsOnFolder = ({ form, names, from, args }: LoadSite): boolean =>
  form === 'command' ||
  form === 'fork' ||
  form === 'worker' ||
  [names, args.flat(), from === 'file' ? [] : from].some((shapes) =>
    shapes.some((shape) => shape.some(isWorkingFolder)),
  );

const isWorkingFolder = (piece: Piece): boolean => typeof piece !== 'string' && piece.hole === 'working-folder';

/** Whether a site leads to the same from two folders. */
export const leadsToTheSame = (one: Targets, other: Targets): boolean =>
  JSON.stringify([one.targets, one.bound]) === JSON.stringify([other.targets, other.bound]);
