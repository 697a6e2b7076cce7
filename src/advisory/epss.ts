/**
 * Reading FIRST's EPSS scores: one CVE with its probability and percentile per line.
 *
 * Source: https://www.first.org/epss/data_stats. The file begins with a comment `#model_version:v2025.03.14,score_date:2026-11-24T…`,
 * then the header `cve,epss,percentile`. Opening and unpacking it is advisory-source.client.ts.
 */
import { no, ok, type Result } from '../lib/result.ts';
import type { EpssScore } from './advisory.ts';
import { parseInstant } from '../lib/time.ts';
import { cveKey } from './cve.ts';

const COLUMNS = 'cve,epss,percentile';
const COMMENT = '#model_version:';

/** True for the first line of EPSS scores; files without the comment begin with the names of the columns. */
export const isEpssStart = (line: string): boolean => line.startsWith(COMMENT) || line.trim() === COLUMNS;

export interface EpssTable {
  /** RFC 3339, as the comment states it; `null` when it does not. */
  readonly scoreDate: string | null;
  readonly scores: ReadonlyMap<string, EpssScore>;
}

/** The whole file. One line that is no score, and nothing is taken: half a table would make the other half look harmless. */
export function readEpssTable(text: string): Result<EpssTable, string> {
  const scores = new Map<string, EpssScore>();
  let at = 0;
  for (const line of text.split('\n')) {
    if (at++ === 0 && !isEpssStart(line)) return no("it is not FIRST's table of scores");
    const score = readEpssLine(line);
    if (score === null) continue;
    if (!score.ok) return no(`its line ${at} is ${score.error}`);
    scores.set(score.value.cve, score.value.score);
  }
  return scores.size === 0 ? no('it has no scores') : ok({ scoreDate: scoreDateOf(text), scores });
}

/** FIRST has written both `…Z` and `…+0000`. */
function scoreDateOf(text: string): string | null {
  const [, date = ''] = /^#[^\n]*score_date:([^,\s]+)/.exec(text.slice(0, 1_000)) ?? [];
  const rfc3339 = date.replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
  return parseInstant(rfc3339) === null ? null : rfc3339;
}

/** `null` for a line that holds no score and need not: the comment, the names of the columns, nothing at all. */
export function readEpssLine(line: string): Result<{ readonly cve: string; readonly score: EpssScore }, string> | null {
  const text = line.trim();
  if (text === '' || text === COLUMNS || text.startsWith('#')) return null;
  const [cve = '', epss = '', rank = '', ...more] = text.split(',', 4);
  const probability = fraction(epss);
  const percentile = fraction(rank);
  if (more.length > 0 || probability === null || percentile === null || cveKey(cve) === null)
    return no('no CVE with a probability and a percentile from 0 to 1');
  return ok({ cve, score: { probability, percentile } });
}

/** A decimal from 0 to 1; very small ones are written with an exponent (`9e-05`). */
function fraction(text: string): number | null {
  if (!/^\d(\.\d{1,20})?([eE]-\d{1,2})?$/.test(text)) return null;
  const value = Number(text);
  return value <= 1 ? value : null;
}
