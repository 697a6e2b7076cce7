/** Asks `holdfast reach` in this process; what the answers are is reach.ts. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ourProblems } from './output-schemas.ts';
import { holdfast } from './project.ts';
import { type Answer, type Asked, readAnswers } from './reach.ts';
import { cleanEnv } from './repository.ts';

/**
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
  assert.deepEqual(ourProblems('reach', JSON.parse(said.out)), []);
  return readAnswers(said.out, asked);
}
