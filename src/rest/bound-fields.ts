import type { DescMessage } from "@bufbuild/protobuf";
import { type FieldPath, resolveField, takesText } from "./field-text.ts";
import type { PathTemplate } from "./template.ts";

/** Which fields of a message a request's path and query hold. What `body` takes is in the body, and no field in two places. */
export type BoundFields = {
  /** Those of the path's variables, by the names that the template has for them. */
  readonly path: ReadonlyMap<string, FieldPath>;
  /** Returns the field that a parameter of the query stands for, or undefined where it stands for none. */
  readonly ofQuery: (name: string) => FieldPath | undefined;
  /** Names of the message's own fields that the query takes; besides these there are fields of messages, by dotted paths. */
  readonly queryNames: () => readonly string[];
};

/**
 * Returns where the fields of a google.api.http rule come from: variables of the path, the body that `body` names (`*`,
 * a field, or empty for none), and query parameters for the fields that are left. Throws an Error where the rule
 * names a field that cannot be bound.
 */
export function bindFields(schema: DescMessage, template: PathTemplate, body: string): BoundFields {
  const path = new Map(template.variables.map(({ field }) => [field, resolveVariable(schema, field)]));
  if (body !== "" && body !== "*" && !schema.fields.some((field) => field.name === body)) {
    throw new Error(`body: ${schema.typeName} has no field ${body}`);
  }
  return { path, ofQuery, queryNames };

  function ofQuery(name: string): FieldPath | undefined {
    if (body === "*" || path.has(name) || name === body || name.startsWith(`${body}.`)) return undefined;
    const found = resolveField(schema, name);
    return found !== undefined && takesText(found.at(-1)!) ? found : undefined;
  }

  function queryNames(): readonly string[] {
    return schema.fields.map((field) => field.name).filter((name) => ofQuery(name) !== undefined);
  }
}

function resolveVariable(schema: DescMessage, name: string): FieldPath {
  const path = resolveField(schema, name);
  const field = path?.at(-1);
  if (path === undefined || field === undefined || field.fieldKind === "list" || !takesText(field)) {
    throw new Error(`path: ${schema.typeName} has no single value at ${name}`);
  }
  return path;
}
