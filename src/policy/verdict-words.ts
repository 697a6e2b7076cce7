/** Verdicts in the words of the staff pages (ui "Words"), and the glyph of each. */
import { VERDICT_ORDER, type Counts, type StatementVerdict } from './evaluate.ts';

export const verdictWord = (verdict: StatementVerdict): string => (verdict === 'no-case' ? 'no case yet' : verdict);

export const verdictGlyph = (verdict: StatementVerdict): Exclude<StatementVerdict, 'no-case'> | 'na' =>
  verdict === 'no-case' ? 'na' : verdict;

export const VERDICT_GLYPHS = ['kept', 'broken', 'stale', 'unknown', 'manual', 'na', 'unbound'] as const;

/** "3 kept, 1 broken" */
export const countWords = (counts: Counts): string =>
  VERDICT_ORDER.filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${verdictWord(verdict)}`)
    .join(', ');
