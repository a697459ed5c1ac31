import type { JsonValue } from "@bufbuild/protobuf";
import { usageError } from "./cli-error.ts";

/**
 * Reads `--filter name=value` options. What reads as JSON is that value (`5`, `true`, `["IN","US"]`, `"5"` for a
 * string), everything else is text. A name that is given twice takes a list of both. Throws an error of usage.
 */
export function readFilters(texts: readonly string[] = []): Record<string, JsonValue> {
  const values = new Map<string, JsonValue[]>();
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) throw usageError("--filter takes name=value, such as --filter region=IN");
    const name = text.slice(0, at);
    values.set(name, [...(values.get(name) ?? []), readValue(text.slice(at + 1))]);
  }
  // `fromEntries` defines what it is given, also a filter of the name __proto__.
  return Object.fromEntries([...values].map(([name, list]) => [name, list.length === 1 ? list[0]! : list]));
}

function readValue(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
