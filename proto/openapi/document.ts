import type { DescField, DescMessage, DescMethod, DescService, JsonObject } from "@bufbuild/protobuf";
import { requestIdPattern } from "../../src/http/request-id.ts";
import { readRules } from "../../src/rest/rules.ts";
import { errorSchema, headerComponents } from "./answers.ts";
import { readExamples } from "./examples.ts";
import { type Guide, readGuide } from "./guide.ts";
import { methodToOperation } from "./operation.ts";
import { messageToSchema } from "./schema.ts";
import { wordsOf } from "./words.ts";

const introduction = `Server-side dashboards: saved definitions and live data in, finished HTML out.

Here are the methods as JSON over HTTP. The same are spoken as Connect, gRPC and gRPC-Web on the same port. JSON is read
strictly: fields go by the names written here, and one that is unknown is an error. The API sends no CORS headers: it is
called from a back end, never from a browser with a token.`;

/**
 * Returns the OpenAPI document (3.1) of the services' methods by their google.api.http rules.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function createDocument(services: readonly DescService[]): JsonObject {
  const guide = readGuide();
  const methods = services.flatMap((service) => service.methods);
  const examples = readExamples(guide.sections, methods);
  const schemas = createSchemas(methods);
  const paths: Record<string, JsonObject> = {};
  for (const method of methods) {
    const [rule, ...more] = readRules(method);
    if (rule === undefined || more.length > 0) throw new Error(`${method.name} does not have one rule`);
    const options = { guide, examplesOf: ({ name }: DescMethod) => examples.get(name) ?? [], ...schemas };
    const path = toPath(rule);
    paths[path] = { ...paths[path], [rule.httpMethod.toLowerCase()]: methodToOperation(method, rule, options) };
  }
  return {
    openapi: "3.1.1",
    info: { title: "Dashboards", version: "v1", description: introduction },
    servers: [{ url: "/" }],
    tags: services.map((service) => ({ name: service.name, description: wordsOf(service) })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: wordFor(guide, "Authorization") },
      },
      parameters: headerParameters(guide),
      headers: headerComponents(guide),
      schemas: { Error: errorSchema, ...schemas.all() },
    },
  };
}

/** OpenAPI's variables stand for one segment, and so must those of the rule. */
function toPath({ path, template }: ReturnType<typeof readRules>[number]): string {
  if (template.segments.some((segment, at) => segment.startsWith("*") && !isVariable(at)) || path.includes("=")) {
    throw new Error(`${path} cannot be told in OpenAPI`);
  }
  return path;

  function isVariable(at: number): boolean {
    return template.variables.some(({ start, end }) => start === at && end === at + 1);
  }
}

function headerParameters(guide: Guide): JsonObject {
  const names = ["X-Request-Id", "Idempotency-Key", "X-Tenant-Id"];
  return Object.fromEntries(
    names.map((name) => {
      const schema = name === "X-Tenant-Id" ? { type: "string" } : { type: "string", pattern: requestIdPattern.source };
      return [name, { name, in: "header", required: false, description: wordFor(guide, name), schema }];
    }),
  );
}

function wordFor({ requestHeaders }: Guide, header: string): string {
  const words = requestHeaders.get(header);
  if (words === undefined) throw new Error(`docs/api.md does not tell of ${header}`);
  return words;
}

/** Collects the schemas of messages that are referred to, under their names. */
function createSchemas(methods: readonly DescMethod[]) {
  const sent = new Set<DescMessage>();
  for (const { input } of methods) addReachable(sent, input);
  const found = new Map<DescMessage, ReadonlySet<string>>();
  const schemas: Record<string, JsonObject> = {};
  return { refer, referSent, all: () => schemas };

  function refer(message: DescMessage): JsonObject {
    return referSent(message, nothing);
  }

  function referSent(message: DescMessage, without: ReadonlySet<string>): JsonObject {
    if (!found.has(message)) {
      if (message.name in schemas || message.name === "Error")
        throw new Error(`two messages are named ${message.name}`);
      found.set(message, without);
      // Its place first, so that a message stands before those that it holds, and can hold itself.
      schemas[message.name] = {};
      schemas[message.name] = messageToSchema(message, { isSent: sent.has(message), without }, refer);
    } else if (found.get(message)!.symmetricDifference(without).size > 0) {
      throw new Error(`${message.name} is sent in two forms`);
    }
    return { $ref: `#/components/schemas/${message.name}` };
  }
}

function addReachable(found: Set<DescMessage>, message: DescMessage): void {
  if (found.has(message)) return;
  found.add(message);
  for (const field of message.fields as readonly DescField[]) {
    if (field.message !== undefined) addReachable(found, field.message);
  }
}

const nothing: ReadonlySet<string> = new Set();
