import { readFileSync } from "node:fs";
import type { DescMethodUnary, JsonObject, JsonValue } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { faults, type Reason } from "../../src/errors/fault.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { dashboards } from "./fixtures.ts";
import { type Answer, type Call, createProtocols } from "./protocols.ts";

type Case = {
  readonly name: string;
  readonly method: string;
  readonly request: JsonObject;
  /** What the answer has at least; a string that starts with `~` is a pattern. */
  readonly response?: JsonObject;
  readonly reason?: Reason;
  readonly fields?: readonly string[];
};

const cases = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "utf8")) as Case[];
const document = readFileSync(new URL("../../docs/dashboards-api.md", import.meta.url), "utf8");

const service = await startTestService();
const protocols = createProtocols(service.url);
const headers = { authorization: `Bearer ${await service.token({ tenant: "acme" })}` };
for (const { tenant, request } of dashboards) await service.save(tenant, request);

const test = suite("contract");

test.after(async () => {
  protocols.close();
  await service.close();
});

for (const title of ["Render", "Share", "Save Definition"]) {
  test(`the request of the case "${title}, as documented" is the document's own`, () => {
    const section = document.split(`### ${title}\n`)[1]!;
    const json = /\*\*Request\*\*\n```json\n([\s\S]*?)\n```/.exec(section)![1]!;
    const documented = JSON.parse(json.replace("{...}", "{}").replace("[...]", "[]"));
    assert.equal(cases.find(({ name }) => name === `${title}, as documented`)?.request, documented);
  });
}

// Case by case over all protocols, because a later case may save over an earlier one's dashboard.
for (const item of cases) {
  for (const protocol of ["rest", "connect", "grpc", "grpcWeb"] as const) {
    test(`${item.name} (${protocol})`, async () => {
      judge(item, protocol, await call(protocols[protocol], item));
    });
  }
}

test("the same call gives the same message over all protocols", async () => {
  const item = cases.find(({ name }) => name === "a render without filters")!;
  const { ttl_s: _, ...expected } = (await call(protocols.rest, item)).message!;
  for (const protocol of [protocols.connect, protocols.grpc, protocols.grpcWeb]) {
    const { ttl_s: _, ...message } = (await call(protocol, item)).message!;
    assert.equal(message, expected);
  }
});

test.run();

function call(protocol: Call, { method, request }: Case): Promise<Answer> {
  const desc = DashboardsService.methods.find(({ name }) => name === method) as DescMethodUnary;
  return protocol(desc, request, headers);
}

function judge({ response, reason, fields }: Case, protocol: string, answer: Answer): void {
  assert.is(answer.reason, reason);
  if (reason !== undefined) {
    const { status, code } = faults[reason];
    const isHttp = protocol === "rest";
    if (protocol !== "connect") assert.is(answer.code, isHttp ? status : code);
    for (const field of fields ?? [])
      assert.ok(answer.fields.includes(field), `${field} in ${answer.fields.join(", ")}`);
  }
  if (response !== undefined) matches(answer.message!, response, "");
  assert.match(answer.header("x-request-id") ?? "", /^[!-~]{1,255}$/);
}

function matches(actual: JsonValue | undefined, expected: JsonValue, path: string): void {
  if (typeof expected === "string" && expected.startsWith("~")) {
    assert.match(String(actual), new RegExp(expected.slice(1)), path);
  } else if (typeof expected === "object" && expected !== null) {
    for (const [key, value] of Object.entries(expected)) {
      matches((actual as Record<string, JsonValue> | undefined)?.[key], value as JsonValue, `${path}.${key}`);
    }
  } else {
    assert.is(actual, expected, path);
  }
}
