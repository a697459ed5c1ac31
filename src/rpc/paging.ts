import type { PagedList, PageTokens, Place } from "./page-token.ts";

/** One page of a list: what is on it, and the token of the next one, empty where there is none. */
export type Page<Row> = { readonly rows: readonly Row[]; readonly nextPageToken: string };

/** What a caller asks of a list. */
export type PageRequest = { readonly pageSize: number; readonly pageToken: string };

/** How many a page has unless its caller says: a screenful. */
const defaultPageSize = 50;

/**
 * Reads a page by keyset: the rows after the place that the token holds, one more than the page has
 * room for, which tells whether another page follows. A page costs the same wherever it is.
 */
export async function readPage<Row, At extends Place>(
  tokens: PageTokens,
  list: PagedList,
  { pageSize, pageToken }: PageRequest,
  read: (after: At | undefined, limit: number) => Promise<readonly Row[]>,
  placeOf: (row: Row) => At,
): Promise<Page<Row>> {
  const size = pageSize === 0 ? defaultPageSize : pageSize;
  const found = await read(tokens.read(list, pageToken) as At | undefined, size + 1);
  const rows = found.slice(0, size);
  const last = rows.at(-1);
  const more = found.length > size && last !== undefined;
  return { rows, nextPageToken: more ? tokens.write(list, placeOf(last)) : "" };
}
