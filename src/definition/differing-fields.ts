import { isDeepStrictEqual } from "node:util";
import type { DescMessage, JsonValue } from "@bufbuild/protobuf";

/** A message as JSON, by the proto's own names. */
export type MessageJson = Readonly<Record<string, JsonValue>>;

/**
 * Returns the paths of the fields in which two messages differ, such as `line.y`, in the order of the proto. What is a
 * message in both is looked into; a list or a map is another one as a whole, and what only one of the two has is named
 * and not looked into.
 */
export function differingFields({ fields }: DescMessage, before: MessageJson, after: MessageJson): readonly string[] {
  return fields.flatMap((field) => {
    const { name } = field;
    const [old, fresh] = [before[name], after[name]];
    if (isDeepStrictEqual(old, fresh)) return [];
    const isInner = field.fieldKind === "message" && isMessageJson(old) && isMessageJson(fresh);
    // A value of any type is no message of ours.
    if (!isInner || field.message.typeName.startsWith("google.protobuf.")) return [name];
    return differingFields(field.message, old, fresh).map((inner) => `${name}.${inner}`);
  });
}

function isMessageJson(json: JsonValue | undefined): json is { [name: string]: JsonValue } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
