import { type DescField, type DescMessage, type DescOneof, type JsonObject, ScalarType } from "@bufbuild/protobuf";
import { isImplicit, isOneRequired, isRequired, type Limits, limitsOf } from "./limits.ts";
import { wordsOf } from "./words.ts";

/** Returns the schema that stands for a message within another. */
export type Refer = (message: DescMessage) => JsonObject;

/** What a schema of a message is for. */
export type Use = {
  /** Whether it is sent to us: fields that it does not have are refused, and all but a few may be left out. */
  readonly isSent: boolean;
  /** Fields that come from elsewhere, such as the path. */
  readonly without?: ReadonlySet<string>;
};

/** Returns the JSON Schema (2020-12) of a message as REST has it. */
export function messageToSchema(message: DescMessage, { isSent, without }: Use, refer: Refer): JsonObject {
  const fields = message.fields.filter(({ name }) => !without?.has(name));
  const required = fields.filter(isSent ? isRequired : isImplicit).map(({ name }) => name);
  const choices = message.oneofs.map(oneofToSchema);
  return {
    type: "object",
    description: wordsOf(message),
    ...(message.deprecated && { deprecated: true }),
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldToSchema(field, refer)])),
    ...(required.length > 0 && { required }),
    ...(isSent && { additionalProperties: false }),
    ...(choices.length > 1 ? { allOf: choices } : choices[0]),
  };
}

/** Returns the JSON Schema of a field, with its words. */
export function fieldToSchema(field: DescField, refer: Refer): JsonObject {
  return {
    ...limitedToSchema(field, limitsOf(field), refer),
    description: wordsOf(field),
    ...(field.deprecated && { deprecated: true }),
  };
}

function limitedToSchema(field: DescField, limits: Limits, refer: Refer): JsonObject {
  const { minCount, maxCount, unique, items = {}, keys } = limits;
  if (field.fieldKind === "list") {
    return known({
      type: "array",
      items: valueToSchema(field, items, refer),
      ...{ minItems: minCount, maxItems: maxCount, uniqueItems: unique },
    });
  }
  if (field.fieldKind === "map") {
    return known({
      type: "object",
      propertyNames: keys && textToSchema(keys),
      additionalProperties: valueToSchema(field, items, refer),
      ...{ minProperties: minCount, maxProperties: maxCount },
    });
  }
  return valueToSchema(field, limits, refer);
}

/** Of one value: of the field itself, of an item, or of a map's value. */
function valueToSchema({ message, scalar, name }: DescField, limits: Limits, refer: Refer): JsonObject {
  if (message !== undefined) return wellKnown[message.typeName] ?? refer(message);
  switch (scalar) {
    case ScalarType.STRING:
      return { type: "string", ...textToSchema(limits) };
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.INT32:
      return known({ type: "integer", format: "int32", minimum: limits.minimum, maximum: limits.maximum });
    case ScalarType.DOUBLE:
      return { type: "number" };
    default:
      throw new Error(`${name} is of a type that is not known here`);
  }
}

/** Each character has at least a byte, so that there are no more characters than bytes. */
function textToSchema({ minLength, maxLength, maxBytes, pattern, words }: Limits): JsonObject {
  // Where nothing may be given, editors offer that last.
  const sorted = words && [...words].sort((a, b) => Number(a === "") - Number(b === ""));
  return known({ enum: sorted, minLength, maxLength: maxLength ?? maxBytes, pattern });
}

/** Exactly one of the fields, or at most one where none is required. */
function oneofToSchema(oneof: DescOneof): JsonObject {
  const each = oneof.fields.map(({ name }): JsonObject => ({ required: [name] }));
  return { oneOf: isOneRequired(oneof) ? each : [...each, { not: { anyOf: each } }] };
}

const wellKnown: Readonly<Record<string, JsonObject>> = {
  "google.protobuf.Value": {},
  "google.protobuf.ListValue": { type: "array" },
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
};

/** Leaves out what is undefined. */
function known(schema: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter((entry) => entry[1] !== undefined)) as JsonObject;
}
