/** Gives the value flow its files: read, parsed and with their scopes, each once. What it asks of them is flow-file.ts. */
import assert from 'node:assert/strict';
import type { Closure, ClosureFile } from './closure.ts';
import { CONVERTING, CONVERTING_NATIVES, EXPORTED, isHooking, OVERRIDING } from './assigning-lines.ts';
import { ITERATING } from './closed-bindings.ts';
import { NAMES_CONSTRUCTOR } from './constructor-names.ts';
import { ELSEWHERE, MODULE_EXPORTS, OF_FILES } from './environment.ts';
import type { FileFacts } from './file-facts.ts';
import type { FlowFile } from './flow-file.ts';
import type { OpenFile } from './flow-world.ts';
import { EXPORTS_PROTOTYPE, meantLines } from './prototype-lines.ts';
import { halvesOf, methodOfArrays, nativeAndOwner } from './replaced-natives.ts';
import { parseAgain, parseText, readSource } from './parse.client.ts';
import { STACK_READ } from './stack-reads.ts';
import { isTypeScript } from './resolve.client.ts';
import { writtenOut } from './reviewed-code.ts';
import { type Scopes, scopesOf } from './scopes.ts';
import type { SyntaxTree } from './syntax.ts';

/** Trees are kept, because steps of the flow are known by their nodes; this many bytes of source make about 1 GB of them. */
const MOST_SOURCE_BYTES = 40 * 1024 * 1024;

export interface FlowFiles {
  readonly open: OpenFile;
  /** Of any file, also of one that the program does not load. */
  readonly treeOf: (path: string) => SyntaxTree | null;
  /** True when a file that was read here was another one before, or could not be read any more. */
  readonly haveChanged: () => boolean;
  readonly mayDefine: (name: string) => boolean;
  readonly patchesPrototypes: (name: string | null) => boolean;
  readonly addsMethods: () => boolean;
  readonly overridesInherited: (name: string) => boolean;
  /** Files that give all objects a method which the language calls. */
  readonly hooking: () => readonly string[];
  /** Files that seem to read the arguments or the caller of a function that runs (stack-reads.ts). */
  readonly readingStack: () => readonly string[];
  /** Whether some file gives all functions a `toString`. */
  readonly convertsFunctions: () => boolean;
  /** Whether some file gives a class of the language a method that the language asks for. */
  readonly convertsNatives: () => boolean;
  readonly readsConstructors: (name: string) => boolean;
  /** Whether some file has the name as a text (constructor-names.ts). */
  readonly namesConstructors: () => boolean;
  readonly asksConstructors: (name: string) => boolean;
  readonly writesThroughInstances: (name: string) => boolean;
  /** The files that seem to put something else in the place of one of Node's functions. */
  readonly replacing: (name: string) => readonly string[];
}

type Read = typeof readSource;

/** @param others Files beside those of the program that are asked for, and the hashes of their texts. */
export function flowFiles(
  { files }: Pick<Closure, 'files'>,
  others: ReadonlyMap<string, string> = new Map(),
): FlowFiles {
  let haveChanged = false;
  const read: Read = (path) => {
    const source = readSource(path);
    const expected = files.get(path)?.hash;
    if ('why' in source || source.hash !== (expected === undefined || expected === '' ? others.get(path) : expected))
      haveChanged = true;
    return source;
  };
  const known = new Map<string, FlowFile | null>();
  let bytes = 0;
  const about = definers(files, read);
  const hasOtherLists = [...ITERATING].some((method) =>
    methodOfArrays(method).some((name) => about.replacing(name).length > 0),
  );
  const open: OpenFile = (path) => {
    let file = known.get(path);
    if (file === undefined) {
      const { facts = null, hash = '' } = files.get(path) ?? {};
      const text = facts === null || bytes > MOST_SOURCE_BYTES ? null : textOf(read(path), hash);
      file = facts === null || text === null ? null : fileOf(path, text, { ...facts, hasOtherLists }, hash);
      bytes += file === null ? 0 : (text?.length ?? 0);
      known.set(path, file);
    }
    return file;
  };
  return { open, treeOf: (path) => treeOf(path, read), haveChanged: () => haveChanged, ...about };
}

/** A file that has changed since the closure read it is no file of this program. */
function textOf(source: ReturnType<Read>, hash: string): string | null {
  return 'why' in source || source.hash !== hash ? null : source.text;
}

/**
 * Parsed when somebody looks at its tree: most files are asked only what their facts say. That it can be parsed is known from these, for they
 * are of the same text, read in the same way; where they are not, it is parsed here.
 */
