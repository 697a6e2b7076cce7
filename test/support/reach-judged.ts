/** Composed programs (reach-programs.ts) run under V8 and asked about: which ran, and what the product says. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Idiom, plant, runCovered } from './idioms.ts';
import { askReach } from './reach-asked.ts';
import { admits, type Answer } from './reach.ts';
import { compose, COUNTS, type Program, type Recipe, type Replaced } from './reach-programs.ts';
import { ran } from './v8-coverage.ts';

export interface Judged {
  readonly recipe: Recipe;
  readonly program: Program;
  readonly ran: boolean;
  readonly answer: Answer;
}

export const isWrong = ({ ran: runs, answer }: Judged): boolean => runs && !admits(answer);

/** Every source, way and end once, alone. */
export const singles: readonly Recipe[] = [
  ...Array.from({ length: COUNTS.sources }, (_, source) => ({ source, ways: [], end: 0 })),
  ...Array.from({ length: COUNTS.ways }, (_, way) => ({ source: 0, ways: [way], end: 0 })),
  ...Array.from({ length: COUNTS.ends }, (_, end) => ({ source: 0, ways: [], end })),
];

const each = (count: number, make: (at: number) => Replaced): readonly Recipe[] =>
  Array.from({ length: count }, (_, at) => ({ source: 0, ways: [], end: 0, replaced: make(at) }));

/** Every object whose method is replaced in every way, and every call of one. */
export const replacements: readonly Recipe[] = [
  ...each(COUNTS.holders * COUNTS.replacers, (at) => ({
    holder: at % COUNTS.holders,
    replacer: Math.floor(at / COUNTS.holders),
    call: 0,
  })),
  ...each(COUNTS.holders * COUNTS.calls, (at) => ({
    holder: at % COUNTS.holders,
    replacer: 0,
    call: Math.floor(at / COUNTS.holders),
  })),
];

/** Half of them hand on an object whose method is replaced. */
export const mixtures = (seed: number, numRuns: number): readonly Recipe[] =>
  fc
    .sample(
      fc.record({
        source: fc.nat(COUNTS.sources - 1),
        ways: fc.array(fc.nat(COUNTS.ways - 1), { maxLength: 4 }),
        end: fc.nat(COUNTS.ends - 1),
        replaced: fc.option(
          fc.record({
            holder: fc.nat(COUNTS.holders - 1),
            replacer: fc.nat(COUNTS.replacers - 1),
            call: fc.nat(COUNTS.calls - 1),
          }),
          { freq: 1, nil: undefined },
        ),
      }),
      { seed, numRuns },
    )
    .map(({ replaced, ...recipe }) => (replaced === undefined ? recipe : { ...recipe, replaced }));

const asIdiom = (files: ReadonlyMap<string, string>): Idiom => ({
  name: '',
  twin: false,
  run: 'node index.js',
  dir: '.',
  install: [],
  port: null,
  get: [],
  checks: [],
  files,
  links: new Map(),
});

/** All programs run in one process, one after another, each with packages of its own; asking goes program by program. */
export async function judge(recipes: readonly Recipe[]): Promise<readonly Judged[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-programs-')));
  try {
    const programs = recipes.map((recipe, index) => compose(recipe, `${index}`));
    const roots = programs.map(({ files }, index) => plant(asIdiom(files), join(base, `${index}`)).root);
    mkdirSync(join(base, 'all'));
    writeFileSync(join(base, 'all', 'index.js'), roots.map((root) => `require(${JSON.stringify(root)});\n`).join(''));
    const coverage = await runCovered('node index.js', join(base, 'all'), join(base, 'reports'));
    const judged: Judged[] = [];
    for (const [index, program] of programs.entries()) {
      const root = roots[index] ?? '';
      const file = program.file.replace('node_modules/dep/', '');
      const asked = [{ id: '0', package: 'dep', version: '1.0.0', file, function: 'vuln' }];
      const answer = (await askReach(root, 'node index.js', asked, base)).get('0');
      const recipe = recipes[index];
      assert.ok(answer !== undefined && recipe !== undefined);
      judged.push({ recipe, program, ran: ran(coverage, join(root, program.file), 'vuln', null), answer });
    }
    return judged;
  } finally {
    rmSync(base, { recursive: true });
  }
}

/** Leaves out ways, and takes the plainest source and end, as long as the answer stays wrong: what remains is the idiom to write down. */
export async function reduce(wrong: Judged): Promise<Judged> {
  let smallest = wrong;
  const tryOut = async (changes: Partial<Recipe>): Promise<boolean> => {
    const [other] = await judge([{ ...smallest.recipe, ...changes }]);
    if (other === undefined || !isWrong(other)) return false;
    smallest = other;
    return true;
  };
  for (let index = 0; index < smallest.recipe.ways.length; )
    if (!(await tryOut({ ways: smallest.recipe.ways.filter((_, place) => place !== index) }))) index++;
  const { replaced } = smallest.recipe;
  if (replaced !== undefined) await tryOut({ replaced: { ...replaced, call: 0 } });
  else if (smallest.recipe.ways.length > 0) await tryOut({ end: 0 });
  await tryOut({ source: 0 });
  return smallest;
}

/** Two programs with the same name differ only in how the function is exported. */
export const nameOf = ({ program, answer }: Judged): string => [...program.pieces.slice(1), answer.verdict].join(' > ');

export const inWords = ({ program, answer }: Judged): string =>
  `vuln ran and is called ${answer.verdict}: ${program.pieces.join(' > ')}\n${program.files.get('index.js')}`;
