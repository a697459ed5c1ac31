import { readFileSync } from "node:fs";
import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  fromBinary,
  getOption,
  hasOption,
  type JsonObject,
  type JsonValue,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { field as rulesExtension } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";

/** The contract last released, which `buf breaking` compares with too: an image is a FileDescriptorSet. */
const baseline = readFileSync(new URL("../../proto/baseline.binpb", import.meta.url));

/** Returns Definition as it was last released. */
export function releasedDefinition(): DescMessage {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, baseline)).getMessage(DefinitionSchema.typeName)!;
}

/**
 * Returns what the released contract has and no definition uses: fields as `LinePanel.series`, words
 * of closed vocabularies as `AreaPanel.mode=stacked`.
 */
export function findUnused(definitions: readonly JsonObject[]): readonly string[] {
  const used = new Set<string>();
  const all = new Set<string>();
  const root = releasedDefinition();
  listAll(root, all);
  for (const definition of definitions) listUsed(root, definition, used);
  return [...all].filter((name) => !used.has(name));
}

function listAll(schema: DescMessage, into: Set<string>): void {
  for (const field of schema.fields) {
    const name = nameOf(schema, field);
    if (into.has(name)) continue;
    into.add(name);
    for (const word of wordsOf(field)) if (word !== "") into.add(`${name}=${word}`);
    if (isOurs(field.message)) listAll(field.message, into);
  }
}

function listUsed(schema: DescMessage, object: JsonObject, into: Set<string>): void {
  for (const field of schema.fields) {
    const value = object[field.name];
    if (value === undefined) continue;
    const name = nameOf(schema, field);
    into.add(name);
    const values = field.fieldKind === "map" ? Object.values(value as JsonObject) : [value].flat();
    for (const one of values as JsonValue[]) {
      if (isOurs(field.message)) listUsed(field.message, one as JsonObject, into);
      else if (typeof one === "string") into.add(`${name}=${one}`);
    }
  }
}

function nameOf(schema: DescMessage, field: DescField): string {
  return `${schema.name}.${field.name}`;
}

function isOurs(message: DescMessage | undefined): message is DescMessage {
  return message?.file.proto.package === DefinitionSchema.file.proto.package;
}

/** Returns the words of a closed vocabulary; none where any word may stand. */
function wordsOf(field: DescField): readonly string[] {
  if (!hasOption(field, rulesExtension)) return [];
  const { type } = getOption(field, rulesExtension);
  const rules = type.case === "map" ? type.value.values?.type : type;
  return rules?.case === "string" ? rules.value.in : [];
}
