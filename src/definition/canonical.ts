import { createHash } from "node:crypto";
import { fromJsonString, toJson } from "@bufbuild/protobuf";
import canonicalize from "canonicalize";
import { type Definition, DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";

/**
 * Returns the definition's canonical JSON, with the proto's own field names: equal definitions have
 * equal text. Throws for what JSON cannot hold (NaN, lone surrogates, a Value without a kind), which
 * is refused when the message arrives.
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function definitionToJson(definition: Definition): string {
  return canonicalize(toJson(DefinitionSchema, definition, { useProtoFieldName: true }))!;
}

/** Returns the SHA-256 of a definition's canonical JSON, in hexadecimal. */
export function definitionDigest(json: string): string {
  return createHash("sha256").update(json).digest("hex");
}

/**
 * Reads a definition that was stored. Fields that this release does not know are ignored, so that
 * two releases can meet in one database. Throws if the text was not made by `definitionToJson`.
 */
export function parseStoredDefinition(json: string): Definition {
  return fromJsonString(DefinitionSchema, json, { ignoreUnknownFields: true });
}
