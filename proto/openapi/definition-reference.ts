import { type DescField, type DescMessage, type DescOneof, ScalarType } from "@bufbuild/protobuf";
import { isOneRequired, isRequired, type Limits, limitsOf } from "./limits.ts";
import { wordsOf } from "./words.ts";

/**
 * Returns the reference of definitions as a document: the introduction, and a table for each message, in the order in
 * which they are met.
 */
export function createDefinitionReference(definition: DescMessage, introduction: string): string {
  const sections = messagesOf(definition).map(toSection);
  return [note, introduction.trim(), ...sections].join("\n\n").concat("\n");
}

const note = "<!-- Made by `npm run generate` from the comments and limits in `proto/`: change those. -->";

function messagesOf(root: DescMessage): readonly DescMessage[] {
  const found = new Set<DescMessage>();
  const visit = (message: DescMessage) => {
    if (message.typeName.startsWith("google.protobuf.") || found.has(message)) return;
    found.add(message);
    for (const field of message.fields) if (field.message !== undefined) visit(field.message);
  };
  visit(root);
  return [...found];
}

function toSection(message: DescMessage): string {
  const rows = message.fields.map(
    (field) => `| \`${field.name}\` | ${typeText(field)} | ${cell(limitText(field))} | ${cell(fieldText(field))} |`,
  );
  const table = ["| field | type | limit | what |", "|---|---|---|---|", ...rows].join("\n");
  return [`## ${message.name}`, wordsOf(message), table, ...message.oneofs.map(oneofText)].join("\n\n");
}

function oneofText(oneof: DescOneof): string {
  const names = oneof.fields.map(({ name }) => `\`${name}\``).join(", ");
  return `Of ${names} there is ${isOneRequired(oneof) ? "exactly" : "at most"} one.`;
}

function fieldText(field: DescField): string {
  return `${field.deprecated ? "Deprecated. " : ""}${wordsOf(field).replaceAll("\n\n", " ")}`;
}

/** Within a cell a bar is written with a backslash. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function typeText(field: DescField): string {
  const one = field.message === undefined ? scalarText(field) : messageText(field.message);
  if (field.fieldKind === "list") return `${one}[]`;
  return field.fieldKind === "map" ? `map of ${one}` : one;
}

function messageText({ typeName, name }: DescMessage): string {
  const known: Record<string, string> = {
    "google.protobuf.Value": "any value",
    "google.protobuf.ListValue": "array",
    "google.protobuf.Timestamp": "timestamp",
  };
  return known[typeName] ?? `[${name}](#${name.toLowerCase()})`;
}

function scalarText({ scalar }: DescField): string {
  if (scalar === ScalarType.INT32) return "integer";
  if (scalar === ScalarType.DOUBLE) return "number";
  return scalar === ScalarType.BOOL ? "boolean" : "string";
}

function limitText(field: DescField): string {
  const limits = limitsOf(field);
  const own =
    field.fieldKind === "list" || field.fieldKind === "map"
      ? [
          span(limits.minCount, limits.maxCount),
          limits.unique && "each once",
          told("names: ", limits.keys),
          told("each: ", limits.items),
        ]
      : [valueText(limits)];
  return [isRequired(field) && "required", ...own].filter((part) => part).join("; ");
}

function told(what: string, limits: Limits | undefined): string | undefined {
  const text = limits && valueText(limits);
  return text && `${what}${text}`;
}

function valueText({ minLength, maxLength, maxBytes, pattern, words, minimum, maximum }: Limits): string {
  const parts = [
    words
      ?.filter((word) => word !== "")
      .map((word) => `\`${word}\``)
      .join(", "),
    span(minimum, maximum),
    span(minLength, maxLength, " characters"),
    maxBytes === undefined ? undefined : `at most ${maxBytes} bytes`,
    pattern && `\`${pattern}\``,
  ];
  return parts.filter((part) => part).join(", ");
}

function span(from: number | undefined, to: number | undefined, unit = ""): string | undefined {
  if (to === undefined) return from === undefined ? undefined : `from ${from}${unit}`;
  return from === undefined ? `at most ${to}${unit}` : `${from} to ${to}${unit}`;
}
