/**
 * A plugin of buf that makes of the contract what people and their tools read: the OpenAPI document, the JSON Schema of
 * definitions for editors, and the reference of definitions. It runs after `gen` has been made, because it uses the
 * service's own code, so that what is told is what is served.
 */
import { readFileSync } from "node:fs";
import { create, createFileRegistry, type JsonObject } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  type CodeGeneratorResponse,
  CodeGeneratorResponseSchema,
  CodeGeneratorResponse_Feature as Feature,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { runNodeJs } from "@bufbuild/protoplugin";
import { createDefinitionReference } from "./openapi/definition-reference.ts";
import { createDefinitionSchema } from "./openapi/definition-schema.ts";
import { createDocument } from "./openapi/document.ts";

const own = "datajetty.dashboards.v1";

runNodeJs({ name: "protoc-gen-openapi", version: "v1", run });

function run({ protoFile }: CodeGeneratorRequest): CodeGeneratorResponse {
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: protoFile }));
  const services = ["DashboardsService", "ConnectionsService"].map((name) => registry.getService(`${own}.${name}`)!);
  const definition = registry.getMessage(`${own}.Definition`)!;
  const introduction = readFileSync(new URL("openapi/definition.md", import.meta.url), "utf8");
  return create(CodeGeneratorResponseSchema, {
    supportedFeatures: BigInt(Feature.PROTO3_OPTIONAL),
    file: [
      { name: "gen/openapi.json", content: toText(createDocument(services)) },
      { name: "gen/definition.schema.json", content: toText(createDefinitionSchema(definition)) },
      { name: "docs/definition.md", content: createDefinitionReference(definition, introduction) },
    ],
  });
}

function toText(json: JsonObject): string {
  return `${JSON.stringify(json, null, 2)}\n`;
}
