import type { JsonValue } from "@bufbuild/protobuf";
import { fault } from "../errors/fault.ts";
import { checkJsonSize } from "../errors/message-size.ts";

/** JSON as it was sent and as it was parsed. */
export type JsonText = { readonly text: string; readonly value: JsonValue };

/**
 * Parses a body as JSON (RFC 8259): UTF-8 that is well formed and has no byte order mark, of the
 * size that `createMessageSize` allows on every protocol. Repeated keys are left to whoever reads `text`
 * as a message. Throws INVALID_REQUEST.
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
  checkJsonSize(value);
  return { text, value };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
