import type { Value } from "@bufbuild/protobuf/wkt";
import type { Scalar } from "./filter-value.ts";
import { parseTime } from "./time.ts";

/**
 * What values a filter takes. `any` and `time` are only ever inferred: `any` from a query, which
 * does not say, `time` from a column of times.
 */
export type FilterType = "string" | "number" | "boolean" | "date" | "range" | "any" | "time";

/** The types whose values are one scalar. */
export type ScalarType = Exclude<FilterType, "range">;

/** Returns the value as the type binds it, or undefined where it does not fit. Nothing is converted. */
export function fitScalar(type: ScalarType, { kind }: Value): Scalar | undefined {
  switch (kind.case) {
    case "stringValue":
      return fitString(type, kind.value);
    case "numberValue":
      // Adding 0 makes 0 of -0.
      return (type === "number" || type === "any") && Number.isFinite(kind.value) ? kind.value + 0 : undefined;
    case "boolValue":
      return type === "boolean" || type === "any" ? kind.value : undefined;
    default:
      return undefined;
  }
}

/** Returns a list's values as the type binds them, or undefined where one does not fit, or none is there. */
export function fitList(type: ScalarType, { kind }: Value): readonly Scalar[] | undefined {
  if (kind.case !== "listValue") return undefined;
  const { values } = kind.value;
  if (values.length === 0 || values.length > maxValues) return undefined;
  const fitted = values.flatMap((value) => fitScalar(type, value) ?? []);
  return fitted.length === values.length ? fitted : undefined;
}

/** Says in words what fits. Nothing does where only a later release knows the type. */
export function describeType(type: FilterType, many: boolean): string {
  const what = words[type] ?? "a kind of value that is not known here yet";
  return many ? `takes a list of 1 to ${maxValues}, each ${what}` : `takes ${what}`;
}

/** The longest list. */
const maxValues = 500;

/** The longest string, in UTF-8. */
const maxBytes = 1024;

const words: Readonly<Record<FilterType, string>> = {
  string: "a string of at most 1 KiB",
  number: "a number",
  boolean: "true or false",
  date: "a date as YYYY-MM-DD",
  range: "`last 30d` (units m, h, d, w), `YYYY-MM-DD/YYYY-MM-DD` or those two as from and to, at most 100 years",
  any: "a string of at most 1 KiB, a number, true or false",
  time: "a date or date-time of ISO 8601",
};

function fitString(type: ScalarType, text: string): Scalar | undefined {
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) return undefined;
  if (type === "string" || type === "any") return text;
  if (type !== "date" && type !== "time") return undefined;
  const time = parseTime(text);
  if (time?.form === "date") return { kind: "date", iso: text };
  return type === "time" && time !== undefined ? { kind: "instant", epochMs: time.epochMs } : undefined;
}
