import { createHmac, timingSafeEqual } from "node:crypto";
import { fault } from "../errors/fault.ts";
import type { ShareKeys } from "../share/share-keys.ts";

/** Makes and reads the tokens by which a list goes on where its last page ended. */
export type PageTokens = {
  /** Writes where the next page begins. */
  write(list: PagedList, after: Place): string;
  /**
   * Reads where a page begins; undefined for an empty token, which is the first page. Throws
   * INVALID_REQUEST for a token that was not made for this very list of this tenant.
   */
  read(list: PagedList, token: string): Place | undefined;
};

/** Which list it is: its tenant, its method, and what narrows it. A token is good for no other. */
export type PagedList = { readonly tenant: string; readonly method: string; readonly narrowing: readonly string[] };

/** What tells a row from those before and after it in a list. */
export type Place = readonly (string | number)[];

/** 128 bits are not guessed. */
const macBytes = 16;

/**
 * Creates the maker of tokens. They are opaque, and signed with the keys that links are signed with,
 * which all replicas share: what is signed starts with words that no link's token has.
 */
export function createPageTokens(shareKeys: () => ShareKeys): PageTokens {
  const macOf = (key: Uint8Array, { tenant, method, narrowing }: PagedList, place: Uint8Array) =>
    createHmac("sha256", key)
      .update(`page token ${JSON.stringify([tenant, method, narrowing])} `)
      .update(place)
      .digest()
      .subarray(0, macBytes);

  return {
    write(list, after) {
      const { current, keys } = shareKeys();
      const place = Buffer.from(JSON.stringify(after));
      return Buffer.concat([macOf(keys.get(current)!, list, place), place]).toString("base64url");
    },
    read(list, token) {
      if (token === "") return undefined;
      const bytes = Buffer.from(token, "base64url");
      const mac = bytes.subarray(0, macBytes);
      const place = bytes.subarray(macBytes);
      const isOurs = (key: Uint8Array) => mac.length === macBytes && timingSafeEqual(mac, macOf(key, list, place));
      if (![...shareKeys().keys.values()].some(isOurs)) throw foreignToken();
      return JSON.parse(place.toString()) as Place;
    },
  };
}

function foreignToken(): Error {
  const description = "must be the next_page_token of the page before, with the rest of the request as it was";
  return fault("INVALID_REQUEST", "this page cannot be found", { details: [{ field: "page_token", description }] });
}
