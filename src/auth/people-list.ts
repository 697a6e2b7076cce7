/**
 * The list of people as its address asks for it. Names are sealed in the database, so this is done in memory, with a bound
 * (`MOST_PEOPLE` in people.actions.ts).
 */
import { compareText } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import type { ListQuery, ListShape } from '../web/list-query.ts';
import { ROLES, type Role } from './permit.ts';

export const PEOPLE_SHAPE = {
  filters: { access: ['active', 'ended'], role: [...ROLES] },
  sorts: ['name', 'since', 'seen'],
} as const satisfies ListShape;

export const PEOPLE_PER_PAGE = 50;

interface Listed {
  readonly id: string;
  readonly name: string | null;
  readonly roles: readonly Role[];
  readonly access: 'active' | 'ended';
  readonly createdAt: Instant;
  readonly seenAt: Instant | null;
}

export interface Part<T> {
  readonly shown: readonly T[];
  /** That fit search and filters, on all pages. */
  readonly total: number;
  /** The page that is shown: the last one where the address names a later one. */
  readonly page: number;
}

export function partOfPeople<T extends Listed>(people: readonly T[], query: ListQuery): Part<T> {
  const searched = query.search.toLowerCase();
  const access = query.filters.get('access') ?? null;
  const role = query.filters.get('role') ?? null;
  const fitting = people.filter(
    (person) =>
      (searched === '' || (person.name ?? '').toLowerCase().includes(searched) || person.id === searched) &&
      (access === null || person.access === access) &&
      (role === null || person.roles.some((one) => one === role)),
  );
  const sorted = fitting.toSorted((a, b) => orderOf(query.sort, a, b) || compareText(a.id, b.id));
  const turned = query.descending ? sorted.toReversed() : sorted;
  return pageOf(turned, query.page, PEOPLE_PER_PAGE);
}

/** One page of a list that is whole in memory. */
export function pageOf<T>(list: readonly T[], asked: number, pageSize: number): Part<T> {
  const page = Math.min(asked, Math.max(1, Math.ceil(list.length / pageSize)));
  return { shown: list.slice((page - 1) * pageSize, page * pageSize), total: list.length, page };
}

/** Who was never seen comes first, like an empty name. */
function orderOf(sort: string | null, a: Listed, b: Listed): number {
  if (sort === 'since') return a.createdAt - b.createdAt;
  if (sort === 'seen') return (a.seenAt ?? 0) - (b.seenAt ?? 0);
  return COLLATOR.compare(a.name ?? '', b.name ?? '');
}

/** The rules of English for names of any language: the same on every machine (ICU comes with Node). */
const COLLATOR = new Intl.Collator('en', { sensitivity: 'base' });
