import type { JsonObject } from "@bufbuild/protobuf";
import { Document, isCollection, isScalar, type Node, visit } from "yaml";

/** Longer lists and maps are written an item a line. */
const maxFlowChars = 100;

/**
 * Writes a definition's JSON as YAML that people read: filters before what uses them, texts of many lines as such, and
 * what is short on a line of its own.
 */
export function definitionToYaml({ dashboard_id, filters, ...rest }: JsonObject): string {
  const document = new Document({ dashboard_id, ...(filters && { filters }), ...rest });
  visit(document, {
    Collection(_, node) {
      if (node !== document.contents && node.items.every(isShort) && JSON.stringify(node).length <= maxFlowChars) {
        node.flow = true;
      }
    },
  });
  return document.toString({ lineWidth: 120, blockQuote: "literal" });
}

function isShort(item: unknown): boolean {
  const value = typeof item === "object" && item !== null && "value" in item && "key" in item ? item.value : item;
  if (isCollection(value)) return value.items.length === 0;
  return !isScalar(value as Node) || !`${(value as { value: unknown }).value}`.includes("\n");
}
