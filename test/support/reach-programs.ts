/**
 * Programs composed at random: a function of a dependency is exported in one way, handed on through any number of ways and in the end
 * called, called by the engine, or left alone. Or an object is handed on in the same ways and then given another method, which calls the function.
 *
 * Idioms show each way alone; an analyser that knows every one of them can still lose a value between two. Pieces are JavaScript texts;
 * `EXPR` stands for the value so far and `$` begins names that are made unique.
 */
import { CALLS, ENDS, HOLDERS, REPLACERS, SHARED, SOURCES, WAYS, type Source } from './reach-pieces.ts';

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
  /** What goes those ways is an object, and gets another method in the end. */
  readonly replaced?: Replaced;
}

export interface Replaced {
  readonly holder: number;
  readonly replacer: number;
  readonly call: number;
}

export const COUNTS = {
  sources: SOURCES.length,
  ways: WAYS.length,
  ends: ENDS.length,
  holders: HOLDERS.length,
  replacers: REPLACERS.length,
  calls: CALLS.length,
};

const pick = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

/** "${" belongs to a template. */
const named = (text: string, prefix: string): string => text.replaceAll(/\$(?!\{)/g, () => prefix);

/** The statements before it, and the value after all ways. */
function handedOn(
  begin: string,
  ways: readonly number[],
  unique: string,
): { readonly lines: readonly string[]; readonly expression: string; readonly names: readonly string[] } {
  const lines: string[] = [];
  const names: string[] = [];
  let expression = begin;
  for (const [step, index] of ways.entries()) {
    const [name, before, after] = pick(WAYS, index);
    names.push(name);
    const fill = (text: string) => named(text, `v${unique}_${step}_`).replaceAll('EXPR', () => `(${expression})`);
    const own = fill(after);
    if (before !== '') lines.push(fill(before));
    expression = own;
  }
  return { lines, expression, names };
}

/** @param unique Keeps global names of several programs in one process apart. */
export function compose({ source: from, ways, end, replaced }: Recipe, unique: string): Program {
  const begin = pick(SOURCES, from);
  if (replaced !== undefined) return composeReplaced(begin.expression, ways, replaced, unique, begin);
  const { lines, expression, names } = handedOn(begin.expression, ways, unique);
  const [name, text] = pick(ENDS, end);
  const last = named(text, `v${unique}_end_`).replaceAll('EXPR', () => `(${expression})`);
  return program(begin, [...lines, last], [begin.name, ...names, name]);
}

function composeReplaced(
  vuln: string,
  ways: readonly number[],
  chosen: Replaced,
  unique: string,
  from: Source,
): Program {
  const holder = pick(HOLDERS, chosen.holder);
  const [replacer, replacing] = pick(REPLACERS, chosen.replacer);
  const [call, calling] = pick(CALLS, chosen.call);
  const own = (text: string): string => named(text, `v${unique}_h_`);
  const { lines, expression, names } = handedOn(own(holder.expression), ways, unique);
  return program(
    from,
    [
      ...(holder.before === '' ? [] : [own(holder.before)]),
      ...lines,
      named(replacing, `v${unique}_r_`).replaceAll('OBJ', () => expression),
      named(calling, `v${unique}_c_`)
        .replaceAll('ON', () => own(holder.called ?? holder.expression))
        .replaceAll('VULN', () => vuln),
    ],
    [from.name, holder.name, ...names, replacer, call],
  );
}

function program(begin: Source, lines: readonly string[], pieces: readonly string[]): Program {
  const entry = `try {\n${lines.map((line) => `  ${line}\n`).join('')}} catch {}\n`;
  const files = new Map<string, string>([
    ['index.js', entry],
    ['node_modules/dep/index.js', begin.text],
    ...Object.entries(begin.more ?? {}),
    ...SHARED.filter(([path]) =>
      entry.includes(path.startsWith('node_modules/') ? `'${path.split('/')[1]}'` : `./${path.replace('.js', '')}`),
    ),
  ]);
  return { files, file: begin.more === undefined ? 'node_modules/dep/index.js' : 'node_modules/dep/lib.js', pieces };
}
