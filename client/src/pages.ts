import { type Result, unwrap } from "./result.ts";

/**
 * Goes through the items of all pages, asking for the next page when one is done with. Throws a `DashboardsError` where
 * a page cannot be had.
 */
export async function* eachItem<P extends { readonly nextPageToken: string }, T>(
  getPage: (pageToken: string) => Promise<Result<P>>,
  itemsOf: (page: P) => readonly T[],
): AsyncGenerator<T, void, undefined> {
  let pageToken = "";
  do {
    const page = unwrap(await getPage(pageToken));
    yield* itemsOf(page);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
}
