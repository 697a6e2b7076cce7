/** What the address of a list says: search, filters, sorting, page. Pure; whatever stands there, a list is shown. */

export interface ListQuery {
  readonly search: string;
  /** Only names and values that the list knows. */
  readonly filters: ReadonlyMap<string, string>;
  /** `null`: the list's own order. */
  readonly sort: string | null;
  readonly descending: boolean;
  /** From 1. */
  readonly page: number;
}

export interface ListShape {
  /** The values of each filter. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly sorts: readonly string[];
}

const MOST_SEARCHED = 100;
/** Beyond it nobody turns pages; searching is faster. */
const MOST_PAGES = 100_000;

/**
 * `?q=…&state=open&sort=-name&page=2`. Unknown names and values are as good as absent.
 *
 * @param query The first value of each name; from Hono `new Map(Object.entries(c.req.query()))`.
 */
export function readListQuery(
  query: Pick<ReadonlyMap<string, string>, 'get'>,
  { filters, sorts }: ListShape,
): ListQuery {
  const sortText = query.get('sort') ?? '';
  const by = sortText.replace(/^-/, '');
  const isKnown = sorts.includes(by);
  return {
    search: (query.get('q') ?? '').slice(0, MOST_SEARCHED).trim(),
    filters: new Map(
      Object.entries(filters).flatMap(([name, values]): [string, string][] => {
        const value = query.get(name);
        return value !== undefined && values.includes(value) ? [[name, value]] : [];
      }),
    ),
    sort: isKnown ? by : null,
    descending: isKnown && sortText.startsWith('-'),
    page: readPage(query.get('page') ?? ''),
  };
}

const readPage = (text: string): number => (/^[1-9]\d{0,5}$/.test(text) ? Math.min(MOST_PAGES, Number(text)) : 1);

/** With its `?`; empty where the address of the list alone says the same. */
export function queryText({ search, filters, sort, descending, page }: ListQuery): string {
  const parts = [
    ...(search === '' ? [] : [['q', search] as const]),
    ...filters,
    ...(sort === null ? [] : [['sort', `${descending ? '-' : ''}${sort}`] as const]),
    ...(page > 1 ? [['page', String(page)] as const] : []),
  ];
  const text = parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return text === '' ? '' : `?${text}`;
}
