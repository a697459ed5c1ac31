import { readFileSync } from "node:fs";
import { type DescField, type DescMessage, getOption, hasOption, toBinary } from "@bufbuild/protobuf";
import { FieldDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import * as assert from "uvu/assert";
import { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import {
  DashboardsService,
  PreviewDefinitionRequestSchema,
  SaveDefinitionRequestSchema,
  ValidateDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { http } from "../../gen/google/api/annotations_pb.js";
import { policies } from "../../src/rpc/policy.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";

const service = await startTestService();
const test = suite("routes of the contract");
test.after(service.close);

const base = "/api/v1/data-consumption/dashboards";

/**
 * Where each method stands over HTTP, below the base, and what its body is: `*` for the whole message.
 * `buf breaking` does not see these. A row may be added; one that was released stays as it is.
 */
const routes = [
  ["Render", "post", "/render", "*"],
  ["Export", "post", "/export", "*"],
  ["Share", "post", "/share", "*"],
  ["SaveDefinition", "post", "/definitions", "*"],
  ["GetDefinition", "get", "/definitions/{dashboard_id}", ""],
  ["ValidateDefinition", "post", "/definitions:validate", "*"],
  ["PreviewDefinition", "post", "/definitions:preview", "*"],
  ["ListDefinitions", "get", "/definitions", ""],
  ["ListVersions", "get", "/definitions/{dashboard_id}/versions", ""],
  ["PublishDefinition", "post", "/definitions/{dashboard_id}:publish", "*"],
  ["RestoreDefinition", "post", "/definitions/{dashboard_id}:restore", "*"],
  ["ArchiveDefinition", "delete", "/definitions/{dashboard_id}", ""],
  ["ListShares", "get", "/shares", ""],
  ["RevokeShare", "delete", "/shares/{share_id}", ""],
  ["ListConnections", "get", "/connections", ""],
  ["SaveConnection", "post", "/connections", "*"],
  ["DeleteConnection", "delete", "/connections/{name}", ""],
  ["TestConnection", "post", "/connections/{name}:test", "*"],
] as const;

test("every method stands where it always stood, and nowhere else", () => {
  const found = [...DashboardsService.methods, ...ConnectionsService.methods].map((method) => {
    assert.ok(hasOption(method, http), `${method.name} has a google.api.http rule`);
    const { pattern, body, responseBody, additionalBindings } = getOption(method, http);
    assert.is(responseBody, method.name === "Export" ? "file" : "", method.name);
    assert.equal(additionalBindings, [], method.name);
    return [method.name, pattern.case, pattern.value, body];
  });
  assert.equal(
    found,
    routes.map(([method, verb, path, body]) => [method, verb, `${base}${path}`, body]),
  );
});

test("every route is served, and asks for a token first", async () => {
  for (const [method, verb, path] of routes) {
    const answer = await fetch(`${service.api}${path.replace(/{\w+}/, "x")}`, { method: verb.toUpperCase() });
    assert.is(answer.status, 401, method);
  }
});

test("every method has a policy, and every policy a method", () => {
  assert.equal(Object.keys(policies).sort(), routes.map(([method]) => method).sort());
});

test("the documented paths are among them", () => {
  const document = readFileSync(new URL("../../docs/dashboards-api.md", import.meta.url), "utf8");
  assert.is(new URL(/\*\*Base URL\*\*\s+`(.*)`/.exec(document)![1]!).pathname, base);
  const documented = [...document.matchAll(/\*\*Path:\*\* `([A-Z]+) (.*)`/g)].map(
    ([, verb, path]) => `${verb} ${path}`,
  );
  assert.equal(documented, ["POST /render", "POST /share", "POST /definitions"]);
  const ours = routes.map(([, verb, path]) => `${verb.toUpperCase()} ${path}`);
  for (const route of documented)
    assert.ok(
      ours.some((own) => own === route),
      route,
    );
});

for (const schema of [SaveDefinitionRequestSchema, ValidateDefinitionRequestSchema, PreviewDefinitionRequestSchema]) {
  test(`${schema.name} repeats the fields of Definition: names, numbers, types and limits`, () => {
    assert.equal(fieldsOf(schema).slice(0, DefinitionSchema.fields.length), fieldsOf(DefinitionSchema));
  });
}

test("what a save or a preview adds of its own leaves Definition room to grow", () => {
  const own = (schema: DescMessage) => schema.fields.slice(DefinitionSchema.fields.length).map(({ number }) => number);
  for (const schema of [SaveDefinitionRequestSchema, PreviewDefinitionRequestSchema])
    assert.ok(own(schema).every((number) => number >= 20));
  assert.equal(own(ValidateDefinitionRequestSchema), []);
});

test.run();

function fieldsOf(schema: DescMessage) {
  return schema.fields.map((field: DescField) => ({
    name: field.name,
    number: field.number,
    // All that the proto says of it, its limits included.
    descriptor: Buffer.from(toBinary(FieldDescriptorProtoSchema, field.proto)).toString("hex"),
  }));
}
