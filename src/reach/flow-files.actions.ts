/** Gives the value flow its files: read, parsed and with their scopes, each once. What it asks of them is flow-file.ts. */
import type { Closure } from './closure.ts';
import type { FileFacts } from './file-facts.ts';
import type { FlowFile } from './flow-file.ts';
import type { OpenFile } from './flow-world.ts';
import { parseText, readSource } from './parse.client.ts';
import { writtenOut } from './reviewed-code.ts';
import { scopesOf } from './scopes.ts';

/** Trees are kept, because steps of the flow are known by their nodes; this many bytes of source make about 1 GB of them. */
const MOST_SOURCE_BYTES = 40 * 1024 * 1024;

export interface FlowFiles {
  readonly open: OpenFile;
  readonly mayDefine: (name: string) => boolean;
  readonly patchesPrototypes: (name: string | null) => boolean;
  readonly addsMethods: () => boolean;
  readonly readsConstructors: (name: string) => boolean;
}

export function flowFiles({ files, sites }: Closure): FlowFiles {
  const known = new Map<string, FlowFile | null>();
  let bytes = 0;
  const open: OpenFile = (path) => {
    let file = known.get(path);
    if (file === undefined) {
      const { facts = null, hash = '' } = files.get(path) ?? {};
      file = facts === null || bytes > MOST_SOURCE_BYTES ? null : parse(path, facts, hash);
      bytes += file?.tree.source.length ?? 0;
      known.set(path, file);
    }
    return file;
  };
  const isMade = sites.some(({ form, bound }) => bound.kind === 'anything' && MAKES_CODE.has(form));
  return { open, ...definers(files, isMade) };
}

/** A file that has changed since the closure read it is no file of this program. */
function parse(path: string, { syntax, codes }: FileFacts, hash: string): FlowFile | null {
  const source = readSource(path);
  if ('why' in source || source.hash !== hash) return null;
  const parsed = parseText(path, writtenOut(source.text, codes, hash), syntax);
  if ('why' in parsed) return null;
  return { path, tree: parsed.tree, scopes: scopesOf(parsed.tree), isEsm: parsed.syntax === 'module' };
}

/**
 * Whether some file could define a global of other environments (`define`, `window`): it assigns to that name, or to a member of that
 * name, or to computed members of the global object. By text, because only few files say any of it, and a hit too many costs precision only.
 */
function definers(files: Closure['files'], isMade: boolean): Omit<FlowFiles, 'open'> {
  let texts: readonly string[] | null = null;
  const answers = new Map<string, boolean>();
  const lines = (): readonly string[] =>
    (texts ??= [...files.values()].flatMap(({ path, facts }) => (facts === null ? [] : assigningLines(path))));
  let patched: ReadonlySet<string | null> | null = null;
  const patchesPrototypes = (name: string | null): boolean => {
    patched ??= new Set(lines().flatMap(patchedNames));
    return patched.size > 0 && (name === null || patched.has(null) || patched.has(name));
  };
  const mayDefine = (name: string): boolean => {
    let answer = answers.get(name) ?? (isMade ? true : undefined);
    if (answer === undefined) {
      const assigned = new RegExp(`(?<!(?:var|let|const)\\s+|[\\w$])${name}\\s*=[^=]|['"]${name}['"]`);
      answer = lines().some((line) => COMPUTED_GLOBAL.test(line) || assigned.test(line));
      answers.set(name, answer);
    }
    return answer;
  };
  let added: boolean | null = null;
  const addsMethods = (): boolean => (added ??= patchesPrototypes(null) || lines().some((line) => ADDING.test(line)));
  const constructors = new Map<string, boolean>();
  let isHandedOn: boolean | null = null;
  let reading: readonly string[] | null = null;
  const readsConstructors = (name: string): boolean => {
    if ((isHandedOn ??= lines().some((line) => CONSTRUCTOR_VALUE.test(line)))) return true;
    let answer = constructors.get(name);
    if (answer === undefined) {
      reading ??= lines().filter((line) => CONSTRUCTOR.test(line));
      answer = reading.some((line) => line.includes(name));
      constructors.set(name, answer);
    }
    return answer;
  };
  return { mayDefine, patchesPrototypes, addsMethods, readsConstructors };
}

