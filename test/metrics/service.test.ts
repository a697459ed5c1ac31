import { request } from "node:http";
import type { DescMethodUnary } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createProtocols } from "../contract/protocols.ts";
import { startWebService } from "../contract/upstreams.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { parseScrape, sampleOf } from "./scrape.ts";

/** What Prometheus is told by a whole service, on a port of its own. */
const test = suite("metrics of a service");

const web = await startWebService((asked, response) => {
  response.statusCode = asked.url === "/down" ? 404 : 200;
  response.setHeader("content-type", "application/json").end(JSON.stringify({ rows: [{ region: "IN" }] }));
});
const service = await startTestService({ ADMIN_PORT: "0", ALLOWED_HOSTS: `127.0.0.1:${web.port}` });
const adminUrl = service.adminUrl!;
const protocols = createProtocols(service.url);
const headers = { authorization: `Bearer ${await service.token({})}` };
const render = DashboardsService.method.render as DescMethodUnary;
const all = ["rest", "connect", "grpc", "grpc-web"] as const;

test.after(async () => {
  protocols.close();
  await service.close();
  await web.close();
});

const scrape = async () => parseScrape(await (await fetch(`${adminUrl}/metrics`)).text()).samples;

/** What a metric is when it has become that: a request counts once its connection has told that it is over. */
async function soon(name: string, labels: Record<string, string>, expected: number): Promise<void> {
  const endMs = performance.now() + 5_000;
  let value = sampleOf(await scrape(), name, labels);
  for (; value !== expected && performance.now() < endMs; value = sampleOf(await scrape(), name, labels)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.is(value, expected, `${name} ${JSON.stringify(labels)}`);
}

function dashboard(id: string, source: object) {
  const panels = [{ title: "Rows", datasource: "rows", table: {} }];
  return { dashboard_id: id, layout: { title: id, panels }, datasources: [{ id: "rows", ttl_s: 60, ...source }] };
}

test("calls are counted by method, protocol and how they ended, in all four protocols", async () => {
  await service.save("acme", dashboard("counted", { inline: { columns: [{ name: "n" }], rows: [[1]] } }));
  for (const name of all) {
    const call = protocols[name === "grpc-web" ? "grpcWeb" : name];
    await call(render, { dashboard_id: "counted" }, headers);
    await call(render, { dashboard_id: "absent" }, headers);
    await call(render, { dashboard_id: "counted" }, { authorization: "Bearer no" });
    await call(render, { dashboard_id: "counted", filters: { nonsense: "x" } }, headers);
  }
  for (const protocol of all) {
    for (const code of ["ok", "not_found", "unauthorized", "invalid_request"]) {
      await soon("dashboards_requests_total", { method: "Render", protocol, code }, 1);
    }
    const timed = { method: "Render", protocol };
    await soon("dashboards_request_duration_seconds_count", timed, 4);
    await soon("dashboards_request_duration_seconds_bucket", { ...timed, le: "+Inf" }, 4);
    const sumS = sampleOf(await scrape(), "dashboards_request_duration_seconds_sum", timed)!;
    assert.ok(sumS > 0 && sumS < 60, `${sumS} s`);
  }
});

test("what is no call is counted by the kind of its path, and never by the path", async () => {
  const { url } = (await (await service.post("/share", { dashboard_id: "counted", expires_in_s: 60 })).json()) as {
    url: string;
  };
  const link = service.url + new URL(url).pathname;
  const style = /\/assets\/[\w.-]+css/.exec(await (await fetch(link)).text())![0];
  for (const path of ["/s/no-such-token", style, "/healthz", "/secret-path"]) await fetch(service.url + path);
  await soon("dashboards_requests_total", { method: "/s/{token}", code: "ok" }, 1);
  await soon("dashboards_requests_total", { method: "/s/{token}", code: "not_found" }, 1);
  await soon("dashboards_requests_total", { method: "(asset)", code: "ok" }, 1);
  await soon("dashboards_requests_total", { method: "/healthz", code: "ok" }, 1);
  await soon("dashboards_requests_total", { method: "(none)", code: "not_found" }, 1);
  await soon("dashboards_links_opened_total", {}, 1);
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  for (const secret of ["secret-path", "acme", "counted", "no-such-token"]) assert.not.match(text, secret);
});

test("sources, what is drawn, and the cache are counted where they do something", async () => {
  await service.post("/connections", { name: "web", http: { url: `http://127.0.0.1:${web.port}` } });
  const from = (path: string) => ({ http: { connection: "web", path, rows: "/rows" } });
  await service.save("acme", dashboard("read", from("/up")));
  await service.save("acme", dashboard("failing", from("/down")));
  await service.save("acme", dashboard("lost", { sql: { connection: "nobody", query: "select 1" } }));
  const before = await scrape();
  const value = (name: string, labels: Record<string, string> = {}) => sampleOf(before, name, labels) ?? 0;
  for (const id of ["read", "read", "failing", "lost"]) await service.post("/render", { dashboard_id: id });
  await soon("dashboards_source_reads_total", { kind: "http", outcome: "ok" }, 1);
  await soon("dashboards_source_reads_total", { kind: "http", outcome: "source_failed" }, 1);
  await soon("dashboards_source_reads_total", { kind: "sql", outcome: "source_failed" }, 1);
  await soon("dashboards_source_read_duration_seconds_count", { kind: "http" }, 2);
  await soon("dashboards_source_read_duration_seconds_count", { kind: "sql" }, 0);
  await soon("dashboards_draw_duration_seconds_count", {}, value("dashboards_draw_duration_seconds_count") + 1);
  const renders = { use: "renders" };
  await soon("dashboards_cache_hits_total", renders, value("dashboards_cache_hits_total", renders) + 1);
  await soon("dashboards_cache_misses_total", renders, value("dashboards_cache_misses_total", renders) + 3);
  assert.ok(sampleOf(await scrape(), "dashboards_cache_bytes", { use: "sources" })! > 0);
});

test("the port for operators has the probes as well, and nothing else; it takes no other method", async () => {
  const statusOf = async (path: string, method = "GET") => (await fetch(adminUrl + path, { method })).status;
  assert.equal(await (await fetch(`${adminUrl}/readyz`)).json(), { status: "ready", database: "up" });
  assert.is(await statusOf("/healthz"), 200);
  assert.is(await statusOf("/metrics", "HEAD"), 200);
  assert.equal([await statusOf("/metrics", "POST"), await statusOf("/"), await statusOf("/metrics/")], [404, 404, 404]);
  assert.is(await statusOf("/api/v1/data-consumption/dashboards/definitions"), 404);
});

test("the port for callers has no metrics, whatever it is asked as", async () => {
  const port = new URL(adminUrl).port;
  const statuses = await Promise.all(
    [{}, { host: `127.0.0.1:${port}` }].map(
      (more) =>
        new Promise((resolve, reject) => {
          const asked = request(`${service.url}/metrics`, { headers: more }, (response) => {
            response.resume();
            resolve(response.statusCode);
          });
          asked.once("error", reject).end();
        }),
    ),
  );
  assert.equal(statuses, [404, 404]);
});

test.run();
