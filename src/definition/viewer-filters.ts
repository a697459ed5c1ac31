import { create } from "@bufbuild/protobuf";
import { ListValueSchema, type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { FilterSpecs } from "./filters.ts";
import type { FilterSpec } from "./settle-filter.ts";

/**
 * Reads the filters that a link's viewer may change from the query of its address. Every other name
 * is ignored. An empty value unsets a filter; without any, it keeps its default. What does not fit
 * becomes a value that the filter refuses, so that the one place that judges values judges these too.
 */
export function readViewerFilters(
  { specs }: FilterSpecs,
  names: readonly string[],
  query: URLSearchParams,
): Record<string, Value> {
  const allowed = specs.filter((spec) => names.includes(spec.name) && query.has(spec.name));
  return Object.fromEntries(allowed.map((spec) => [spec.name, textsToValue(spec, query.getAll(spec.name))]));
}

function textsToValue(spec: FilterSpec, texts: readonly string[]): Value {
  const given = texts.filter((text) => text !== "");
  if (given.length === 0) return create(ValueSchema, { kind: { case: "nullValue", value: 0 } });
  const values = given.map((text) => textToValue(spec, text));
  // A filter of one value that is given two of them must refuse, not pick.
  if (!spec.many && values.length === 1) return values[0]!;
  return create(ValueSchema, { kind: { case: "listValue", value: create(ListValueSchema, { values }) } });
}

function textToValue({ type }: FilterSpec, text: string): Value {
  if (type === "number" && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) {
    return create(ValueSchema, { kind: { case: "numberValue", value: Number(text) } });
  }
  if (type === "boolean" && (text === "true" || text === "false")) {
    return create(ValueSchema, { kind: { case: "boolValue", value: text === "true" } });
  }
  return create(ValueSchema, { kind: { case: "stringValue", value: text } });
}