function fileOf(
  path: string,
  read: string,
  { syntax, codes, elsewhere, hasOtherLists }: FileFacts & Required<Pick<FlowFile, 'hasOtherLists'>>,
  hash: string,
): FlowFile | null {
  const text = writtenOut(read, codes, hash);
  // TypeScript with the syntax of modules in a CommonJS file was parsed by the other grammar.
  const isOfFacts = text === read && (syntax === 'commonjs' || !isTypeScript(path));
  const parsed = isOfFacts ? null : parseText(path, text, syntax);
  if (parsed !== null && 'why' in parsed) return null;
  let tree = parsed?.tree ?? null;
  let scopes: Scopes | null = null;
  return {
    path,
    get tree() {
      return (tree ??= treeIn(path, text, syntax));
    },
    // Of many files it is asked only where in them a site stands.
    get scopes() {
      return (scopes ??= scopesOf(this.tree));
    },
    isEsm: (parsed?.syntax ?? syntax) === 'module',
    elsewhere: isOfFacts ? elsewhere : null,
    hasOtherLists,
  };
}

function treeIn(path: string, text: string, syntax: FileFacts['syntax']): SyntaxTree {
  const parsed = parseAgain(path, text, syntax);
  assert('tree' in parsed, `${path} could be parsed when its facts were read`);
  return parsed.tree;
}

function treeOf(path: string, read: Read): SyntaxTree | null {
  const source = read(path);
  const parsed = 'why' in source ? source : parseText(path, source.text, 'detect');
  return 'why' in parsed ? null : parsed.tree;
}

/**
 * Whether some file could define a global of other environments (`define`, `window`): it assigns to that name, or to a member of that
 * name, or to computed members of the global object (assigning-lines.ts).
 */
function definers(files: Closure['files'], read: Read): Omit<FlowFiles, 'open' | 'treeOf' | 'haveChanged'> {
  let texts: readonly string[] | null = null;
  const answers = new Map<string, boolean>();
  const isGiven = [...files.values()].some(({ facts }) => facts?.assigning.includes(EXPORTS_PROTOTYPE) === true);
  const linesOf = ({ facts }: ClosureFile): readonly string[] => meantLines(facts?.assigning ?? [], isGiven);
  const lines = (): readonly string[] => (texts ??= [...files.values()].flatMap(linesOf));
  let patched: ReadonlySet<string | null> | null = null;
  const patchesPrototypes = (name: string | null): boolean => {
    patched ??= new Set(lines().flatMap(patchedNames));
    return patched.size > 0 && (name === null || patched.has(null) || patched.has(name));
  };
  let computed: boolean | null = null;
  const isComputed = (): boolean =>
    (computed ??=
      lines().some((line) => COMPUTED_GLOBAL.test(line) || PASSED_GLOBAL.test(line)) ||
      (lines().some((line) => line.search(EXPORTED) >= 0) && lines().some((line) => line.startsWith('required['))));
  const isBegun = beginner(lines);
  const mayDefine = (name: string): boolean => {
    let answer = answers.get(name);
    if (answer === undefined && name === MODULE_EXPORTS) answers.set(name, (answer = reachesModules(files)));
    if (answer === undefined) {
      const written = OF_FILES.has(name)
        ? `\\b(?:global(?:This)?|(?:Object|Function)\\.prototype)\\.${name}\\s*(?:[|&?]{0,2}=[^=]|[,}\\]]|of\\b|in\\b)|\\bglobal(?:This)?[^\\n]{0,40}['"]${name}['"]`
        : `(?<!(?:var|let|const)\\s+|[\\w$])${name}\\s*[|&?]{0,2}=[^=]|['"]${name}['"]|\\bglobal(?:This)?\\.${name}\\s*(?:[,}\\]]|of\\b|in\\b)`;
      const assigned = new RegExp(written);
      answer =
        isComputed() ||
        isBegun(name) ||
        lines().some((line) => assigned.test(line)) ||
        (!ELSEWHERE.has(name) &&
          !OF_FILES.has(name) &&
          [...files.values()].some(({ path, facts }) => facts !== null && mayGive(read(path), name)));
      answers.set(name, answer);
    }
    return answer;
  };
  let added: boolean | null = null;
  const addsMethods = (): boolean => (added ??= patchesPrototypes(null) || lines().some((line) => ADDING.test(line)));
  let overridden: ReadonlySet<string> | null = null;
  const overridesInherited = (name: string): boolean => {
    overridden ??= new Set(
      lines().flatMap((line) => [...line.matchAll(OVERRIDING)].map((match) => match[1] ?? match[2] ?? '')),
    );
    return overridden.has(name) || (name !== 'hasInstance' && addsMethods());
  };
  return {
    mayDefine,
    patchesPrototypes,
    addsMethods,
    overridesInherited,
    hooking: saying(files, linesOf, isHooking),
    readingStack: saying(files, linesOf, (line) => STACK_READ.test(line)),
    ...conversions(lines),
    ...constructorReaders(lines),
    replacing: replacingIn(files),
  };
}

