import { type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import {
  type ListValue,
  ListValueSchema,
  type Struct,
  StructSchema,
  type Value,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import type { FieldProblem } from "../errors/fault.ts";
import { createMessageSize, type MessageSize } from "../errors/message-size.ts";
import { createProblems, type Report } from "../errors/problems.ts";
import { setFields } from "./set-fields.ts";

const identifier = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/**
 * Finds what no message may hold, whatever the protocol that it came by: unknown fields, NUL, lone
 * surrogates, the key `__proto__`, NaN and infinity, a Value without a kind. JSON cannot say most of
 * these, but the binary format can, and the store or a source would fail on them later. Paths are those
 * of the JSON, and name map keys only where they are plain identifiers: nothing else of the input is
 * repeated. Throws INVALID_REQUEST for a message that is larger than any may be.
 */
export function findUnclean(schema: DescMessage, message: Message): readonly FieldProblem[] {
  const { report, list } = createProblems();
  visitMessage(schema, message, { path: "", depth: 0 }, { report, size: createMessageSize() });
  return list();
}

/** What a walk takes down on its way. */
type Walk = { readonly report: Report; readonly size: MessageSize };

/** Where it is: the path of the JSON, and how many objects and lists are around. */
type Place = { readonly path: string; readonly depth: number };

function visitMessage(schema: DescMessage, message: Message, at: Place, walk: Walk): void {
  if (message.$unknown !== undefined && message.$unknown.length > 0) {
    walk.report(at.path, "holds fields that do not exist");
  }
  if (schema === ValueSchema) visitValue(message as Value, at, walk);
  else if (schema === ListValueSchema) visitList(ValueSchema, undefined, (message as ListValue).values, at, walk);
  else if (schema === StructSchema) visitMap(ValueSchema, undefined, (message as Struct).fields, at, walk);
  else visitFields(schema, message, at, walk);
}

function visitFields(schema: DescMessage, message: Message, at: Place, walk: Walk): void {
  const fields = setFields(schema, message);
  const depth = at.depth + 1;
  walk.size.addObject(depth, fields.length);
  for (const { field, value } of fields) {
    visitField(field, value, { path: at.path === "" ? field.name : `${at.path}.${field.name}`, depth }, walk);
  }
}

function visitField(field: DescField, value: unknown, at: Place, walk: Walk): void {
  const { message, scalar } = field;
  if (field.fieldKind === "list") visitList(message, scalar, value as readonly unknown[], at, walk);
  else if (field.fieldKind === "map") visitMap(message, scalar, value as Readonly<Record<string, unknown>>, at, walk);
  else visitOne(message, scalar, value, at, walk);
}

function visitList(
  schema: DescMessage | undefined,
  scalar: ScalarType | undefined,
  items: readonly unknown[],
  at: Place,
  walk: Walk,
): void {
  const depth = at.depth + 1;
  walk.size.addList(depth, items.length);
  for (const [index, item] of items.entries()) {
    visitOne(schema, scalar, item, { path: `${at.path}[${index}]`, depth }, walk);
  }
}

function visitMap(
  schema: DescMessage | undefined,
  scalar: ScalarType | undefined,
  map: Readonly<Record<string, unknown>>,
  at: Place,
  walk: Walk,
): void {
  const depth = at.depth + 1;
  const entries = Object.entries(map);
  walk.size.addObject(depth, entries.length);
  for (const [key, item] of entries) {
    const known = identifier.test(key);
    if (key === "__proto__") walk.report(at.path, "the name __proto__ cannot be used");
    else if (!known) visitText(key, at.path, walk.report);
    visitOne(schema, scalar, item, { path: known ? `${at.path}.${key}` : at.path, depth }, walk);
  }
}

function visitOne(
  schema: DescMessage | undefined,
  scalar: ScalarType | undefined,
  value: unknown,
  at: Place,
  walk: Walk,
): void {
  if (schema !== undefined) visitMessage(schema, value as Message, at, walk);
  else if (scalar === ScalarType.STRING) visitText(value as string, at.path, walk.report);
  else if (scalar === ScalarType.DOUBLE || scalar === ScalarType.FLOAT) {
    visitNumber(value as number, at.path, walk.report);
  }
}

function visitValue({ kind }: Value, at: Place, walk: Walk): void {
  if (kind.case === undefined) walk.report(at.path, "must be a JSON value");
  else if (kind.case === "stringValue") visitText(kind.value, at.path, walk.report);
  else if (kind.case === "numberValue") visitNumber(kind.value, at.path, walk.report);
  else if (kind.case === "listValue") visitMessage(ListValueSchema, kind.value, at, walk);
  else if (kind.case === "structValue") visitMessage(StructSchema, kind.value, at, walk);
}

function visitText(text: string, path: string, report: Report): void {
  if (text.includes("\0")) report(path, "must not contain the NUL character");
  if (!text.isWellFormed()) report(path, "must be well-formed Unicode: it has half a surrogate pair");
}

function visitNumber(value: number, path: string, report: Report): void {
  if (!Number.isFinite(value)) report(path, "must be a finite number");
}
