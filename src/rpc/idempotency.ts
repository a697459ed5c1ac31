import { createHash } from "node:crypto";
import { type DescMessage, type JsonValue, type MessageShape, toJson } from "@bufbuild/protobuf";
import canonicalize from "canonicalize";

/**
 * Returns the fingerprint that tells whether two calls with one key ask for the same: SHA-256, in
 * hexadecimal, of the message's canonical JSON (RFC 8785), so that the protocol, the order of keys
 * and white space do not matter.
 */
export function fingerprintOf<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): string {
  const json = canonicalize(toJson(schema, message) as JsonValue);
  return createHash("sha256").update(json!).digest("hex");
}
