/** The mistakes of a file as one error that names them all, each at its place. */
import { HoldfastError } from '../lib/errors.ts';
import { count } from '../lib/text.ts';
import type { Problem } from './statement.ts';

export function mistakesIn(
  code: 'POLICY_INVALID' | 'FACTS_INVALID' | 'DECISIONS_INVALID',
  file: string,
  problems: readonly Problem[],
): HoldfastError {
  return new HoldfastError(code, `${file} has ${count(problems.length, 'mistake')}`, {
    hint: 'Correct what is listed above, then run the command again.',
    problems: problems.map(({ line, column, message, hint }) => ({ at: { file, line, column }, message, hint })),
  });
}
