import { type DescField, type DescMessage, type JsonObject, type JsonValue, ScalarType } from "@bufbuild/protobuf";

/** The fields from a message down to one of its, as `book.author.name` names them. */
export type FieldPath = readonly DescField[];

/** Follows a dotted path of proto names through messages. Returns undefined where it leads nowhere. */
export function resolveField(schema: DescMessage, path: string): FieldPath | undefined {
  const fields: DescField[] = [];
  let message: DescMessage | undefined = schema;
  for (const name of path.split(".")) {
    const field: DescField | undefined = message?.fields.find((candidate) => candidate.name === name);
    if (field === undefined) return undefined;
    fields.push(field);
    message = field.fieldKind === "message" ? field.message : undefined;
  }
  return fields;
}

/** Whether text can stand for a value of the field, or of one of its items: a scalar, or an enum by name. */
export function takesText(field: DescField): boolean {
  return field.fieldKind !== "map" && field.message === undefined;
}

/** Returns the JSON that the text stands for. What fits no JSON of the field is returned as it is. */
export function textToJson(field: DescField, text: string): JsonValue {
  switch (field.scalar) {
    case ScalarType.BOOL:
      return text === "true" || (text === "false" ? false : text);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return jsonNumber.test(text) ? Number(text) : text;
    default:
      return text;
  }
}

/** Puts the value at the path of the object, or adds it to the list there. Returns false if one value is there already. */
export function putField(object: JsonObject, path: FieldPath, value: JsonValue): boolean {
  let inner = object;
  for (const { name } of path.slice(0, -1)) {
    inner[name] ??= {};
    inner = inner[name] as JsonObject;
  }
  const field = path.at(-1)!;
  const there = inner[field.name];
  if (field.fieldKind === "list") inner[field.name] = [...((there as JsonValue[] | undefined) ?? []), value];
  else if (there === undefined) inner[field.name] = value;
  else return false;
  return true;
}

/** https://www.rfc-editor.org/rfc/rfc8259#section-6 */
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
