import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { Document, isMap, isPair, isScalar, isSeq, visit, type YAMLMap, type YAMLSeq } from "yaml";
import { type Definition, DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { definitionToJson, parseStoredDefinition } from "./canonical.ts";

/** What small lists and objects may take to stand in one line. */
const maxFlowLength = 100;

/**
 * Writes a definition as YAML to read and to compare: equal definitions have equal text, fields stand in the proto's
 * order, and what is small in one line.
 */
export function definitionToYaml(definition: Definition): string {
  const document = new Document(inOrder(definition), { aliasDuplicateObjects: false });
  visit(document, {
    Collection(_, node) {
      if (isSmall(node)) node.flow = true;
    },
  });
  // Nothing is folded: where a line breaks would depend on what stands before it.
  return document.toString({ lineWidth: 0, minContentWidth: 0 });
}

/** Writes a definition as the JSON of a file. */
export function definitionToFileJson(definition: Definition): string {
  return `${JSON.stringify(inOrder(definition), undefined, 2)}\n`;
}

/** By way of its canonical JSON, in which the keys of maps have one order. */
function inOrder(definition: Definition): JsonValue {
  return toJson(DefinitionSchema, parseStoredDefinition(definitionToJson(definition)), { useProtoFieldName: true });
}

/** Values of one line each, and in objects lists of such, but no lists of lists: each row has its own line. */
function isSmall(node: YAMLMap | YAMLSeq): boolean {
  const isPlain = (value: unknown) => isOfOneLine(value) || (isMap(node) && isSeq(value) && isSmall(value));
  const isFlat = node.items.every((item) => isPlain(isPair(item) ? item.value : item));
  return isFlat && JSON.stringify(node).length <= maxFlowLength;
}

function isOfOneLine(value: unknown): boolean {
  return isScalar(value) && !(typeof value.value === "string" && value.value.includes("\n"));
}
