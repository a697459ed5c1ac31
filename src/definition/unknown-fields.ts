import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { definitionToJson } from "./canonical.ts";

/**
 * Returns the paths of what a stored definition has and what was read of it lacks: fields of a later
 * release, which reading leaves out. Paths are as in problems, such as `layout.panels[0].sankey`.
 */
export function findUnknownFields(json: string, read: Definition): readonly string[] {
  const paths: string[] = [];
  compare(JSON.parse(json) as JsonValue, JSON.parse(definitionToJson(read)) as JsonValue, "", paths);
  return paths;
}

function compare(stored: JsonValue, read: JsonValue | undefined, path: string, paths: string[]): void {
  if (read === undefined) {
    paths.push(path);
  } else if (Array.isArray(stored)) {
    const items = read as JsonValue[];
    stored.forEach((item, index) => {
      compare(item, items[index], `${path}[${index}]`, paths);
    });
  } else if (typeof stored === "object" && stored !== null) {
    const fields = read as JsonObject;
    for (const [name, value] of Object.entries(stored)) {
      const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
      compare(value, known, path === "" ? name : `${path}.${name}`, paths);
    }
  }
}