function replacingIn(files: Closure['files']): FlowFiles['replacing'] {
  let byName: Map<string, string[]> | null = null;
  const all = (): Map<string, string[]> => {
    const found = new Map<string, string[]>();
    for (const { path, facts } of files.values())
      for (const name of facts?.replaced ?? []) found.set(name, [...(found.get(name) ?? []), path]);
    return found;
  };
  return (name) => {
    byName ??= all();
    if (byName.size === 0) return [];
    const [member, owner] = halvesOf(name);
    const isHanded = owner !== null && byName.has(owner);
    return [...nativeAndOwner(name), ...(isHanded ? [member] : [])].flatMap((each) => byName?.get(each) ?? []);
  };
}

function conversions(lines: () => readonly string[]): Pick<FlowFiles, 'convertsFunctions' | 'convertsNatives'> {
  let ofFunctions: boolean | null = null;
  let ofNatives: boolean | null = null;
  return {
    convertsFunctions: () => (ofFunctions ??= lines().some((line) => CONVERTING.test(line))),
    convertsNatives: () => (ofNatives ??= lines().some((line) => CONVERTING_NATIVES.test(line))),
  };
}

/** Whether some file gets at modules past what they export. */
const reachesModules = (files: Closure['files']): boolean =>
  [...files.values()].some(
    ({ facts }) =>
      facts?.codes.some(({ construct }) => construct === 'module-cache' || construct === 'module-internals') === true,
  );

/** The files that have such a line among those of assigning-lines.ts. */
function saying(
  files: Closure['files'],
  linesOf: (file: ClosureFile) => readonly string[],
  says: (line: string) => boolean,
): () => readonly string[] {
  let paths: readonly string[] | null = null;
  return () => (paths ??= [...files].flatMap(([path, file]) => (linesOf(file).some(says) ? [path] : [])));
}

/** What is done with the class of an instance: see CONSTRUCTOR and CONSTRUCTOR_VALUE. */
function constructorReaders(
  lines: () => readonly string[],
): Pick<FlowFiles, 'readsConstructors' | 'namesConstructors' | 'asksConstructors' | 'writesThroughInstances'> {
  const constructors = new Map<string, boolean>();
  let isHandedOn: boolean | null = null;
  let hasName: boolean | null = null;
  const isNamed = (): boolean => (hasName ??= lines().includes(NAMES_CONSTRUCTOR));
  let reading: readonly string[] | null = null;
  const readsConstructors = (name: string): boolean => {
    if (isNamed() || (isHandedOn ??= lines().some((line) => CONSTRUCTOR_VALUE.test(line)))) return true;
    let answer = constructors.get(name);
    if (answer === undefined) {
      reading ??= lines().filter((line) => CONSTRUCTOR.test(line));
      answer = reading.some((line) => line.includes(name));
      constructors.set(name, answer);
    }
    return answer;
  };
  const writesThroughInstances = (name: string): boolean => {
    if (!readsConstructors(name)) return false;
    const written = new RegExp(`(?<![\\w$])${name.replaceAll(/[^\w]/g, '\\$&')}['"]?\\]?\\s*[:=](?![=>])`);
    return lines().some((line) => (WRITABLE.test(line) || CONSTRUCTOR_VALUE.test(line)) && written.test(line));
  };
  const asked = new Map<string, boolean>();
  const asksConstructors = (name: string): boolean => {
    let answer = asked.get(name);
    if (answer === undefined) {
      const called = new RegExp(`\\bconstructor\\s*(?:\\?\\.|\\.)\\s*${name.replaceAll(/[^\w]/g, '\\$&')}(?![\\w$])`);
      answer = readsConstructors(name) && lines().some((line) => called.test(line));
      asked.set(name, answer);
    }
    return answer;
  };
  return { readsConstructors, namesConstructors: isNamed, asksConstructors, writesThroughInstances };
}

/**
 * Whether a file could give the global object a property of that name: it says the name otherwise than to ask for it in an `if`, or to call a
 * method of what it found there.
 */
function mayGive(source: ReturnType<Read>, name: string): boolean {
  if ('why' in source) return true;
  const count = (pattern: string): number => source.text.match(new RegExp(pattern, 'g'))?.length ?? 0;
  const all = source.text.includes(name) ? count(`(?<![\\w$])${name}(?![\\w$])`) : 0;
  return all > 0 && all > count(`\\bif\\s*\\(global\\.${name}\\)`) + count(`(?<![\\w$.])${name}\\.\\w+\\(`);
}

