import type { DescMethodUnary, JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createProtocols } from "../contract/protocols.ts";
import { suite } from "../harness.ts";
import { createDataFolder, type RunningService } from "../process.ts";

const test = suite("idempotency");
const folder = createDataFolder();
// Links start with it, so that a restart on another port does not change them.
const env = { PUBLIC_URL: "https://links.test" };
let service: RunningService;

test.before(async () => {
  service = await folder.start(env);
});
test.after(() => folder.remove());

const definition = (title: string, id = "ops") => ({ dashboard_id: id, layout: { title }, datasources: [] });

/** Calls with a key, and returns status and body as they came. */
async function call(path: string, key: string, body: JsonObject): Promise<string> {
  const answer = await service.post(path, body, { "x-request-id": key });
  return `${answer.status} ${await answer.text()}`;
}

const versionsOf = async (id: string) => {
  const answer = await service.get(`/definitions/${id}`);
  return ((await answer.json()) as { version: number }).version;
};

/** Ends the service as a crash would, and starts it again. */
async function crash(): Promise<void> {
  service.signal("SIGKILL");
  await service.ended;
  service = await folder.start(env);
}

test("50 duplicates at once have one effect and one answer", async () => {
  await call("/definitions", "first", definition("First"));
  const calls = Array.from({ length: 50 }, () => call("/definitions", "second", definition("Second")));
  assert.equal(
    [...new Set(await Promise.all(calls))],
    ['200 {"dashboard_id":"ops","status":"active","version":2,"revision":0}'],
  );
  assert.is(await versionsOf("ops"), 2);
});

test("a replay of what was saved over since is still the first answer, and has no effect", async () => {
  await call("/definitions", "third", definition("Third"));
  assert.match(await call("/definitions", "second", definition("Second")), '"version":2');
  assert.is(await versionsOf("ops"), 3);
});

test("50 duplicates of a link at once are one link", async () => {
  const request = { dashboard_id: "ops", expires_in_s: 3600 };
  const answers = await Promise.all(Array.from({ length: 50 }, () => call("/share", "link", request)));
  assert.is(new Set(answers).size, 1);
  assert.match(answers[0]!, /^200 /);
});

test("the same key with another message is refused and changes nothing", async () => {
  const refusal = await call("/definitions", "third", definition("Other"));
  assert.match(refusal, /^400 .*"REQUEST_ID_REUSED"/);
  assert.not.match(refusal, "Other");
  assert.is(await versionsOf("ops"), 3);
  assert.match(await call("/definitions", "third", definition("Third")), '"version":3');
});

test("a failure is not kept: the same call with the same key works later", async () => {
  const request = { dashboard_id: "later", expires_in_s: 3600 };
  assert.match(await call("/share", "early", request), /^404 /);
  await call("/definitions", "later", definition("Later", "later"));
  assert.match(await call("/share", "early", request), /^200 /);
});

test("after kill -9 the same call gives the same bytes, for a save and for a link", async () => {
  const save = () => call("/definitions", "before", definition("Before", "crash"));
  const share = () => call("/share", "link", { dashboard_id: "ops", expires_in_s: 3600 });
  const before = [await save(), await share()];
  await crash();
  assert.equal([await save(), await share()], before);
  assert.is(await versionsOf("crash"), 1);
});

test("a key used over REST is the same one over every other protocol", async () => {
  await call("/definitions", "shared", definition("Shared", "protocols"));
  const save = DashboardsService.method.saveDefinition as DescMethodUnary;
  const protocols = createProtocols(service.url);
  const headers = { authorization: `Bearer ${await folder.token()}`, "x-request-id": "shared" };
  const over = (name: "grpc" | "grpcWeb" | "connect", title: string) =>
    protocols[name](save, definition(title, "protocols"), headers);
  const replays = await Promise.all([over("grpc", "Shared"), over("grpcWeb", "Shared"), over("connect", "Shared")]);
  const others = await Promise.all([over("grpc", "Other"), over("grpcWeb", "Other"), over("connect", "Other")]);
  protocols.close();
  for (const { message } of replays) {
    assert.equal(message, { dashboard_id: "protocols", status: "active", version: 1, revision: 0 });
  }
  for (const { reason } of others) assert.is(reason, "REQUEST_ID_REUSED");
  assert.is(await versionsOf("protocols"), 1);
});

test.run();
