import {
  create,
  type DescField,
  type DescMessage,
  type DescOneof,
  fromJson,
  isMessage,
  type JsonValue,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { ListValueSchema, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Input } from "./input.ts";
import { OwnError } from "./own-error.ts";

/**
 * Makes the message of what a caller gives. Throws `invalid_request` naming the field where there is no such field, so
 * that a misspelt one is not silently lost, or where a value cannot be that of its field.
 */
export function toMessage<D extends DescMessage>(desc: D, input: Input<MessageShape<D>>): MessageShape<D> {
  const init = toInit(desc, input, "") as MessageInitShape<D>;
  try {
    const message = create(desc, init);
    // What cannot be sent is found here, where it is known whose mistake it is.
    toBinary(desc, message);
    return message;
  } catch (cause) {
    throw new OwnError("invalid_request", "INVALID_REQUEST", "a field has a value of another type", { cause });
  }
}

function toInit(desc: DescMessage, input: unknown, path: string): unknown {
  if (isMessage(input)) return input;
  if (desc.typeName === ValueSchema.typeName) return toJsonMessage(ValueSchema, input, path);
  if (desc.typeName === ListValueSchema.typeName) return toJsonMessage(ListValueSchema, input, path);
  // The other types of google.protobuf have forms of their own.
  if (desc.typeName.startsWith("google.protobuf.")) return input;
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw misfit(path, "must be an object");
  const init: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const member = desc.members.find(({ localName }) => localName === name);
    const memberPath = path === "" ? name : `${path}.${name}`;
    if (member === undefined) throw misfit(memberPath, "there is no such field");
    init[name] = member.kind === "oneof" ? toChoice(member, value, path) : toField(member, value, memberPath);
  }
  return init;
}

function toField(field: DescField, value: unknown, path: string): unknown {
  const { message } = field;
  if (message === undefined) return value;
  switch (field.fieldKind) {
    case "list":
      if (!Array.isArray(value)) throw misfit(path, "must be a list");
      return value.map((item, at) => toInit(message, item, `${path}[${at}]`));
    case "map": {
      if (typeof value !== "object" || value === null) throw misfit(path, "must be an object");
      const entries = Object.entries(value).filter(([, item]) => item !== undefined);
      return Object.fromEntries(entries.map(([key, item]) => [key, toInit(message, item, `${path}.${key}`)]));
    }
    default:
      return toInit(message, value, path);
  }
}

/** A choice between fields is `{ case, value }`. */
function toChoice(oneof: DescOneof, choice: unknown, path: string): unknown {
  const at = path === "" ? oneof.localName : `${path}.${oneof.localName}`;
  if (typeof choice !== "object" || choice === null) throw misfit(at, "must be an object with case and value");
  const { case: name, value } = choice as { case?: unknown; value?: unknown };
  if (name === undefined) return { case: undefined };
  const field = oneof.fields.find(({ localName }) => localName === name);
  if (field === undefined) throw misfit(`${at}.case`, "there is no such field");
  return { case: name, value: toField(field, value, `${at}.value`) };
}

function toJsonMessage(desc: typeof ValueSchema | typeof ListValueSchema, input: unknown, path: string): unknown {
  try {
    // What JSON has no form for, such as a Date, would be taken for an object without fields.
    if (isJson(input)) return fromJson<DescMessage>(desc, input);
  } catch {
    // It is JSON, but no list.
  }
  throw misfit(path, `must be ${desc === ValueSchema ? "JSON" : "a list of JSON values"}`);
}

function isJson(value: unknown): value is JsonValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(isJson);
      return isPlain(value) && Object.values(value).every(isJson);
    default:
      return false;
  }
}

/** Objects of another page or context have a prototype of their own. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function misfit(field: string, description: string): OwnError {
  return new OwnError("invalid_request", "INVALID_REQUEST", `the request does not fit: ${field} ${description}`, {
    details: [{ field, description }],
  });
}
