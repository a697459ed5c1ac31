import type { DescField, DescMessage, JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { FieldProblem } from "../errors/fault.ts";

/**
 * Returns JSON without the fields that a message does not have, and what they are, so that all else that may be wrong
 * is found along with them. Inside values of any kind every field is known.
 */
export function keepKnownFields(
  schema: DescMessage,
  json: JsonValue,
): { readonly known: JsonValue; readonly unknown: readonly FieldProblem[] } {
  const unknown: FieldProblem[] = [];
  return { known: ofMessage(schema, json, "", unknown), unknown };
}

function ofMessage(schema: DescMessage, json: JsonValue, path: string, unknown: FieldProblem[]): JsonValue {
  if (!isObject(json) || schema.typeName.startsWith("google.protobuf.")) return json;
  const kept = Object.entries(json).flatMap(([name, value]): [string, JsonValue][] => {
    const own = path === "" ? name : `${path}.${name}`;
    const field = schema.fields.find((candidate) => candidate.name === name);
    if (field !== undefined) return [[name, ofField(field, value, own, unknown)]];
    unknown.push({ field: own, description: describe(schema, name) });
    return [];
  });
  return Object.fromEntries(kept);
}

function ofField(field: DescField, json: JsonValue, path: string, unknown: FieldProblem[]): JsonValue {
  const { message } = field;
  if (message === undefined) return json;
  if (field.fieldKind === "list" && Array.isArray(json)) {
    return json.map((item, index) => ofMessage(message, item, `${path}[${index}]`, unknown));
  }
  if (field.fieldKind === "map" && isObject(json)) {
    const entries = Object.entries(json);
    return Object.fromEntries(entries.map(([key, item]) => [key, ofMessage(message, item, `${path}.${key}`, unknown)]));
  }
  return ofMessage(message, json, path, unknown);
}

function describe(schema: DescMessage, name: string): string {
  const names = schema.fields.map((field) => field.name);
  const near = names
    .map((known) => ({ known, letters: distance(known, name.toLowerCase()) }))
    .filter(({ letters }) => letters <= Math.min(2, Math.ceil(name.length / 3)))
    .sort((one, other) => one.letters - other.letters)[0]?.known;
  const hint = near === undefined ? `known here: ${names.join(", ")}` : `did you mean ${near}?`;
  return `there is no such field; ${hint}`;
}

/** How many letters must be put in, left out or changed (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (let index = 0; index < other.length; index += 1) {
      const change = row[index]! + (other[index] === letter ? 0 : 1);
      next.push(Math.min(change, row[index + 1]! + 1, next[index]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
