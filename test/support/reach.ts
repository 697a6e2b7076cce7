/**
 * What the product says about reach: the answers to `holdfast reach DIR --symbols FILE --run CMD --json`, read as a stranger reads them.
 *
 * Tests ask in their own process (reach-asked.ts), bench/reach-*.bench.ts start the program.
 */
import assert from 'node:assert/strict';

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
