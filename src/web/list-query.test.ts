import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { queryText, readListQuery, type ListShape } from './list-query.ts';

const SHAPE: ListShape = { filters: { state: ['open', 'closed'] }, sorts: ['name', 'seen'] };
const read = (text: string) => readListQuery(new Map(new URLSearchParams(text)), SHAPE);

describe('the address of a list', () => {
  it('says search, filter, order and page', () => {
    const query = read('q=anke+m&state=open&sort=-seen&page=3');
    assert.deepEqual(query, {
      search: 'anke m',
      filters: new Map([['state', 'open']]),
      sort: 'seen',
      descending: true,
      page: 3,
    });
    assert.equal(queryText(query), '?q=anke%20m&state=open&sort=-seen&page=3');
  });

  it('shows the whole list for whatever it does not know', () => {
    for (const text of [
      '',
      'state=__proto__&sort=constructor&page=0',
      'page=-1',
      'page=1e9',
      'sort=-',
      'page=99999999999999',
    ])
      assert.equal(queryText(read(text)), '', text);
  });

  it('says the same again when it is read', () => {
    fc.assert(
      fc.property(
        fc.webQueryParameters(),
        fc.constantFrom('', '&state=open', '&sort=name', '&sort=-seen&page=7'),
        (any, known) => {
          const query = read(`${any}${known}`);
          assert.deepEqual(read(queryText(query).slice(1)), query);
        },
      ),
    );
  });
});
