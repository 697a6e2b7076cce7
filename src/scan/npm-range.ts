/**
 * The ranges that npm's advisories are written in: `>=1.0.0 <1.2.6 || =2.0.0`.
 *
 * Only comparators, as the advisories use them (GitHub's REST API, "vulnerable_version_range"; npm's old registry). The carets, tildes and hyphens of manifests do not occur
 * there and are not read; what is not read makes `inRange` say yes, because the report says that the package is affected. Versions are ordered by version-npm.ts.
 */
import { orderOf } from '../advisory/version.ts';

const LONGEST_RANGE = 4096;

type Operator = '<' | '<=' | '>' | '>=' | '=';

interface Comparator {
  readonly operator: Operator;
  readonly version: string;
}

/** Whether an installed version lies in the range of a report that names its package. */
export function inRange(version: string, range: string): boolean {
  const order = orderOf('npm');
  const alternatives = parse(range);
  if (order === null || alternatives === null) return true;
  return alternatives.some((comparators) =>
    comparators.every(({ operator, version: bound }) => {
      const sign = order.compare(version, bound);
      switch (operator) {
        case '<':
          return sign < 0;
        case '<=':
          return sign <= 0;
        case '>':
          return sign > 0;
        case '>=':
          return sign >= 0;
        case '=':
          return sign === 0;
      }
    }),
  );
}

/** The first versions behind the range, one for each part that has an end: `1.2.6` of `<1.2.6`. */
export const upperBoundsOf = (range: string): readonly string[] => boundsOf(range, '<');

/** The first versions of a range of patched ones: `1.2.6` of `>=1.2.6`. */
export const lowerBoundsOf = (range: string): readonly string[] => boundsOf(range, '>=');

const boundsOf = (range: string, wanted: Operator): readonly string[] => [
  ...new Set((parse(range) ?? []).flat().flatMap(({ operator, version }) => (operator === wanted ? [version] : []))),
];

/** `null` for what is no list of comparators, and for the range of everything. */
function parse(range: string): readonly (readonly Comparator[])[] | null {
  if (range.length > LONGEST_RANGE) return null;
  const alternatives: Comparator[][] = [];
  for (const part of range.split('||')) {
    const comparators: Comparator[] = [];
    let rest = part.trim();
    while (rest !== '') {
      const [whole = '', operator = '', version = ''] =
        /^(<=|>=|<|>|=)?\s*v?(\d[0-9A-Za-z.+-]*)[\s,]*/.exec(rest) ?? [];
      if (whole === '') return null;
      comparators.push({ operator: isOperator(operator) ? operator : '=', version });
      rest = rest.slice(whole.length);
    }
    if (comparators.length === 0) return null;
    alternatives.push(comparators);
  }
  return alternatives;
}

const isOperator = (text: string): text is Operator => ['<', '<=', '>', '>=', '='].includes(text);
