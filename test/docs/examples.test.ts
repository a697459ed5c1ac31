import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { type Block, parseSections, readDocument } from "./markdown.ts";
import { type Curl, parseCurl } from "./parse-curl.ts";

/** The examples of docs/api.md, run in their order against a service: each must answer what stands below it. */
const test = suite("examples of docs/api.md");

const service = await startTestService({ PUBLIC_URL: "https://dashboards.example.com" });
test.after(service.close);

type Example = {
  readonly title: string;
  readonly command: string;
  readonly status: number;
  readonly answer: JsonValue;
};

const sections = parseSections(readDocument("docs/api.md"));
const examples = sections.flatMap(({ title, blocks }) =>
  blocks.flatMap((block, at) => toExamples(title, blocks, at, block)),
);

/** What later commands name: the shell's variables of the document. */
const variables: Record<string, string> = {
  API: service.api,
  TOKEN: await service.token({ tenant: "demo", subject: "developer" }),
};

test("every method has an example", () => {
  const titles = new Set(examples.map(({ title }) => title));
  assert.equal(
    [...DashboardsService.methods, ...ConnectionsService.methods]
      .map(({ name }) => name)
      .filter((name) => !titles.has(name)),
    [],
  );
});

for (const [at, { title, command, status, answer }] of examples.entries()) {
  test(`${title}, example ${at + 1}`, async () => {
    const { url, method, headers, body }: Curl = parseCurl(command, variables);
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
    const actual = (await response.json()) as JsonObject;
    assert.is(response.status, status, JSON.stringify(actual));
    compare(actual, answer, "answer");
    if (typeof actual.share_id === "string") variables.SHARE_ID = actual.share_id;
  });
}

test("a dead link answers as the document says", async () => {
  const page = await fetch(`${service.url}/s/none`);
  assert.is(page.status, 404);
  assert.is(page.headers.get("cache-control"), "private, no-store");
  assert.is(page.headers.get("referrer-policy"), "no-referrer");
  assert.is(page.headers.get("x-robots-tag"), "noindex, nofollow");
});

test.run();

/** A block of `sh` that calls curl, and the block of `json` after it. */
function toExamples(title: string, blocks: readonly Block[], at: number, { language, text }: Block): Example[] {
  const next = blocks[at + 1];
  if (language !== "sh" || !text.startsWith("curl ")) return [];
  if (next?.language !== "json") throw new Error(`${title}: a call without its answer`);
  const status = Number(/answers (\d{3})/.exec(blocks[at]!.before + next.before)?.[1] ?? 200);
  return [{ title, command: text, status, answer: JSON.parse(next.text) as JsonValue }];
}

/** Compares what is the same in every run; what is not only has to look alike. */
function compare(actual: JsonValue | undefined, documented: JsonValue, path: string): void {
  if (documented === "...") return;
  if (Array.isArray(documented)) {
    assert.ok(Array.isArray(actual), path);
    assert.is(actual.length, documented.length, path);
    for (const [index, item] of documented.entries()) compare(actual[index], item, `${path}[${index}]`);
  } else if (typeof documented === "object" && documented !== null) {
    const { "...": more, ...fields } = documented;
    const names = Object.keys(actual as JsonObject);
    if (more === undefined) assert.equal(names.sort(), Object.keys(fields).sort(), path);
    for (const [name, value] of Object.entries(fields))
      compare((actual as JsonObject)[name], value!, `${path}.${name}`);
  } else {
    const pattern = typeof documented === "string" ? patternOf(documented) : undefined;
    if (/\.(ttl_s|duration_ms)$/.test(path)) assert.type(actual, "number", path);
    else if (pattern === undefined) assert.is(actual, documented, path);
    else assert.match(String(actual), pattern, path);
  }
}

/** Returns how a value that varies looks; undefined for one that does not. */
function patternOf(documented: string): RegExp | undefined {
  const alike = [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/, /^[0-9a-f]{64}$/, /^[A-Za-z0-9_-]{22}$/];
  const escaped = documented.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return documented.includes("...")
    ? new RegExp(`^${escaped.replaceAll("\\.\\.\\.", "[\\s\\S]+")}$`)
    : alike.find((pattern) => pattern.test(documented));
}
