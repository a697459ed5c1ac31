import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

/**
 * Returns where a value does not fit a JSON Schema, and names that the schema does not speak of. Those
 * are let in by a schema without `additionalProperties`, as readers must, but what we write ourselves
 * is all to be found in it. Throws on a keyword that is not checked here, so that none is believed in vain.
 * @see https://json-schema.org/draft/2020-12
 */
export function findMisfits(schema: JsonObject, value: JsonValue, path = "$"): readonly string[] {
  const misfits: string[] = [];
  for (const [keyword, rule] of Object.entries(schema)) {
    const check = checks[keyword];
    if (check !== undefined) misfits.push(...check(rule!, value, path));
    else if (!annotations.has(keyword)) throw new Error(`${keyword} is not checked`);
  }
  return misfits;
}

type Check = (rule: JsonValue, value: JsonValue, path: string) => readonly string[];

const annotations = new Set(["$schema", "$id", "title", "description", "examples", "format"]);

const checks: Readonly<Record<string, Check>> = {
  type: (rule, value, path) => ([rule].flat().some((type) => isOf(type as string, value)) ? [] : [`${path}: ${rule}`]),
  const: (rule, value, path) => (rule === value ? [] : [`${path}: ${rule}`]),
  enum: (rule, value, path) => ((rule as JsonValue[]).includes(value) ? [] : [`${path}: one of ${rule}`]),
  required: (rule, value, path) =>
    isObject(value)
      ? (rule as string[]).filter((name) => !(name in value)).map((name) => `${path}.${name}: is missing`)
      : [],
  properties: (rule, value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, inner]) => {
          const schema = (rule as Record<string, JsonObject>)[name];
          return schema === undefined
            ? [`${path}.${name}: is not in the schema`]
            : findMisfits(schema, inner!, `${path}.${name}`);
        })
      : [],
  items: (rule, value, path) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => findMisfits(rule as JsonObject, item, `${path}[${index}]`))
      : [],
};

function isOf(type: string, value: JsonValue): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return typeof value === type;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
