/**
 * Gathers the third-party protos that ours import into `.proto/`, so that no copy of them is kept
 * here: Google's and gRPC's as npm packages ship them, protovalidate's printed from the descriptor
 * that its package ships (it has no source file, and the schema registry is not always reachable).
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DescEnum, DescExtension, DescField, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { file_buf_validate_validate } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, ".proto");

const shipped = {
  "google/api/annotations.proto": "google-proto-files/google/api/annotations.proto",
  "google/api/http.proto": "google-proto-files/google/api/http.proto",
  "google/api/httpbody.proto": "google-proto-files/google/api/httpbody.proto",
  "google/rpc/error_details.proto": "google-proto-files/google/rpc/error_details.proto",
  "google/rpc/status.proto": "google-proto-files/google/rpc/status.proto",
  "grpc/health/v1/health.proto": "grpc-health-check/proto/health/v1/health.proto",
  "grpc/reflection/v1/reflection.proto": "@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto",
  "grpc/reflection/v1alpha/reflection.proto": "@grpc/reflection/build/proto/grpc/reflection/v1alpha/reflection.proto",
};

rmSync(out, { recursive: true, force: true });
for (const [to, from] of Object.entries(shipped)) {
  mkdirSync(dirname(join(out, to)), { recursive: true });
  cpSync(join(root, "node_modules", from), join(out, to));
}
mkdirSync(join(out, "buf/validate"), { recursive: true });
writeFileSync(join(out, "buf/validate/validate.proto"), printValidate());

function printValidate(): string {
  const file = file_buf_validate_validate;
  const extensions = file.extensions.map(
    (ext) => `extend ${ext.extendee.typeName} {\n  optional ${typeName(ext)} ${ext.name} = ${ext.number};\n}`,
  );
  return [
    'syntax = "proto2";',
    `package ${file.proto.package};`,
    ...file.dependencies.map((dependency) => `import "${dependency.name}.proto";`),
    ...extensions,
    ...file.messages.map(printMessage),
    ...file.enums.map(printEnum),
    "",
  ].join("\n");
}

function printMessage(message: DescMessage): string {
  const members = message.members.map((member) =>
    member.kind === "oneof"
      ? `oneof ${member.name} {\n${member.fields.map((field) => printField(field, "")).join("\n")}\n}`
      : printField(member, label(member)),
  );
  const extensible = message.proto.extensionRange.map((range) =>
    range.end > 500_000_000 ? `extensions ${range.start} to max;` : `extensions ${range.start} to ${range.end - 1};`,
  );
  const nested = [...message.nestedMessages.map(printMessage), ...message.nestedEnums.map(printEnum)];
  return `message ${message.name} {\n${[...members, ...extensible, ...nested].join("\n")}\n}`;
}

function printField(field: DescField, prefix: string): string {
  return `${prefix}${typeName(field)} ${field.name} = ${field.number};`;
}

function label(field: DescField): string {
  if (field.fieldKind === "map") return "";
  return field.fieldKind === "list" ? "repeated " : "optional ";
}

function typeName(field: DescField | DescExtension): string {
  if (field.fieldKind === "map") {
    const value = field.mapKind === "scalar" ? scalarName(field.scalar) : `.${(field.message ?? field.enum).typeName}`;
    return `map<${scalarName(field.mapKey)}, ${value}>`;
  }
  return field.scalar === undefined ? `.${(field.message ?? field.enum)?.typeName}` : scalarName(field.scalar);
}

function scalarName(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}

function printEnum(desc: DescEnum): string {
  return `enum ${desc.name} {\n${desc.values.map((value) => `${value.name} = ${value.number};`).join("\n")}\n}`;
}
