/**
 * CVE ids as numbers: what catalogues by CVE are sorted and searched by.
 *
 * Source of the syntax: https://www.cve.org/ResourcesSupport/FAQs ("CVE ID"): `CVE-`, a year from 1999 on, and four or more
 * digits of which only the fourth-last and later ones may be leading zeros.
 */
const FIRST_YEAR = 1999;
const LAST_YEAR = FIRST_YEAR + 127;
/** Above the largest number given out so far (2,002,201 in 2018); with seven bits for the year it fills 32. */
const NUMBERS = 2 ** 25;

/** Exact: two ids with one key are one id. `null` for what is no CVE id, or beyond the years and numbers above. */
export function cveKey(id: string): number | null {
  const parts = /^CVE-(\d{4})-(\d{4}|[1-9]\d{4,7})$/.exec(id);
  if (parts === null) return null;
  const year = Number(parts[1]);
  const number = Number(parts[2]);
  if (year < FIRST_YEAR || year > LAST_YEAR || number >= NUMBERS) return null;
  return (year - FIRST_YEAR) * NUMBERS + number;
}

/** The id of a key. */
export const cveId = (key: number): string =>
  `CVE-${FIRST_YEAR + Math.floor(key / NUMBERS)}-${String(key % NUMBERS).padStart(4, '0')}`;
