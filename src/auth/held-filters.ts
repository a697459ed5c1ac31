import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { type Value, ValueSchema } from "@bufbuild/protobuf/wkt";

/** As many filters as a definition may declare. */
const maxFilters = 50;

/** One for all, so that they can be told to be the same. */
const nothingHeld: Readonly<Record<string, Value>> = Object.freeze({});

/** As many values as one filter takes. */
const maxValues = 500;

/**
 * Reads the claim that holds a caller to values of filters, by name: an object of strings, numbers, booleans,
 * spans as `{from, to}`, and lists of the first three; no claim holds to nothing. Throws an Error for any
 * other, because a token that was meant to hold its caller must not be read as one that does not.
 */
export function parseHeldFilters(claim: unknown): Readonly<Record<string, Value>> {
  if (claim === undefined) return nothingHeld;
  if (!isObject(claim)) throw new Error("held filters are no object");
  const entries = Object.entries(claim);
  if (entries.length > maxFilters) throw new Error("too many held filters");
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name)) throw new Error("a held filter has no filter's name");
      if (!isHoldable(value)) throw new Error("a held filter has no filter's value");
      return [name, fromJson(ValueSchema, value)];
    }),
  );
}

function isHoldable(value: unknown): value is JsonValue {
  if (isScalar(value)) return true;
  if (Array.isArray(value)) return value.length > 0 && value.length <= maxValues && value.every(isScalar);
  return isObject(value) && Object.keys(value).sort().join() === "from,to" && Object.values(value).every(isText);
}

function isScalar(value: unknown): boolean {
  return isText(value) || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
}

/** PostgreSQL takes neither NUL nor half a surrogate pair, and a link's row keeps what its maker was held to. */
function isText(value: unknown): boolean {
  return typeof value === "string" && value.isWellFormed() && !value.includes("\0");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
