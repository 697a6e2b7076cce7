/**
 * Fills the texts of manifests into names: what `require('a/package.json').bin[x]` gives, read from the manifest that is installed.
 *
 * Only manifests of installed packages: those a program finds and does not write. One of the product itself, or any other JSON file, may be another
 * when the program runs.
 */
import { isObject } from '../lib/json.ts';
import type { Closure, Edge } from './closure.ts';
import { isAbsolutePath } from './path-text.ts';
import { ANY, constantOf, joined, type Piece, type TextShape } from './text-shape.ts';
import { locate, type Place } from './name-bound.ts';

export interface Filled {
  readonly shapes: readonly TextShape[];
  /** The manifests that were read. */
  readonly manifests: readonly string[];
}

/** More texts than this in one place of a manifest name nothing in particular. */
const MOST_TEXTS = 200;

/** @param manifestAt What a JSON file holds; `null` where it cannot be read. */
export function filled(shape: TextShape, place: Place, manifestAt: (path: string) => unknown): Filled {
  const manifests: string[] = [];
  let shapes: readonly (readonly Piece[])[] = [[]];
  for (const piece of shape) {
    let texts: readonly Piece[] = [piece];
    if (typeof piece === 'object' && piece.hole === 'manifest') {
      const path = pathOf(piece.file, place);
      const found = path === null ? null : textsUnder(manifestAt(path), piece.keys);
      texts = found ?? [ANY];
      if (path !== null && found !== null) manifests.push(path);
    }
    shapes = shapes.flatMap((before) => texts.map((text) => [...before, text]));
    if (shapes.length > MOST_TEXTS) return { shapes: [[ANY]], manifests: [] };
  }
  return { shapes: shapes.map((pieces) => joined(pieces)), manifests };
}

function pathOf(file: TextShape, place: Place): string | null {
  const located = locate(file, place);
  const request = located === null ? null : constantOf(located);
  const path = request === null || isAbsolutePath(request) ? request : place.resolved(request);
  return path !== null && /\/node_modules\/(?:.*\/)?package\.json$/.test(path) ? path : null;
}

/** The texts that stand there; `null` when anything else may. */
function textsUnder(manifest: unknown, keys: readonly (string | null)[]): readonly string[] | null {
  let values: readonly unknown[] = [manifest];
  for (const key of keys) {
    values = values.flatMap((value): readonly unknown[] => {
      if (!isObject(value)) return [];
      if (key === null) return Object.values(value);
      return Object.hasOwn(value, key) ? [value[key]] : [];
    });
  }
  const texts = values.filter((value) => typeof value === 'string');
  // Under a key that is not known there may be objects besides, which name nothing.
  const isPlain = texts.every((text) => text !== '' && !isAbsolutePath(text));
  return isPlain && texts.length > 0 && texts.length <= MOST_TEXTS ? texts : null;
}

/** What others take of a manifest and cannot change in it, because it is a text. */
const TEXTS: ReadonlySet<string> = new Set(['description', 'homepage', 'license', 'main', 'name', 'type', 'version']);

/**
 * Whether another file of the program gets the object that `require` gives for a manifest, which is the same for all, and could write another
 * name into it.
 */
export function mayBeChanged(manifest: string, by: string, edges: readonly Edge[], files: Closure['files']): boolean {
  return edges.some(({ from, to, start, form }) => {
    if (to !== manifest || from === null || from === by || form === 'resolve' || form === 'file') return false;
    const load = files.get(from)?.facts?.loads.find((site) => site.start === start && site.form === form);
    return load?.takes?.every(({ name }) => TEXTS.has(name)) !== true;
  });
}
