import { fromJson, type JsonObject, toJson } from "@bufbuild/protobuf";
import { type Value, ValueSchema } from "@bufbuild/protobuf/wkt";

/** Writes filters as JSON text for a link's row. */
export function filtersToJson(filters: Readonly<Record<string, Value>>): string {
  const entries = Object.entries(filters).map(([name, value]) => [name, toJson(ValueSchema, value)]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Reads filters from a link's row. */
export function filtersFromJson(json: string): Record<string, Value> {
  const entries = Object.entries(JSON.parse(json) as JsonObject);
  return Object.fromEntries(entries.map(([name, value]) => [name, fromJson(ValueSchema, value)]));
}
