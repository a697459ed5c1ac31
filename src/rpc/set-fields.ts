import { type DescField, type DescMessage, isFieldSet, type Message } from "@bufbuild/protobuf";

/** Returns the fields of a message that hold something, each with what protobuf-es keeps for it. */
export function setFields(
  schema: DescMessage,
  message: Message,
): readonly { readonly field: DescField; readonly value: unknown }[] {
  const properties = message as unknown as Record<string, unknown>;
  return schema.fields
    .filter((field) => isFieldSet(message, field))
    .map((field) => {
      // A field of a oneof is in the property of that.
      const chosen = field.oneof && (properties[field.oneof.localName] as { readonly value: unknown });
      return { field, value: chosen === undefined ? properties[field.localName] : chosen.value };
    });
}
