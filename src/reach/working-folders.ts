/**
 * The folders that a program works in: the one it is started in, and those that it changes to with `process.chdir`. Names of processes, and
 * paths that are made of `process.cwd()`, mean other files there. Which of its parts runs before the change is not looked at.
 */
import type { CodeSite } from './code-sites.ts';
import type { LoadSite } from './load-site.ts';
import { folderMeant, type Surroundings, type Targets } from './surroundings.ts';
import type { Piece } from './text-shape.ts';

/** Where the program works besides the folder that it is started in; `null` stands for anywhere. */
export type OtherFolders = Set<string | null>;

/**
 * @returns The folders that a site adds to those that are known. One that is relative to the folder before it is anywhere: the program may have changed
 * that one as well, or go down twice.
 */
export function foldersOf({ code }: CodeSite, file: string, around: Surroundings): readonly (string | null)[] {
  return code === null ? [null] : code.map((shape) => folderMeant(shape, file, { ...around, workingFolder: null }));
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
