import {
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import { hasCustomJsonRepresentation } from "@bufbuild/protobuf/wkt";
import type { FieldProblem } from "../errors/fault.ts";
import { createProblems, type Report } from "../errors/problems.ts";

/**
 * Finds where JSON is not what the message takes. This is stricter than protobuf's own JSON: fields go
 * by their proto names only, numbers are JSON numbers, enums are names, and null stands only where a
 * google.protobuf.Value does. Paths name fields of the schema and nothing of the input, so that they
 * stop at maps; the whole is called `body`. What is left to protobuf-es: repeated keys, keys of maps,
 * base64.
 */
export function findMisfits(schema: DescMessage, json: JsonValue): readonly FieldProblem[] {
  const { report, list } = createProblems();
  visitMessage(schema, json, "", (path, description) => report(path || "body", description));
  return list();
}

function visitMessage(schema: DescMessage, json: JsonValue, path: string, report: Report): void {
  const check = wellKnown.get(schema.typeName);
  if (check !== undefined) {
    const problem = check(json);
    if (problem !== undefined) report(path, problem);
  } else if (hasCustomJsonRepresentation(schema)) {
    try {
      fromJson(schema, json);
    } catch {
      report(path, `must be the JSON form of ${schema.typeName}`);
    }
  } else if (isObject(json)) {
    visitFields(schema, json, path, report);
  } else {
    report(path, "must be an object");
  }
}

function visitFields(schema: DescMessage, json: JsonObject, path: string, report: Report): void {
  const chosen = new Set<string>();
  let unknown = false;
  for (const [name, value] of Object.entries(json)) {
    const field = schema.fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      unknown = true;
      continue;
    }
    if (field.oneof !== undefined) {
      if (chosen.has(field.oneof.name)) {
        report(path, `takes only one of ${field.oneof.fields.map((one) => one.name).join(", ")}`);
      }
      chosen.add(field.oneof.name);
    }
    visitField(field, value, path === "" ? field.name : `${path}.${field.name}`, report);
  }
  if (unknown) {
    const known = schema.fields.map((field) => field.name).join(", ");
    report(path, known === "" ? "takes no fields" : `has a field that is unknown; it takes ${known}`);
  }
}

function visitField(field: DescField, json: JsonValue, path: string, report: Report): void {
  if (field.fieldKind === "list") {
    if (!Array.isArray(json)) report(path, "must be an array");
    else for (const [index, item] of json.entries()) visitOne(field, item, `${path}[${index}]`, report);
  } else if (field.fieldKind === "map") {
    if (!isObject(json)) report(path, "must be an object");
    else for (const item of Object.values(json)) visitOne(field, item, path, report);
  } else {
    visitOne(field, json, path, report);
  }
}

function visitOne(field: DescField, json: JsonValue, path: string, report: Report): void {
  if (json === null && field.message?.typeName !== "google.protobuf.Value") {
    report(path, "must not be null: leave it out instead");
  } else if (field.message !== undefined) {
    visitMessage(field.message, json, path, report);
  } else if (field.enum !== undefined) {
    const names = field.enum.values.map((value) => value.name);
    if (!names.some((name) => name === json)) report(path, `must be one of ${names.join(", ")}`);
  } else {
    const [fits, description] = scalars[field.scalar!];
    if (!fits(json)) report(path, description);
  }
}

const wellKnown = new Map<string, (json: JsonValue) => string | undefined>([
  ["google.protobuf.Value", () => undefined],
  ["google.protobuf.Struct", (json) => (isObject(json) ? undefined : "must be an object")],
  ["google.protobuf.ListValue", (json) => (Array.isArray(json) ? undefined : "must be an array")],
]);

type ScalarRule = readonly [fits: (json: JsonValue) => boolean, description: string];

const text: ScalarRule = [(json) => typeof json === "string" && json.isWellFormed(), "must be a string"];
const decimal: ScalarRule = [(json) => Number.isFinite(json), "must be a number"];
const int32: ScalarRule = whole(-(2 ** 31), 2 ** 31 - 1);
const uint32: ScalarRule = whole(0, 2 ** 32 - 1);
// JSON has no 64-bit numbers, so protobuf writes these as strings.
const int64: ScalarRule = [
  (json) => Number.isSafeInteger(json) || (typeof json === "string" && /^-?\d{1,20}$/.test(json)),
  "must be a whole number, as a string",
];

const scalars: Readonly<Record<ScalarType, ScalarRule>> = {
  [ScalarType.STRING]: text,
  [ScalarType.BYTES]: text,
  [ScalarType.BOOL]: [(json) => typeof json === "boolean", "must be true or false"],
  [ScalarType.DOUBLE]: decimal,
  [ScalarType.FLOAT]: decimal,
  [ScalarType.INT32]: int32,
  [ScalarType.SINT32]: int32,
  [ScalarType.SFIXED32]: int32,
  [ScalarType.UINT32]: uint32,
  [ScalarType.FIXED32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.SINT64]: int64,
  [ScalarType.SFIXED64]: int64,
  [ScalarType.UINT64]: int64,
  [ScalarType.FIXED64]: int64,
};

function whole(min: number, max: number): ScalarRule {
  const fits = (json: JsonValue) => Number.isInteger(json) && (json as number) >= min && (json as number) <= max;
  return [fits, `must be a whole number from ${min} to ${max}`];
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
