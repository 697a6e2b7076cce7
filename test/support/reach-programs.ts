/**
 * Programs composed at random: a function of a dependency is exported in one way, handed on through any number of ways and in the end
 * called, called by the engine, or left alone.
 *
 * Idioms show each way alone; an analyser that knows every one of them can still lose a value between two. Pieces are JavaScript texts;
 * `EXPR` stands for the value so far and `$` begins names that are made unique.
 */
import { ENDS, SHARED, SOURCES, WAYS } from './reach-pieces.ts';

export interface Program {
  /** Path → text. The entry is index.js, the function `vuln` lies in `file`. */
  readonly files: ReadonlyMap<string, string>;
  readonly file: string;
  /** The names of the pieces, for the report. */
  readonly pieces: readonly string[];
}

/** Numbers that choose pieces; any number is taken modulo the number of pieces. */
export interface Recipe {
  readonly source: number;
  readonly ways: readonly number[];
  readonly end: number;
}

export const COUNTS = { sources: SOURCES.length, ways: WAYS.length, ends: ENDS.length };

const pick = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

/** @param unique Keeps global names of several programs in one process apart. */
export function compose({ source: from, ways, end }: Recipe, unique: string): Program {
  const begin = pick(SOURCES, from);
  const pieces = [begin.name];
  const lines: string[] = [];
  let expression = begin.expression;
  for (const [step, index] of ways.entries()) {
    const [name, before, after] = pick(WAYS, index);
    pieces.push(name);
    // "${" belongs to a template.
    const fill = (text: string) =>
      text.replaceAll(/\$(?!\{)/g, () => `v${unique}_${step}_`).replaceAll('EXPR', () => `(${expression})`);
    const own = fill(after);
    if (before !== '') lines.push(fill(before));
    expression = own;
  }
  const [name, text] = pick(ENDS, end);
  pieces.push(name);
  const last = text.replaceAll(/\$(?!\{)/g, () => `v${unique}_end_`).replaceAll('EXPR', () => `(${expression})`);
  const entry = `try {\n${[...lines, last].map((line) => `  ${line}\n`).join('')}} catch {}\n`;
  const files = new Map<string, string>([
    ['index.js', entry],
    ['node_modules/dep/index.js', begin.text],
    ...Object.entries(begin.more ?? {}),
    ...SHARED.filter(([path]) =>
      entry.includes(path.startsWith('node_modules/') ? `'${path.split('/')[1]}'` : './kept'),
    ),
  ]);
  return { files, file: begin.more === undefined ? 'node_modules/dep/index.js' : 'node_modules/dep/lib.js', pieces };
}