/** Code that is made while the program runs may define anything. */
const MAKES_CODE: ReadonlySet<string> = new Set(['eval', 'indirect-eval', 'function', 'vm', 'with']);

/** A getter or setter on what all objects or all functions inherit from; a descriptor with a `value` makes a method. */
const PATCHING =
  /\bdefine(?:Property|Properties)\(\s*(?:Object|Function)\.prototype\b(?![^;]*\bvalue\b)|\b(?:Object|Function)\.prototype\.__define[GS]etter__\s*\(/;

/** The names that such a line makes; `null` for names that it does not say. */
function patchedNames(line: string): readonly (string | null)[] {
  if (!PATCHING.test(line)) return [];
  const named = [...line.matchAll(NAMED_PATCH)].map((match) => match[2] ?? null);
  const all =
    line.match(/\bdefine(?:Property|Properties)\(\s*(?:Object|Function)\.prototype\b|__define[GS]etter__/g) ?? [];
  return named.length === all.length ? named : [null];
}

/** `Object.defineProperty(Object.prototype, 'should', …)`. */
const NAMED_PATCH = /\bdefineProperty\(\s*(?:Object|Function)\.prototype\s*,\s*(['"])([\w$]+)\1\s*,/g;

/** `global[key] = …`, `Object.assign(globalThis, …)`: any name may come of it. */
const COMPUTED_GLOBAL =
  /\bthis\[\s*['"`][^\]\n]{0,80}\]\s*=[^=]|\bglobal(?:This)?\[[^\]\n]{1,80}\]\s*=[^=]|\b(?:assign|defineProperties)\(\s*global(?:This)?\b/;

/** `Object.prototype.x = …`, `Object.assign(Function.prototype, …)`. */
const ADDING =
  /\bdefine(?:Property|Properties)\(\s*(?:Object|Function)\.prototype\b|\b(?:Object|Function)\.prototype(?:\.[\w$]+|\[[^\]\n]{1,80}\])\s*=[^=]|\bassign\(\s*(?:Object|Function)\.prototype\b/;

/** `x.constructor.name…`, `new.target.name…`: the class of an instance, on the way to one of its own properties. */
const CONSTRUCTOR = /\bconstructor\s*(?:\?\.|[.[])|\bnew\.target\b/;
/** It becomes a value, and then any of its properties may be read elsewhere. */
const CONSTRUCTOR_VALUE =
  /(?:[=(,:?]|\breturn)\s*(?:[\w$]+\.)*(?:[\w$]+(?:\([^()\n]{0,40}\))?)\.constructor\s*[;,)]|\{[^{}\n]*\bconstructor\b[^{}\n]*\}\s*=|[=(]\s*new\.target\s*[;,)]/;

/** Lines that write to a global object or to one of the names, so that not all texts are kept. */
const INTERESTING =
  /(?:\bconstructor\s*(?:\?\.|[.[])|\.constructor\s*[;,)]|\bnew\.target\b|\bconstructor\b[^{}\n]*\}\s*=|\b(?:Object|Function)\.prototype(?:\.[\w$]+|\[[^\]\n]{1,80}\])\s*=[^=]|\bassign\(\s*(?:Object|Function)\.prototype\b|\b(?:Object|Function)\.prototype\.__define[GS]etter__\s*\(|\bthis\[\s*['"`][^\]\n]{0,80}\]\s*=[^=]|\bglobal(?:This)?\[[^\]\n]{1,80}\]\s*=[^=]|\b(?:assign|defineProperty|defineProperties)\(\s*global(?:This)?\b|\b(?:define|window|document|importScripts|WorkerGlobalScope|Deno|Bun|YUI)\s*=[^=])/g;

/** With their descriptor, which stands on the lines that follow. */
const DESCRIPTORS = /\bdefine(?:Property|Properties)\(\s*(?:Object|Function)\.prototype\b[^;]{0,240}/g;

function assigningLines(path: string): readonly string[] {
  const source = readSource(path);
  if ('why' in source) return [];
  // With what stands around the mark; a whole line may be a whole bundle.
  const lines = [...source.text.matchAll(INTERESTING)].map(({ index }) =>
    source.text.slice(Math.max(0, index - 120), index + 240),
  );
  return [...lines, ...(source.text.match(DESCRIPTORS) ?? [])];
}
