/** What the sites of a program are looked up in, and what is found: the words of site-targets.ts, command-targets.ts, and closure.actions.ts. */
import type { Bound } from './closure.ts';
import { boundOf, type Place } from './name-bound.ts';
import { isAbsolutePath, normalPath } from './path-text.ts';
import type { TextShape } from './text-shape.ts';

/** What the disk and Node's resolution say. */
export interface Surroundings {
  readonly root: string;
  /** `null` where the program changes it to one that is not known. */
  readonly workingFolder: string | null;
  readonly resolver: {
    readonly resolve: (
      from: string,
      request: string,
      manner: 'require' | 'import' | 'both',
    ) => { readonly found: readonly string[] } | { readonly builtin: string } | { readonly missing: string };
  };
  readonly listing: {
    readonly programsUnder: (folder: string, prefix: string, most: number) => readonly string[] | null;
    readonly entriesOf: (folder: string) => readonly string[];
    readonly packagesFrom: (folder: string, prefix: string) => readonly string[];
    readonly packageFolder: (folder: string, name: string) => string | null;
    readonly isFile: (path: string) => boolean;
    /** The files of the product with that name: whoever sets `PATH` may mean one of them. */
    readonly ownPrograms: (name: string, root: string) => readonly ProgramFile[];
  };
  readonly program: (name: string, folder: string) => ProgramFile;
  readonly isTypeScript: (path: string) => boolean;
  /** What a JSON file holds; `null` where it cannot be read. */
  readonly manifestAt: (path: string) => unknown;
  readonly realPath: (path: string) => string;
}

/** A program of `node_modules/.bin`, or a path to one. */
export interface ProgramFile {
  /** `null` for one that is no JavaScript, or lies in PATH only. */
  readonly path: string | null;
  /** True for a script that may start others, and is not read. */
  readonly isUnread: boolean;
}

export interface Targets {
  readonly targets: readonly { readonly path: string; readonly certainty: 'named' | 'bounded' | 'guessed' }[];
  /** `null` for a site with one constant name. */
  readonly bound: Bound | null;
  readonly missing: readonly { readonly request: string; readonly why: string }[];
  /** The constant paths that holes follow: what a `..` in the hole would lead away from. */
  readonly beginnings: readonly string[];
  /** Manifests whose texts are in the names (manifest-fill.ts). */
  readonly manifests: readonly string[];
}

/** A path as it is meant in the working folder; `null` where that is not known. */
export const inWorkingFolder = (
  path: string,
  { workingFolder }: Pick<Surroundings, 'workingFolder'>,
): string | null => {
  if (isAbsolutePath(path)) return normalPath(path);
  return workingFolder === null ? null : normalPath(`${workingFolder}/${path}`);
};

/** The folder that a text names, absolute; `null` where that is not known. */
export function folderMeant(shape: TextShape, file: string, around: Surroundings): string | null {
  const bound = boundOf(shape, placeOf(file, around));
  // A URL is no path.
  return bound.kind !== 'request' || bound.request.includes(':') ? null : inWorkingFolder(bound.request, around);
}

export const placeOf = (file: string, around: Surroundings): Place => ({
  file,
  workingFolder: around.workingFolder,
  resolved: (request) => {
    const answer = around.resolver.resolve(file, request, 'require');
    return 'found' in answer ? (answer.found[0] ?? null) : null;
  },
});
