import {
  create,
  type DescMessage,
  fromJsonString,
  type JsonObject,
  type JsonValue,
  type Message,
  mergeFromJson,
} from "@bufbuild/protobuf";
import { type FieldProblem, fault } from "../errors/fault.ts";
import { bindFields } from "./bound-fields.ts";
import { type FieldPath, putField, textToJson } from "./field-text.ts";
import { parseJson } from "./json.ts";
import { parseQuery } from "./query.ts";
import { findMisfits } from "./shape.ts";
import type { PathTemplate } from "./template.ts";

/** The parts of a request that make up a message. */
type RequestParts = {
  /** Values of the path's variables by field. */
  readonly variables: ReadonlyMap<string, string>;
  /** Without its `?`. */
  readonly query: string;
  readonly body: Uint8Array;
};

/** Makes the message. Throws INVALID_REQUEST, with every problem that is found at once. */
export type Bind = (parts: RequestParts) => Message;

/**
 * Creates the binding of a google.api.http rule: variables of the path, the body that `body` names
 * (`*`, a field, or empty for none), and query parameters for the fields that are left. No field takes
 * its value from two places. Throws an Error where the rule names a field that it cannot bind.
 */
export function createBind(schema: DescMessage, template: PathTemplate, body: string): Bind {
  const fields = bindFields(schema, template, body);

  return ({ variables, query, body: bytes }) => {
    const json: JsonObject = {};
    const problems: FieldProblem[] = [];
    for (const [name, path] of fields.path) putField(json, path, textToJson(path.at(-1)!, variables.get(name)!));
    for (const [name, value] of parseQuery(query)) {
      const path = fields.ofQuery(name);
      if (path === undefined) throw fault("INVALID_REQUEST", queryHelp());
      if (!putField(json, path, textToJson(path.at(-1)!, value))) {
        problems.push({ field: name, description: "is in the query more than once" });
      }
    }
    const message = readBody(bytes);
    problems.push(...findMisfits(schema, json));
    if (problems.length > 0) throw misfit(problems);
    return merge(message, json);
  };

  function queryHelp(): string {
    if (body === "*") return "this method takes its fields in the body, none in the query";
    return `the query has a parameter that is unknown; this method takes ${fields.queryNames().join(", ") || "none"}`;
  }

  function readBody(bytes: Uint8Array): Message {
    if (body === "") {
      if (bytes.byteLength > 0) throw fault("INVALID_REQUEST", "this method takes no body: send none");
      return create(schema);
    }
    const { text, value } = parseJson(bytes);
    if (body === "*") return readJson(text, value);
    // The text is JSON, so that what wraps it is JSON too.
    return readJson(`{"${body}":${text}}`, { [body]: value });
  }

  function readJson(text: string, value: JsonValue): Message {
    const twice = [...fields.path].filter(([, path]) => has(value, path));
    const problems = [
      ...findMisfits(schema, value),
      ...twice.map(([field]) => ({ field, description: "comes from the path: leave it out of the body" })),
    ];
    if (problems.length > 0) throw misfit(problems);
    try {
      return fromJsonString(schema, text);
    } catch {
      throw fault("INVALID_REQUEST", "the JSON repeats a key, or has a value that its field cannot hold");
    }
  }

  function merge(message: Message, json: JsonObject): Message {
    try {
      return mergeFromJson(schema, message, json);
    } catch {
      throw fault("INVALID_REQUEST", "the path or the query has a value that its field cannot hold");
    }
  }
}

function has(json: JsonValue | undefined, path: FieldPath): boolean {
  let value = json;
  for (const { name } of path) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    value = value[name];
  }
  return value !== undefined;
}

function misfit(details: readonly FieldProblem[]): Error {
  return fault("INVALID_REQUEST", "the request is not what this method takes: see details", { details });
}