/** A getter or setter on what all objects or all functions inherit from; a descriptor with a `value` makes a method. */
const PATCHING =
  /\bdefine(?:Property|Properties)\(\s*(?:Object|Function)\.prototype\b(?![^;]*\bvalue\b)|\b(?:Object|Function)\.prototype\.__define[GS]etter__\s*\(/;

/** The names that such a line makes; `null` for names that it does not say. */
function patchedNames(line: string): readonly (string | null)[] {
  if (!PATCHING.test(line)) return [];
  const named = [...line.matchAll(NAMED_PATCH)].map((match) => match[2] ?? null);
  return named.length === (line.match(ANY_PATCH)?.length ?? 0) ? named : [null];
}

/** `Object.defineProperty(Object.prototype, 'should', …)`, and every other way. */
const NAMED_PATCH = /\bdefineProperty\(\s*(?:Object|Function)\.prototype\s*,\s*(['"])([\w$]+)\1\s*,/g;
const ANY_PATCH = /\bdefine(?:Property|Properties)\(\s*(?:Object|Function)\.prototype\b|__define[GS]etter__/g;

/** Whether a name may be one that a file gives the global object as its `this`. */
function beginner(lines: () => readonly string[]): (name: string) => boolean {
  let began: readonly string[] | null = null;
  return (name) => (began ??= lines().flatMap(beginningsIn)).some((beginning) => name.startsWith(beginning));
}

/** How the names begin that `this['_' + key] = …` may give the global object; the empty text where that is not plain. */
const beginningsIn = (line: string): readonly string[] =>
  [...line.matchAll(OF_THIS)].map(([, key = '']) => BEGINNING.exec(key)?.[2] ?? '');

const OF_THIS = /\bthis\[\s*(['"`][^\]\n]{0,80})\]\s*=[^=]/g;
/** A text, or the sum of one and a variable. Any other operator might make another name of it. */
const BEGINNING = /^(['"])([\w$-]*)\1\s*(?:\+\s*[\w$.]+\s*)?$/;

/** `global[key] = …`, `Object.assign(globalThis, …)`: any name may come of it. */
const COMPUTED_GLOBAL = /\bglobal(?:This)?\[[^=\n]{1,80}\]\s*=[^=]|\b(?:assign|defineProperties)\(\s*global(?:This)?\b/;

/** The global object is handed to a function that may give it anything; not to one that is called on the spot, as the wrappers of old libraries are. */
const PASSED_GLOBAL =
  /(?<!\}\s*\)?\s*(?:\.call)?|\.(?:call|apply|bind)|\b(?:defineProperty|getOwnPropertyDescriptor|getOwnPropertyNames|getPrototypeOf|keys|if|while|return|Boolean|String|typeof))\(\s*(?:[\w$.'"]+\s*,\s*){0,5}global(?:This)?\s*[,)]/;

/** `Object.prototype.x = …`, `Object.assign(Function.prototype, …)`. */
const ADDING =
  /\bdefine(?:Property|Properties)\(\s*(?:Object|Function)\.prototype\b|\b(?:Object|Function)\.prototype(?:\.[\w$]+|\[[^=\n]{1,80}\])\s*=[^=]|\bassign\(\s*(?:Object|Function)\.prototype\b/;

/** `x.constructor.name…`, `new.target.name…`: the class of an instance, on the way to one of its own properties. */
const CONSTRUCTOR = /\bconstructor\s*(?:\?\.|[.[])|\bnew\.target\b/;
/** The same, where more is done than to ask for its `name`. */
const WRITABLE = /\bconstructor\s*(?:\?\.|[.[])(?!\s*name\b(?!\s*=(?!=)))|\bnew\.target\b/;
/** It becomes a value, and then any of its properties may be read elsewhere; not so in `if (o.constructor) n = o.constructor.name`, which Babel writes. */
const CONSTRUCTOR_VALUE =
  /\.constructor\b(?!\s*(?:\?\.|[.[(]|[=!]==?|=[^=>]|&&|instanceof\b)|\)\s*[\w$]+\s*=\s*[\w$]+\.constructor\.name\b)|\[\s*['"`]constructor['"`]\s*\]|\bget\([^\n]{0,80}['"]constructor['"]|\[\s*['"`]con[struco]*['"`]\s*\+|\{[^{}]{0,80}\bconstructor\b[^{}]{0,80}\}\s*=|\bnew\.target\b(?!\s*(?:\?\.|[.[]|[=!]==?|&&|\)))/;
