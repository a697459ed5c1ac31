import { fault } from "../errors/fault.ts";

/**
 * Parses a query string, given without its `?`, into names and values in order. `+` is a space
 * (https://url.spec.whatwg.org/#urlencoded-parsing), but what is not percent-encoded UTF-8 is refused
 * with INVALID_REQUEST where that standard would repair it.
 */
export function parseQuery(query: string): readonly (readonly [name: string, value: string])[] {
  return query
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const equals = part.indexOf("=");
      const name = equals < 0 ? part : part.slice(0, equals);
      const value = equals < 0 ? "" : part.slice(equals + 1);
      return [decode(name), decode(value)] as const;
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw fault("INVALID_REQUEST", "the query is not percent-encoded UTF-8", { cause });
  }
}
