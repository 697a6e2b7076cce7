/**
 * What the product says about reach, asked as a stranger asks: `holdfast reach DIR --symbols FILE --run CMD --json`.
 *
 * Used by test/reach (in this process) and bench/reach-*.bench.ts (the shipped program).
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdfast } from './project.ts';
import { cleanEnv } from './repository.ts';

/** One function asked about, as DESIGN's `--symbols` wants it; `file` is relative to the package. */
export interface Asked {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly file: string;
  readonly function: string;
  readonly nth?: number;
}

/** The verdicts that say "cannot run". */
const CLEARING = [
  'not-shipped',
  'fixed-code-present',
  'never-loaded',
  'not-referenced',
  'unreachable',
  'guarded',
] as const;

export interface Answer {
  readonly id: string;
  readonly verdict: string;
  readonly path: readonly unknown[];
  readonly sites: readonly unknown[];
  readonly evidence: Readonly<Record<string, unknown>>;
}

export const clears = ({ verdict }: Answer): boolean => CLEARING.some((known) => known === verdict);

/** Whether an answer may stand beside a function that ran. */
export const admits = ({ verdict }: Answer): boolean => verdict === 'reachable' || verdict === 'unknown';

/** Reads the answer; refuses one that passes over a question or says no more than a verdict. */
export function readAnswers(json: string, asked: readonly Asked[]): ReadonlyMap<string, Answer> {
  const report = JSON.parse(json) as { readonly schema: string; readonly verdicts: readonly Answer[] };
  assert.equal(report.schema, 'holdfast.reach/1');
  const answers = new Map(report.verdicts.map((answer) => [answer.id, answer]));
  for (const { id } of asked) {
    const answer = answers.get(id);
    assert.ok(answer !== undefined, `nothing was said about ${id}`);
    assert.ok(admits(answer) || clears(answer), `${id}: "${answer.verdict}" is no verdict`);
    if (answer.verdict === 'reachable') assert.ok(answer.path.length > 0, `${id} is reachable by no path`);
    else assert.ok(Object.keys(answer.evidence).length > 0, `${id} is "${answer.verdict}" without evidence`);
  }
  return answers;
}

/**
 * Asks in this process.
 *
 * @param place A folder of the test's own: for the symbols, and for the cache of facts, which no other run may have filled.
 */
export async function askReach(
  root: string,
  run: string,
  asked: readonly Asked[],
  place: string,
): Promise<ReadonlyMap<string, Answer>> {
  const symbols = join(place, 'symbols.json');
  writeFileSync(symbols, JSON.stringify(asked));
  const args = ['reach', '.', '--symbols', symbols, '--run', run, '--json'];
  const said = await holdfast(root, args, undefined, { ...cleanEnv, HOME: place });
  assert.ok([0, 2, 3].includes(said.code), `reach ended with ${said.code}: ${said.err}`);
  return readAnswers(said.out, asked);
}
