/** The statements of a policy as a list: searched, filtered, sorted, a page at a time. Pure; what the address says is web/list-query.ts. */
import { compareText } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import { readListQuery, type ListQuery, type ListShape } from '../web/list-query.ts';
import { countVerdicts, VERDICT_ORDER, type Counts, type StatementReport, type StatementVerdict } from './evaluate.ts';

export const PAGE_SIZE = 50;

const SHAPE: ListShape = { filters: { verdict: VERDICT_ORDER }, sorts: ['statement', 'state', 'measured'] };

export const readStatementQuery = (query: Pick<ReadonlyMap<string, string>, 'get'>): ListQuery =>
  readListQuery(query, SHAPE);

export interface StatementList {
  readonly shown: readonly StatementReport[];
  /** How many there are with this search and filter. */
  readonly total: number;
  /** Of all that the search finds, whatever the filter. */
  readonly counts: Counts;
  /** With the page that there is: one behind the last is the last. */
  readonly query: ListQuery;
}

/** Without a sorting: the order of the document. */
export function listStatements(statements: readonly StatementReport[], query: ListQuery): StatementList {
  const words = query.search.toLowerCase();
  const found = statements.filter(
    ({ id, text, controls }) =>
      words === '' || [id, text, ...controls.map((control) => control.id)].join('\n').toLowerCase().includes(words),
  );
  const verdict = query.filters.get('verdict');
  const chosen = verdict === undefined ? found : found.filter((statement) => statement.verdict === verdict);
  const sorted = sortedBy(chosen, query);
  const page = Math.min(query.page, Math.max(1, Math.ceil(sorted.length / PAGE_SIZE)));
  const from = (page - 1) * PAGE_SIZE;
  return {
    shown: sorted.slice(from, from + PAGE_SIZE),
    total: sorted.length,
    counts: countVerdicts(found),
    query: { ...query, page },
  };
}

/** In the order of a work list. */
const WORK_ORDER: readonly StatementVerdict[] = ['broken', 'unknown', 'stale', 'manual', 'no-case', 'unbound', 'kept'];

function sortedBy(statements: readonly StatementReport[], { sort, descending }: ListQuery): readonly StatementReport[] {
  const compare = COMPARE[sort ?? ''];
  if (compare === undefined) return statements;
  const sorted = statements.toSorted(compare);
  return descending ? sorted.toReversed() : sorted;
}

const COMPARE: Readonly<Record<string, (a: StatementReport, b: StatementReport) => number>> = {
  statement: (a, b) => compareText(a.text.toLowerCase(), b.text.toLowerCase()),
  state: (a, b) => WORK_ORDER.indexOf(a.verdict) - WORK_ORDER.indexOf(b.verdict),
  // What was never measured comes before what was measured long ago.
  measured: (a, b) => (measuredAt(a) ?? 0) - (measuredAt(b) ?? 0),
};

/** Of several controls the measurement that is longest ago: the statement is as fresh as that. `null`: not measured. */
export function measuredAt({ controls }: StatementReport): Instant | null {
  const times = controls.map((control) => control.measuredAt);
  if (times.length === 0 || times.includes(null)) return null;
  return Math.min(...times.map((at) => at ?? 0)) as Instant;
}
