import { type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { FieldProblem } from "../errors/fault.ts";

const identifier = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Enough to see what is wrong; the rest is counted by whoever mends these. */
const maxProblems = 100;

/**
 * Finds what no message may hold, whatever the protocol that it came by: unknown fields, NUL, lone
 * surrogates, the key `__proto__`, NaN and infinity, a Value without a kind. JSON cannot say most of
 * these, but the binary format can, and the store or a source would fail on them later. Paths name
 * map keys only where they are plain identifiers: nothing else of the input is repeated.
 */
export function findUnclean(schema: DescMessage, message: Message): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const report = (field: string, description: string) => {
    if (problems.length < maxProblems) problems.push({ field, description });
  };
  visitMessage(schema, message, "", report);
  return problems;
}

type Report = (field: string, description: string) => void;

function visitMessage(schema: DescMessage, message: Message, path: string, report: Report): void {
  if (schema.typeName === ValueSchema.typeName) {
    visitValue(message as Value, path, report);
    return;
  }
  if (message.$unknown !== undefined && message.$unknown.length > 0) report(path, "holds fields that do not exist");
  for (const field of schema.fields) {
    const value = readField(field, message);
    if (value !== undefined) visitField(field, value, join(path, field.name), report);
  }
}

/** Reads a field where protobuf-es keeps it: in its own property, or in that of its oneof. */
function readField(field: DescField, message: Message): unknown {
  const properties = message as unknown as Record<string, unknown>;
  if (field.oneof === undefined) return properties[field.localName];
  const chosen = properties[field.oneof.localName] as { case?: string; value?: unknown };
  return chosen.case === field.localName ? chosen.value : undefined;
}

function visitField(field: DescField, value: unknown, path: string, report: Report): void {
  if (field.fieldKind === "list") {
    (value as unknown[]).forEach((item, index) => {
      visitOne(field.message, field.scalar, item, `${path}[${index}]`, report);
    });
  } else if (field.fieldKind === "map") {
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
      const known = identifier.test(key);
      if (key === "__proto__") report(path, "the name __proto__ cannot be used");
      else if (!known) visitText(key, path, report);
      visitOne(field.message, field.scalar, item, known ? `${path}.${key}` : path, report);
    }
  } else {
    visitOne(field.message, field.scalar, value, path, report);
  }
}

function visitOne(
  schema: DescMessage | undefined,
  scalar: ScalarType | undefined,
  value: unknown,
  path: string,
  report: Report,
): void {
  if (schema !== undefined) visitMessage(schema, value as Message, path, report);
  else if (scalar === ScalarType.STRING) visitText(value as string, path, report);
  else if (scalar === ScalarType.DOUBLE || scalar === ScalarType.FLOAT) visitNumber(value as number, path, report);
}

function visitValue(value: Value, path: string, report: Report): void {
  switch (value.kind.case) {
    case undefined:
      report(path, "must be a JSON value");
      break;
    case "stringValue":
      visitText(value.kind.value, path, report);
      break;
    case "numberValue":
      visitNumber(value.kind.value, path, report);
      break;
    case "listValue":
      value.kind.value.values.forEach((item, index) => {
        visitValue(item, `${path}[${index}]`, report);
      });
      break;
    case "structValue":
      for (const [key, item] of Object.entries(value.kind.value.fields)) {
        if (key === "__proto__") report(path, "the name __proto__ cannot be used");
        visitText(key, path, report);
        visitValue(item, identifier.test(key) ? `${path}.${key}` : path, report);
      }
  }
}

function visitText(text: string, path: string, report: Report): void {
  if (text.includes("\0")) report(path, "must not contain the NUL character");
  if (!text.isWellFormed()) report(path, "must be well-formed Unicode: it has half a surrogate pair");
}

function visitNumber(value: number, path: string, report: Report): void {
  if (!Number.isFinite(value)) report(path, "must be a finite number");
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
