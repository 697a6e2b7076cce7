/** Lists of people: search, filters, order and pages. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Instant } from '../lib/time.ts';
import { readListQuery } from '../web/list-query.ts';
import { PEOPLE_SHAPE, partOfPeople } from './people-list.ts';

const person = (at: number) => ({
  id: `p${at}`,
  name: at === 7 ? null : `Dev ${String(at).padStart(3, '0')}`,
  roles: at % 2 === 0 ? (['developer'] as const) : (['auditor'] as const),
  access: at % 10 === 0 ? ('ended' as const) : ('active' as const),
  createdAt: (1_000 - at) as Instant,
  seenAt: at < 30 ? null : (at as Instant),
});
const EVERYBODY = Array.from({ length: 120 }, (_, at) => person(at));

function ask(query: Readonly<Record<string, string>>) {
  const { shown, total, page } = partOfPeople(EVERYBODY, readListQuery(new Map(Object.entries(query)), PEOPLE_SHAPE));
  return { first: shown[0]?.id, last: shown.at(-1)?.id, count: shown.length, total, page };
}

it('shows fifty at once, and the last page where a later one is asked for', () => {
  assert.deepEqual(ask({}), { first: 'p7', last: 'p49', count: 50, total: 120, page: 1 });
  assert.deepEqual(ask({ page: '3' }), { first: 'p100', last: 'p119', count: 20, total: 120, page: 3 });
  assert.deepEqual(ask({ page: '99' }), { first: 'p100', last: 'p119', count: 20, total: 120, page: 3 });
});

it('sorts by name, by the day they came and by when they were seen', () => {
  assert.equal(ask({ sort: '-name' }).first, 'p119');
  assert.equal(ask({ sort: 'since' }).first, 'p119');
  assert.equal(ask({ sort: '-since' }).first, 'p0');
  assert.equal(ask({ sort: '-seen' }).first, 'p119');
});

it('finds by a part of the name, whatever its case, by id, and by what is filtered', () => {
  assert.equal(ask({ q: 'DEV 1' }).total, 20);
  assert.deepEqual(ask({ q: 'p7' }), { first: 'p7', last: 'p7', count: 1, total: 1, page: 1 });
  assert.equal(ask({ access: 'ended' }).total, 12);
  assert.equal(ask({ role: 'auditor', access: 'ended' }).total, 0);
});
