import { readdirSync } from "node:fs";
import {
  clone,
  createFileRegistry,
  type DescMessage,
  type DescMethod,
  type JsonObject,
  type JsonValue,
  setExtension,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { field as fieldRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { limitsOf } from "../../proto/openapi/limits.ts";
import { faults } from "../../src/errors/fault.ts";
import { readRules } from "../../src/rest/rules.ts";
import { policies } from "../../src/rpc/policy.ts";
import { readDocument } from "../docs/markdown.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";

/** What is made of the contract for people and their tools: it says all of it, and what the service does. */
const test = suite("gen/openapi.json and gen/definition.schema.json");

const text = readDocument("gen/openapi.json");
const document = JSON.parse(text) as JsonObject;
const definitionSchema = JSON.parse(readDocument("gen/definition.schema.json")) as JsonObject;
const methods: readonly DescMethod[] = [...DashboardsService.methods, ...ConnectionsService.methods];

const ajv = new Ajv2020({ strictTypes: false, allErrors: true });
formats.default(ajv);
// The document is no schema itself: what it has besides those it holds is no keyword.
ajv.addVocabulary(Object.keys(document));
ajv.addSchema(document, "openapi.json");

const service = await startTestService();
test.after(service.close);

test("the document is OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors, null, 2));
  assert.match(document.openapi as string, /^3\.1\./);
});

test("every method is in it, with its scope, its words and an example, and no other", () => {
  const operations = Object.values(document.paths as JsonObject).flatMap((path) => Object.values(path as JsonObject));
  assert.equal(
    operations.map((operation) => (operation as JsonObject).operationId).sort(),
    methods.map(({ name }) => name).sort(),
  );
  for (const method of methods) {
    const operation = operationOf(method);
    assert.equal(operation.security, [{ bearer: [policies[method.name]!.scope] }]);
    assert.ok((operation.summary as string).endsWith("."), method.name);
    const examples = [...findExamples(operation, "requestBody"), ...findExamples(operation, "responses")];
    assert.ok(examples.length > 0, `${method.name} has an example`);
  }
});

test("every field is in it, where the service reads it", () => {
  const seen = new Set<DescMessage>();
  for (const method of methods) {
    const [{ body, responseBody }] = readRules(method) as [ReturnType<typeof readRules>[number]];
    const { parameters, requestBody } = operationOf(method);
    const names = (parameters as JsonObject[]).flatMap(({ name }) => name ?? []);
    const sent = body === "" ? [] : Object.keys(schemaOf(method.input).properties as JsonObject);
    assert.is(requestBody !== undefined, body !== "", method.name);
    assert.equal([...names, ...sent].sort(), method.input.fields.map(({ name }) => name).sort(), method.name);
    for (const { message } of method.input.fields) if (message !== undefined) visit(message);
    if (responseBody === "") visit(method.output);
  }
  assert.ok(seen.size > 40);

  function visit(message: DescMessage): void {
    if (message.typeName.startsWith("google.") || seen.has(message)) return;
    seen.add(message);
    const { properties } = schemaOf(message);
    assert.equal(
      Object.keys(properties as JsonObject),
      message.fields.map(({ name }) => name),
      message.name,
    );
    for (const field of message.fields) if (field.message !== undefined) visit(field.message);
  }
});

test("the statuses of a method are those of its errors", () => {
  for (const method of methods) {
    const responses = operationOf(method).responses as Record<string, JsonObject>;
    for (const status of ["200", "400", "401", "403", "429", "500", "503"]) {
      assert.ok(status in responses, `${method.name} ${status}`);
    }
    for (const [status, { description }] of Object.entries(responses)) {
      const reasons = [...(description as string).matchAll(/^- `([A-Z_]+)`: ./gm)].map(([, reason]) => reason!);
      assert.ok(reasons.every((reason) => `${faults[reason as keyof typeof faults].status}` === status));
      assert.ok(status === "200" || reasons.length > 0, `${method.name} ${status}`);
    }
  }
});

test("what is shown as an example fits its schema", () => {
  for (const method of methods) {
    const operation = operationOf(method);
    for (const [path, value] of [...findExamples(operation, "requestBody"), ...findExamples(operation, "responses")]) {
      mustFit(schemaAt(method, path), value, `${method.name} ${path.join("/")}`);
    }
  }
});

/** The one that the reference begins with. */
const definition = parse(/```yaml\n([\s\S]*?)```/.exec(readDocument("docs/definition.md"))![1]!) as JsonObject;

const calls: [method: string, path: string, body: JsonObject, status: number][] = [
  ["SaveDefinition", "/definitions", definition, 200],
  ["Render", "/render", { dashboard_id: "orders" }, 200],
  ["Share", "/share", { dashboard_id: "orders", expires_in_s: 3_600 }, 200],
  ["Export", "/export", { dashboard_id: "orders", format: "json", panel: "orders-a-day" }, 200],
  ["Render", "/render", { dashboard_id: "none" }, 404],
  ["Share", "/share", { dashboard_id: "not an id", expires_in_s: 1 }, 400],
];

for (const [name, path, body, status] of calls) {
  test(`${name}, answered ${status}, fits`, async () => {
    const method = methods.find((each) => each.name === name)!;
    const response = await service.post(path, body);
    assert.is(response.status, status);
    mustFit(schemaAt(method, ["requestBody"]), body, "request", status !== 400);
    const answer = (await response.json()) as JsonObject;
    const schema = schemaAt(method, ["responses", `${status}`]);
    mustFit(schema, answer, "answer");
    mustFit(
      schema,
      { ...answer, ...(status === 200 ? { dashboard_id: 1, version: "1", url: 1 } : { error: "other" }) },
      "",
      false,
    );
    const headers = (operationOf(method).responses as Record<string, JsonObject>)[`${status}`]!.headers as JsonObject;
    assert.equal(
      Object.keys(headers).filter((header) => !response.headers.has(header)),
      [],
    );
  });
}

test("a read fits as well, with all that a definition holds", async () => {
  const answer = await fetch(`${service.api}/definitions/orders`, {
    headers: { authorization: `Bearer ${await service.token({})}` },
  });
  const method = methods.find(({ name }) => name === "GetDefinition")!;
  mustFit(schemaAt(method, ["responses", "200"]), (await answer.json()) as JsonValue, "answer");
});

test("the demo's definitions fit their schema, and what is misspelt or too long does not", () => {
  const fits = new Ajv2020({ strictTypes: false });
  formats.default(fits);
  const validate = fits.compile(definitionSchema);
  const folder = new URL("../../demo/dashboards/", import.meta.url);
  const names = readdirSync(folder);
  assert.ok(validate(definition), JSON.stringify(validate.errors));
  for (const name of names) {
    const value = parse(readDocument(`demo/dashboards/${name}`)) as JsonObject;
    assert.ok(validate(value), `${name}: ${JSON.stringify(validate.errors)}`);
    for (const [what, wrong] of wrongOnes(value)) assert.not(validate(wrong), `${name}: ${what}`);
  }
  assert.ok(names.length > 5);
});

test("a limit that cannot be told stops the making of it", () => {
  const proto = clone(FileDescriptorProtoSchema, DashboardsService.file.proto);
  const message = proto.messageType.find(({ name }) => name === "RenderRequest")!;
  const [id] = message.field;
  setExtension(id!.options!, fieldRules, { type: { case: "string", value: { contains: "x" } } } as never);
  const { dependencies } = DashboardsService.file;
  const registry = createFileRegistry(proto, (name) => dependencies.find((other) => other.proto.name === name));
  const changed = registry.getMessage("datajetty.dashboards.v1.RenderRequest")!;
  assert.throws(() => limitsOf(changed.fields[0]!), /RenderRequest.dashboard_id: the rule StringRules.contains/);
});

test("both are served, compressed for whoever takes that, and need not be sent twice", async () => {
  for (const [path, file] of [
    ["/openapi.json", text],
    ["/definition.schema.json", readDocument("gen/definition.schema.json")],
  ] as const) {
    const plain = await ask(path, { "accept-encoding": "identity" });
    assert.is(plain.status, 200);
    assert.is(plain.headers.get("content-type"), "application/json");
    assert.is(plain.headers.get("cache-control"), "no-cache");
    assert.is(plain.headers.get("x-content-type-options"), "nosniff");
    assert.is(plain.headers.get("vary"), "accept-encoding");
    assert.is(await plain.text(), file);
    for (const coding of ["br", "gzip"]) {
      const packed = await ask(path, { "accept-encoding": coding });
      assert.is(packed.headers.get("content-encoding"), coding);
      assert.ok(Number(packed.headers.get("content-length")) < file.length / 4);
      assert.is(await packed.text(), file);
      const etag = packed.headers.get("etag")!;
      const again = await ask(path, { "accept-encoding": coding, "if-none-match": etag });
      assert.is(again.status, 304);
      assert.is((await ask(path, { "accept-encoding": "identity", "if-none-match": etag })).status, 200);
    }
    const head = await fetch(service.url + path, { method: "HEAD", headers: { "accept-encoding": "identity" } });
    assert.is(head.headers.get("content-length"), `${Buffer.byteLength(file)}`);
    const posted = await fetch(service.url + path, { method: "POST" });
    assert.is(posted.status, 404);
    assert.is(posted.headers.get("allow"), "GET, HEAD");
  }
});

test.run();

function operationOf(method: DescMethod): JsonObject {
  const [{ httpMethod, path }] = readRules(method) as [ReturnType<typeof readRules>[number]];
  return (document.paths as Record<string, Record<string, JsonObject>>)[path]![httpMethod.toLowerCase()]!;
}

function schemaOf(message: DescMessage): JsonObject {
  return (document.components as Record<string, Record<string, JsonObject>>).schemas![message.name]!;
}

/** Returns a reference to the schema of a request's body or of an answer. */
function schemaAt(method: DescMethod, path: readonly string[]): JsonObject {
  const [rule] = readRules(method) as [ReturnType<typeof readRules>[number]];
  const steps = ["paths", rule.path, rule.httpMethod.toLowerCase(), ...path, "content", "application/json", "schema"];
  return { $ref: `openapi.json#/${steps.map((step) => step.replaceAll("/", "~1")).join("/")}` };
}

function findExamples(operation: JsonObject, part: "requestBody" | "responses"): [path: string[], value: JsonValue][] {
  const holders: [string[], JsonObject][] =
    part === "responses"
      ? Object.entries(operation.responses as JsonObject).map(([status, answer]) => [
          [part, status],
          answer as JsonObject,
        ])
      : operation.requestBody === undefined
        ? []
        : [[[part], operation.requestBody as JsonObject]];
  return holders.flatMap(([path, { content }]) => {
    const { examples = {} } = ((content as JsonObject)["application/json"] ?? {}) as { examples?: JsonObject };
    return Object.values(examples).map((each): [string[], JsonValue] => [path, (each as JsonObject).value!]);
  });
}

function mustFit(schema: JsonObject, value: JsonValue, what: string, expected = true): void {
  const validate = ajv.compile(schema);
  assert.is(validate(value), expected, `${what}: ${JSON.stringify(validate.errors)}`);
}

function wrongOnes(value: JsonObject): [what: string, value: JsonObject][] {
  const { layout: given, ...withoutLayout } = value;
  const layout = given as JsonObject;
  const [panel, ...panels] = layout.panels as JsonObject[];
  const withPanel = (changed: JsonObject) => ({ ...value, layout: { ...layout, panels: [changed, ...panels] } });
  return [
    ["a misspelt field", withPanel({ ...panel, tittle: "x" })],
    ["a field of another message", { ...value, title: "x" }],
    ["a title of 257 characters", { ...value, layout: { ...layout, title: "x".repeat(257) } }],
    ["a word that is none of those it takes", { ...value, layout: { ...layout, theme: "blue" } }],
    ["a panel of two kinds", withPanel({ ...panel, stat: { value: "a" }, text: { markdown: "a" } })],
    ["a number in quotes", withPanel({ ...panel, grid: { w: "6", h: 3 } })],
    ["no layout", withoutLayout],
  ];
}

function ask(path: string, headers: Record<string, string>): Promise<Response> {
  return fetch(service.url + path, { headers });
}
