/**
 * Reading FIRST's EPSS scores: one CVE with its probability and percentile per line.
 *
 * Source: https://www.first.org/epss/data_stats. The file begins with a comment `#model_version:v2025.03.14,score_date:2026-11-24T…`,
 * then the header `cve,epss,percentile`. Opening and unpacking it is advisory-source.client.ts.
 */
import { no, ok, type Result } from '../lib/result.ts';
import type { EpssScore } from './advisory.ts';
import { cveKey } from './cve.ts';

const COLUMNS = 'cve,epss,percentile';
const COMMENT = '#model_version:';

/** True for the first line of EPSS scores; files without the comment begin with the names of the columns. */
export const isEpssStart = (line: string): boolean => line.startsWith(COMMENT) || line.trim() === COLUMNS;

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
