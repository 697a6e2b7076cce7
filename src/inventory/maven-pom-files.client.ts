/**
 * The POM files of a scan, and those that a POM points at by a path (maven-pom-tree.ts says which of them belong to it).
 *
 * A POM may name any path as its parent, and POMs come from strangers. So a file that is no input is read only inside of
 * the repository (the nearest folder with a `.git`), without one inside of the folder that was named, and for a file that
 * was named by itself up to five folders above it; where links lead counts, not where they lie. What is not a POM there is
 * as good as absent.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix, resolve, sep } from 'node:path';
import { HoldfastError } from '../lib/errors.ts';
import { kindOfText } from './detect.ts';
import { readPom, type Pom } from './maven-pom-model.ts';
import type { PomFiles } from './maven-pom-tree.ts';

/** As input-files.client.ts finds it. */
interface InputFile {
  readonly path: string;
  readonly absolute: string;
}

/** Reads a file within the limits of inputs. @throws HoldfastError for what is no file, not UTF-8 or too large */
type ReadText = (file: InputFile) => string;

export interface PomInputs extends PomFiles {
  /** The POM of an input that was just read. @throws as readPom */
  readonly pomOf: (file: InputFile, text: string) => Pom;
}

/** POMs that are no inputs: real trees have a handful of parents outside of the folder that is scanned. */
const MOST_OUTSIDE = 1_000;
/** Real POMs stay below 500 KB. */
const LARGEST_OUTSIDE_BYTES = 8 * 1024 * 1024;
/** Texts are kept until their turn comes, up to this much altogether; beyond it they are parsed a second time. */
const MOST_KEPT_CHARACTERS = 64 * 1024 * 1024;
const LEVELS_ABOVE = 5;
const LONGEST_PATH = 4_096;

/** @param folders The folders that were named, absolute. */
export function pomFiles(files: readonly InputFile[], folders: readonly string[], readText: ReadText): PomInputs {
  const poms = new PomFolder(folders, readText);
  let areRead = false;
  // Before anything is looked up: a parent that is an input must not be taken for a file that is none.
  const readAhead = (): void => {
    if (!areRead) for (const file of files) if (/\.(?:xml|pom)$/.test(file.absolute)) poms.readAhead(file);
    areRead = true;
  };
  return {
    pomOf: (file, text) => poms.take(file, text),
    inputs: () => {
      readAhead();
      return poms.inputs();
    },
    beside: (from, relativePath) => {
      readAhead();
      return poms.beside(from, relativePath);
    },
    isNamedAlone: (pom) => !folders.some((folder) => isInside(poms.placeOf(pom), folder)),
  };
}

class PomFolder {
  readonly #folders: readonly string[];
  readonly #readText: ReadText;
  readonly #inputs = new Map<string, Pom>();
  /** `null`: looked at, and no POM that may be read. */
  readonly #outside = new Map<string, Pom | null>();
  readonly #places = new Map<Pom, string>();
  readonly #texts = new Map<string, string>();
  readonly #boundaries = new Map<string, string>();
  #keptCharacters = 0;

  constructor(folders: readonly string[], readText: ReadText) {
    this.#folders = folders;
    this.#readText = readText;
  }

  inputs(): readonly Pom[] {
    return [...this.#inputs.values()];
  }

  placeOf(pom: Pom): string {
    return this.#places.get(pom) ?? '';
  }

  take({ path, absolute }: InputFile, text: string): Pom {
    const known = this.#inputs.get(absolute);
    if (known !== undefined && this.#texts.get(absolute) === text) {
      this.#texts.delete(absolute);
      return known;
    }
    return this.#keep(readPom(path, text), absolute);
  }

  readAhead(file: InputFile): void {
    if (this.#inputs.has(file.absolute)) return;
    try {
      const text = this.#readText(file);
      if (kindOfText(file.path, text) !== 'maven-pom') return;
      this.#keep(readPom(file.path, text), file.absolute);
      this.#keptCharacters += text.length;
      if (this.#keptCharacters <= MOST_KEPT_CHARACTERS) this.#texts.set(file.absolute, text);
    } catch (thrown) {
      // What is wrong with it is told when its own turn comes.
      if (!(thrown instanceof HoldfastError)) throw thrown;
    }
  }

  #keep(pom: Pom, absolute: string): Pom {
    this.#inputs.set(absolute, pom);
    this.#places.set(pom, absolute);
    return pom;
  }

  beside(from: Pom, relativePath: string): Pom | null {
    const place = this.#places.get(from);
    if (place === undefined || relativePath.length > LONGEST_PATH) return null;
    const relative = relativePath.replaceAll('\\', '/');
    const target = resolve(dirname(place), relative);
    const shown = posix.join(posix.dirname(from.path), relative);
    return this.#at(target, shown, place) ?? this.#at(join(target, 'pom.xml'), posix.join(shown, 'pom.xml'), place);
  }

  #at(absolute: string, path: string, from: string): Pom | null {
    const known = this.#inputs.get(absolute) ?? this.#outside.get(absolute);
    if (known !== undefined) return known;
    if (this.#outside.size >= MOST_OUTSIDE) return null;
    const pom = readOutside({ path, absolute }, this.#boundaryOf(dirname(from)), this.#readText);
    this.#outside.set(absolute, pom);
    if (pom !== null) this.#places.set(pom, absolute);
    return pom;
  }

  #boundaryOf(folder: string): string {
    const known = this.#boundaries.get(folder);
    if (known !== undefined) return known;
    const above = foldersAbove(folder);
    const boundary =
      above.find((each) => existsSync(join(each, '.git'))) ??
      this.#folders.find((named) => isInside(folder, named)) ??
      above[Math.min(LEVELS_ABOVE, above.length - 1)] ??
      folder;
    this.#boundaries.set(folder, boundary);
    return boundary;
  }
}

/** The folder itself first, the root last. */
function foldersAbove(folder: string): readonly string[] {
  const found = [folder];
  for (let at = folder; dirname(at) !== at; at = dirname(at)) found.push(dirname(at));
  return found;
}

const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);

function readOutside(file: InputFile, boundary: string, readText: ReadText): Pom | null {
  try {
    const real = realpathSync(file.absolute);
    if (!isInside(real, realpathSync(boundary))) return null;
    const { size } = statSync(real);
    if (size > LARGEST_OUTSIDE_BYTES) return null;
    const text = readText({ path: file.path, absolute: real });
    return kindOfText(file.path, text) === 'maven-pom' ? readPom(file.path, text) : null;
  } catch (thrown) {
    // Absent, no file, no POM, not readable: the POM that pointed here says that its parent is not in the tree.
    if (thrown instanceof HoldfastError || isSystemError(thrown)) return null;
    throw thrown;
  }
}

const isSystemError = (thrown: unknown): boolean => thrown instanceof Error && 'syscall' in thrown;
