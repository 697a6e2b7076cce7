/**
 * Parses source texts with oxc-parser, and is the program of the threads that extract facts.
 *
 * It is a client because the parser is a native library, and because files are read here. What the trees say is syntax.ts and its
 * neighbours; facts-pool.client.ts starts the threads.
 */
import { isUtf8 } from 'node:buffer';
import { extname } from 'node:path';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { type ParserOptions, type ParseResult, parseSync, rawTransferSupported } from 'oxc-parser';
import { sha256 } from '../lib/hash.ts';
import { readLimited } from '../platform/read-limited.ts';
import { factsOf } from './file-facts.ts';
import { isFactsTask, FACTS_THREAD, type FactsDone, type FactsTask } from './facts-task.ts';
import { IS_NO_PROGRAM, isNoProgram, NOT_JAVASCRIPT } from './no-program.ts';
import { nestingOf } from './nesting.ts';
import { type SyntaxGoal, type SyntaxTree, syntaxTree } from './syntax.ts';

export interface ParsedFile {
  readonly tree: SyntaxTree;
  readonly syntax: 'module' | 'commonjs';
}

export interface NotParsed {
  /** Continues "the file …". */
  readonly why: string;
}

/** The largest source that is parsed. The largest known file that programs load (typescript.js) has 9 MB. */
export const LARGEST_SOURCE_BYTES = 16 * 1024 * 1024;

/**
 * oxc-parser is recursive and ends the whole process when its stack ends: 5,000 nested brackets are too many for a main
 * thread of 8 MB. Real files, bundled and minified, stay below 200 levels.
 */
const DEEPEST_NESTING = 1_000;

/** @param path Its ending says whether it is TypeScript; the file is not read. */
export function parseText(path: string, text: string, goal: SyntaxGoal): ParsedFile | NotParsed {
  if (nestingOf(text) > DEEPEST_NESTING) return { why: `nests more than ${DEEPEST_NESTING} levels deep` };
  return parseAgain(path, text, goal);
}

/** For a text of which it is known that `parseText` parses it. */
export function parseAgain(path: string, text: string, goal: SyntaxGoal): ParsedFile | NotParsed {
  const source = text.startsWith('#!') ? `//${text.slice(2)}` : text;
  const lang = languageOf(path);
  for (const sourceType of goal === 'detect' ? (['commonjs', 'module'] as const) : [goal]) {
    const options: ParserOptions = { sourceType, lang, preserveParens: false };
    const parsed = parse(path, source, options);
    if (parsed.errors.length > 0 || (sourceType === 'commonjs' && parsed.module.hasModuleSyntax)) {
      if (lang === 'ts' && parsed.errors.length === 0)
        return { tree: syntaxTree(parsed.program, source), syntax: 'module' };
      continue;
    }
    return { tree: syntaxTree(parsed.program, source), syntax: sourceType };
  }
  return { why: isNoProgram(source) ? IS_NO_PROGRAM : NOT_JAVASCRIPT };
}

/** The option is not in the types of oxc-parser 0.153.0, whose README has it. */
const RAW_TRANSFER: ParserOptions & { readonly experimentalRawTransfer: boolean } = { experimentalRawTransfer: true };

let isRaw = rawTransferSupported();

/**
 * The tree from the parser's memory instead of by way of JSON, in two thirds of the time. That reserves gigabytes of addresses (not of
 * memory), which some systems refuse; then it is JSON for the rest of the process.
 */
function parse(path: string, source: string, options: ParserOptions): ParseResult {
  if (isRaw) {
    try {
      return parseSync(path, source, { ...options, ...RAW_TRANSFER });
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      isRaw = false;
    }
  }
  return parseSync(path, source, options);
}

/** Node 26 strips types by the ending alone, and knows no JSX; tools that load `.tsx` and `.jsx` do so by the ending as well. */
function languageOf(path: string): 'js' | 'jsx' | 'ts' | 'tsx' {
  switch (extname(path)) {
    case '.ts':
    case '.mts':
    case '.cts':
      return 'ts';
    case '.tsx':
      return 'tsx';
    case '.jsx':
      return 'jsx';
    default:
      return 'js';
  }
}

export interface SourceFile {
  readonly text: string;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly hash: string;
}

export function readSource(path: string): SourceFile | NotParsed {
  const bytes = readLimited(path, LARGEST_SOURCE_BYTES);
  if (!(bytes instanceof Uint8Array)) return { why: bytes.why };
  // V8 reads what is not UTF-8 with replacement characters, and so do we: offsets are the same.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return { text: isUtf8(bytes) && text.startsWith('\u{feff}') ? text.slice(1) : text, hash: sha256(bytes) };
}

/** The facts of one text as JSON, which is how the cache keeps them and threads hand them on. */
export function factsJson({ path, text, goal }: FactsTask): FactsDone {
  try {
    const parsed = parseText(path, text, goal);
    if ('why' in parsed) return parsed;
    return { json: JSON.stringify(factsOf(parsed.tree, parsed.syntax)) };
  } catch (thrown) {
    // A tree that is too large for this machine: the file is not analysed, and that is said.
    if (thrown instanceof RangeError) return { why: `is too large to be analysed (${thrown.message})` };
    throw thrown;
  }
}

const NO_TASK: FactsDone = { why: 'was not handed on' };

if (!isMainThread && workerData === FACTS_THREAD) {
  parentPort?.on('message', (tasks: unknown) => {
    parentPort?.postMessage(
      Array.isArray(tasks) ? tasks.map((task) => (isFactsTask(task) ? factsJson(task) : NO_TASK)) : [],
    );
  });
}
