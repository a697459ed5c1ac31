import type { DescMessage, JsonObject } from "@bufbuild/protobuf";
import { messageToSchema } from "./schema.ts";

/**
 * Returns the JSON Schema (2020-12) of a dashboard's definition in a file, for editors. What goes across fields (that
 * names lead somewhere, that panels do not overlap) is left to ValidateDefinition.
 */
export function createDefinitionSchema(definition: DescMessage): JsonObject {
  const definitions: Record<string, JsonObject> = {};
  const root = refer(definition);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:datajetty:dashboards:definition:1",
    title: "Dashboard definition",
    ...root,
    $defs: definitions,
  };

  function refer(message: DescMessage): JsonObject {
    if (!(message.name in definitions)) {
      // Its place first, so that a message stands before those that it holds.
      definitions[message.name] = {};
      definitions[message.name] = messageToSchema(message, { isSent: true }, refer);
    }
    return { $ref: `#/$defs/${message.name}` };
  }
}
