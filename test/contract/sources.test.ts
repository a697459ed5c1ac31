import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { numbered, startService as startGrpcService } from "../source/grpc-service.ts";
import { createWarehouse, startBlackHole, startHangUp, startWebService } from "./upstreams.ts";

/** Whole dashboards over real systems on the loopback. */
const test = suite("sources by connections");

const warehouse = await createWarehouse();
const asked: string[] = [];
const web = await startWebService((request, response) => {
  asked.push(request.url!);
  const region = new URL(request.url!, "http://api.test").searchParams.get("region");
  const own = ["IN", "US"].map((each, at) => ({ region: each, goal: 4 + at }));
  const all = request.url!.startsWith("/of-other") ? [{ region: "Elsewhere", goal: 1 }] : own;
  const rows = all.filter((row) => region === null || row.region === region);
  response.setHeader("content-type", "application/json").end(JSON.stringify({ rows }));
});
const grpc = await startGrpcService((call) => {
  call.write(numbered(2, 1));
  call.end();
});
const blackHole = await startBlackHole();
const hangUp = await startHangUp();
const flaky = await startWebService((_, response) => {
  response.setHeader("content-type", "application/json").end('{"rows":[{"region":"KEPT"}]}');
});
const nobody = await startHangUp();
await nobody.close();
const ports = [web, flaky, grpc, blackHole, hangUp, nobody].map(({ port }) => port);
const service = await startTestService({
  ALLOWED_HOSTS: [warehouse.allowed, ...ports.map((port) => `127.0.0.1:${port}`)].join(),
  RATE_PER_SECOND: "100000",
  RATE_BURST: "100000",
});

test.after(async () => {
  await service.close();
  for (const upstream of [web, blackHole, hangUp]) await upstream.close();
  grpc.close();
});

const as = async (tenant: string) => ({ authorization: `Bearer ${await service.token({ tenant })}` });

async function connect(name: string, connection: JsonObject, tenant = "acme"): Promise<void> {
  const answer = await service.post("/connections", { name, ...connection }, await as(tenant));
  if (!answer.ok) throw new Error(`${name} was not saved: ${await answer.text()}`);
}

const webAt = (port: number): JsonObject => ({ http: { url: `http://127.0.0.1:${port}` } });

type State = { readonly id: string; readonly error?: string; readonly stale?: boolean };

async function render(id: string, filters: JsonObject = {}, tenant = "acme", rest: JsonObject = {}) {
  const answer = await service.post("/render", { dashboard_id: id, filters, ...rest }, await as(tenant));
  const body = (await answer.json()) as JsonObject;
  const panels = (body.panels ?? []) as unknown as readonly State[];
  return { status: answer.status, headers: answer.headers, body, panels, html: `${body.html}` };
}

/** A dashboard with a table for each datasource that `shown` names. */
const dashboard = (id: string, datasources: readonly JsonObject[], shown = datasources.map((each) => each.id!)) => ({
  dashboard_id: id,
  layout: { title: id, panels: shown.map((datasource) => ({ id: `on-${datasource}`, datasource, table: {} })) },
  datasources: [...datasources],
});

const errorsOf = (panels: readonly State[]) =>
  Object.fromEntries(panels.flatMap(({ id, error }) => (error ? [[id, error]] : [])));

const orders = (rest: JsonObject = {}): JsonObject => ({
  ...{
    id: "orders",
    sql: { connection: "warehouse", query: "select region, n from orders [[ where region = :region ]]" },
  },
  ...rest,
});
const goals = (connection = "web", rest: JsonObject = {}): JsonObject => ({
  ...{ id: "goals", http: { connection, path: "/goals", query: { region: ":region" }, rows: "/rows" } },
  ...rest,
});

test.before(async () => {
  await mkdir(join(service.filesDir, "acme"), { recursive: true });
  writeFileSync(join(service.filesDir, "acme", "names.csv"), "region,name\nIN,India\nUS,America\n");
  await connect("warehouse", warehouse.connection);
  await connect("web", webAt(web.port));
  await connect("numbers", { grpc: { host: "127.0.0.1", port: grpc.port, tls: "off" } });
  await connect("files", { duckdb: { files: [{ path: "names.csv" }] } });
  await connect("flaky", webAt(flaky.port));
  await connect("hole", webAt(blackHole.port));
  await connect("nobody", webAt(nobody.port));
  await connect("hang-up", webAt(hangUp.port));
});

const everything = dashboard(
  "everything",
  [
    orders(),
    goals(),
    { id: "numbers", grpc: { connection: "numbers", query: "numbers" } },
    { id: "names", sql: { connection: "files", query: "select region, name from names" } },
    {
      id: "joined",
      derived: {
        from: ["orders", "goals", "names"],
        query: "select name, n, goal from orders join goals using (region) join names using (region) order by n",
      },
    },
  ],
  ["orders", "goals", "numbers", "joined"],
);

test("one page shows a database, files, a web service, a gRPC service and what joins them, under one filter", async () => {
  await service.save("acme", everything);
  const { status, body, panels, html } = await render("everything", { region: "US" });
  assert.equal([status, body.partial ?? false, errorsOf(panels)], [200, false, {}]);
  assert.match(html, "America");
  assert.not.match(html, "India");
  assert.equal(asked, ["/goals?region=US"]);
});

test("what was read is not read again by another look of the page, nor under a filter that a source does not name", async () => {
  await render("everything", { region: "US" });
  const before = asked.length;
  const { status, panels } = await render("everything", { region: "US" }, "acme", { theme: "dark" });
  assert.equal([status, asked.length, panels.length], [200, before, 4]);
});

