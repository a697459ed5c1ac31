import type { JsonValue } from "@bufbuild/protobuf";
import { fault } from "../errors/fault.ts";

/** JSON as it was sent and as it was parsed. */
export type JsonText = { readonly text: string; readonly value: JsonValue };

/** Objects and arrays that may stand inside each other: five times what the deepest definition needs. */
const maxDepth = 32;

/** Keys of all objects together: ten times what the widest definition needs. */
const maxKeys = 20_000;

/**
 * Parses a body as JSON (RFC 8259): UTF-8 that is well formed and has no byte order mark, at most 32
 * levels deep and with at most 20,000 keys. Repeated keys are left to whoever reads `text` as a
 * message. Throws INVALID_REQUEST.
 */
export function parseJson(bytes: Uint8Array): JsonText {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw fault("INVALID_REQUEST", "the body is not UTF-8: send JSON in UTF-8", { cause });
  }
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    // The parser's own message quotes the body, so not even the log gets it.
    throw fault("INVALID_REQUEST", "the body is not JSON: see RFC 8259");
  }
  checkSize(value);
  return { text, value };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Goes level by level: recursion would overflow on what it has to refuse. */
function checkSize(root: JsonValue): void {
  let keys = 0;
  let level = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: JsonValue[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      if (depth === maxDepth) throw fault("INVALID_REQUEST", `the JSON is more than ${maxDepth} levels deep`);
      const children = Array.isArray(value) ? value : Object.values(value);
      if (!Array.isArray(value)) keys += children.length;
      if (keys > maxKeys) throw fault("INVALID_REQUEST", `the JSON has more than ${maxKeys} keys`);
      for (const child of children) if (typeof child === "object") next.push(child);
    }
    level = next;
  }
}
