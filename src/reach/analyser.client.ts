/**
 * The digest of the analysis itself: every source file that the verdicts of `holdfast reach` rest on, and the versions of the parser and
 * the resolver. A proof lapses when it changes, so no change of a rule can be forgotten.
 *
 * In the bundle there are no sources; rolldown.config.js puts in what this file computes when the bundle is built.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import { isObject, stringOr } from '../lib/json.ts';
import { compareText } from '../lib/text.ts';

/** Put in by rolldown.config.js; there is no such name where the sources run. */
declare const HOLDFAST_ANALYSER: string | undefined;

/** What judges, and what the threads run that read files. */
const ROOTS = ['reach.actions.ts', 'parse.client.ts'];

/** Their answers decide what a file says and what a name leads to. */
const NATIVE = ['oxc-parser', 'oxc-resolver'];

let computed: string | null = null;

export function analyserDigest(): string {
  if (typeof HOLDFAST_ANALYSER === 'string') return HOLDFAST_ANALYSER;
  computed ??= digestOfRules(import.meta.dirname);
  return computed;
}

/** @param folder src/reach, in a checkout. */
export function digestOfRules(folder: string): string {
  const files = rulesIn(folder);
  const hashes = files.map((file) => [file, sha256(readFileSync(join(folder, file)))]);
  return sha256(canonicalJson({ files: hashes, native: versionsIn(resolve(folder, '../../package.json')) }));
}

/** Relative to the folder, with `/`: the roots and all that they import, of other features too. What is imported for its types only does nothing. */
export function rulesIn(folder: string): readonly string[] {
  const found = new Set<string>();
  const open = ROOTS.map((file) => resolve(folder, file));
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    for (const [, name] of readFileSync(path, 'utf8').matchAll(IMPORT))
      if (name !== undefined) open.push(resolve(dirname(path), name));
  }
  return [...found].map((path) => relative(folder, path).split(sep).join('/')).sort(compareText);
}

/** As our formatter writes them: at the beginning of a line, up to the first semicolon. */
const IMPORT = /^(?:import|export) (?!type )[^;]*?from '(\.{1,2}\/[^']+)';/gm;

function versionsIn(path: string): Readonly<Record<string, string>> {
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const dependencies = isObject(manifest) ? manifest['dependencies'] : null;
  return Object.fromEntries(
    NATIVE.map((name) => [name, stringOr(isObject(dependencies) ? dependencies[name] : null, '')]),
  );
}