test("a definition may come before its connections, and shows their data from when they are there", async () => {
  const later = dashboard("later", [goals("later")]);
  const draft = await service.post("/definitions:validate", later, await as("acme"));
  assert.equal([draft.status, ((await draft.json()) as JsonObject).problems ?? []], [200, []]);
  await service.save("acme", later);
  assert.is((await render("later")).status, 503);
  await connect("later", webAt(web.port));
  assert.is((await render("later")).status, 200);
});

test("once a connection is saved anew nothing is shown that was read by it before, on pages kept whole either", async () => {
  await connect("moves", webAt(web.port));
  await service.save("acme", dashboard("moves", [goals("moves")]));
  assert.is((await render("moves")).status, 200);
  await connect("moves", webAt(nobody.port));
  assert.is((await render("moves")).status, 503);
});

test("a connection is its tenant's: another's of the same name leads elsewhere, and a missing one nowhere", async () => {
  await service.save("other", dashboard("mine", [goals()]));
  assert.is((await render("mine", {}, "other")).status, 503);
  await connect("web", { http: { url: `http://127.0.0.1:${web.port}/of-other` } }, "other");
  assert.match((await render("mine", {}, "other")).html, "Elsewhere");
  assert.not.match((await render("everything")).html, "Elsewhere");
});

test("one source down: the page is whole but for its panel, which says so, and is partial", async () => {
  await service.save("acme", dashboard("one-down", [orders(), goals("nobody")]));
  const { status, body, panels, html } = await render("one-down");
  assert.equal([status, body.partial, errorsOf(panels)], [200, true, { "on-goals": "source_unavailable" }]);
  assert.match(html, "out of reach");
  assert.match(html, "US");
});

test("one source wrong: its panel says so, without the database's own words", async () => {
  const query = "select secret_column from orders";
  await service.save("acme", dashboard("one-wrong", [orders({ sql: { connection: "warehouse", query } }), goals()]));
  const { status, panels, html } = await render("one-wrong");
  assert.equal([status, errorsOf(panels)], [200, { "on-orders": "source_failed" }]);
  assert.not.match(html, "secret_column");
});

test("all sources down and nothing fresh enough: 503, and when to try again", async () => {
  await service.save(
    "acme",
    dashboard("all-down", [goals("nobody"), orders({ sql: { connection: "gone", query: "select 1" } })]),
  );
  const { status, headers, body } = await render("all-down");
  assert.equal([status, body.error], [503, "dependency_down"]);
  assert.ok(Number(headers.get("retry-after")) > 0);
  assert.not.match(JSON.stringify(body), "127.0.0.1");
});

test("a source that goes down leaves its rows for as long as its bound, and they are marked", async () => {
  await service.save("acme", dashboard("kept", [goals("flaky", { ttl_s: 1, max_stale_s: 3 })]));
  const read = async () => {
    const { status, panels } = await render("kept");
    return [status, panels[0]?.stale ?? false];
  };
  assert.equal(await read(), [200, false]);
  await flaky.close();
  await sleep(1_100);
  assert.equal(await read(), [200, true]);
  await sleep(2_100);
  assert.equal(await read(), [503, false]);
});

test("two hundred renders of a source that hangs up reach it no more than thirty times", async () => {
  await service.save("acme", dashboard("hang-up", [goals("hang-up")]));
  const statuses = new Set<number>();
  for (let round = 0; round < 25; round += 1) {
    const regions = Array.from({ length: 8 }, (_, at) => `${round}-${at}`);
    const answers = await Promise.all(regions.map((region) => render("hang-up", { region })));
    for (const { status } of answers) statuses.add(status);
  }
  assert.equal([...statuses], [503]);
  assert.ok(hangUp.connections() >= 1 && hangUp.connections() <= 30, `${hangUp.connections()} connections`);
});

test("fifty readers of a tenant who come at once are all served, by a source that takes its time", async () => {
  await connect("warehouse", warehouse.connection, "crowd");
  const query = "select :region::text as region, 1 as n from pg_sleep(0.3)";
  await service.save("crowd", dashboard("crowded", [orders({ sql: { connection: "warehouse", query } })]));
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) => render("crowded", { region: `reader ${at}` }, "crowd")),
  );
  assert.equal([...new Set(answers.map(({ status }) => status))], [200]);
  assert.ok(answers.every(({ html }, at) => html.includes(`reader ${at}`)));
});

test("a tenant whose source hangs does not slow another's pages", async () => {
  await service.save("acme", dashboard("stuck", [goals("hole")]));
  await connect("warehouse", warehouse.connection, "other");
  await service.save("other", dashboard("sound", [orders()]));
  const sound = (region: string) => render("sound", { region }, "other");
  await sound("warm");
  const stuck = Array.from({ length: 40 }, (_, at) => render("stuck", { region: `${at}` }));
  await sleep(100);
  const times: number[] = [];
  for (let at = 0; at < 100; at += 1) {
    const startMs = performance.now();
    assert.is((await sound(`r${at}`)).status, 200);
    times.push(performance.now() - startMs);
  }
  times.sort((a, b) => a - b);
  assert.ok(times[98]! < 1_000, `p99 of ${times[98]} ms`);
  const answers = await Promise.all(stuck);
  assert.ok(answers.every(({ status }) => status === 503 || status === 429));
});

test.run();
