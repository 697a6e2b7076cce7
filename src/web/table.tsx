/**
 * Lists that are sorted, filtered and turned over without a script: every view has an address. What the address says is list-query.ts.
 */
import type { Child } from 'hono/jsx';
import { number } from '../lib/text.ts';
import { queryText, type ListQuery } from './list-query.ts';

interface SortProps {
  readonly path: string;
  readonly query: ListQuery;
  readonly by: string;
  readonly children?: Child;
}

/** A head of a column that sorts by it, or the other way round when it is sorted by it already. */
export const SortHead = ({ path, query, by, children }: SortProps) => {
  const isCurrent = query.sort === by;
  const descending = isCurrent && !query.descending;
  return (
    <th scope="col" aria-sort={isCurrent ? (query.descending ? 'descending' : 'ascending') : undefined}>
      <a href={`${path}${queryText({ ...query, sort: by, descending, page: 1 })}`}>
        {children}
        {isCurrent ? <span aria-hidden="true"> {query.descending ? '↓' : '↑'}</span> : null}
      </a>
    </th>
  );
};

interface PagerProps {
  readonly path: string;
  readonly query: ListQuery;
  readonly total: number;
  readonly pageSize: number;
}

/** Nothing where everything is on one page. */
export const Pager = ({ path, query, total, pageSize }: PagerProps) => {
  const pages = Math.max(1, Math.ceil(total / pageSize));
  if (pages === 1) return null;
  const { page } = query;
  const first = (page - 1) * pageSize + 1;
  const to = (target: number): string => `${path}${queryText({ ...query, page: target })}`;
  return (
    <nav class="pager" aria-label="Pages">
      <span>
        {number(first)} to {number(Math.min(total, page * pageSize))} of {number(total)}
      </span>
      <ul>
        {page > 1 ? (
          <li>
            <a href={to(page - 1)} rel="prev">
              Previous
            </a>
          </li>
        ) : null}
        <li>
          <a href={to(page)} aria-current="page">
            {number(page)}
          </a>
        </li>
        {page < pages ? (
          <li>
            <a href={to(page + 1)} rel="next">
              Next
            </a>
          </li>
        ) : null}
      </ul>
    </nav>
  );
};

interface SearchProps {
  readonly path: string;
  readonly query: ListQuery;
  readonly label: string;
  readonly placeholder: string;
}

/** A search over the list; it keeps the filters and begins at the first page. */
export const Search = ({ path, query, label, placeholder }: SearchProps) => (
  <form class="filters" action={path} role="search">
    <div class="grow">
      <label class="vh" for="q">
        {label}
      </label>
      <input type="search" id="q" name="q" value={query.search} placeholder={placeholder} maxlength={100} />
    </div>
    {[...query.filters].map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    {query.sort === null ? null : (
      <input type="hidden" name="sort" value={`${query.descending ? '-' : ''}${query.sort}`} />
    )}
    <button class="btn">Search</button>
  </form>
);
