import { create } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { createDashboardsClient, DashboardsError, unwrap } from "../../client/src/index.ts";
import { RenderRequestSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { ordersOf } from "./orders.ts";

/** What the client makes of calls that go well, against the service itself. */
const test = suite("calls of the client");
const service = await startTestService();
test.after(service.close);

const clientOf = async (tenant: string) =>
  createDashboardsClient({ baseUrl: service.url, token: await service.token({ tenant }) });
const client = await clientOf("acme");

test("the three documented calls answer as documented", async () => {
  const saved = await client.saveDefinition(ordersOf("ops_overview"));
  assert.ok(saved.ok);
  assert.equal([saved.value.dashboardId, saved.value.status, saved.value.version], ["ops_overview", "active", 1]);
  assert.match(saved.requestId, /^[0-9a-f]{32}$/);

  const rendered = await client.render({ dashboardId: "ops_overview", filters: { region: "IN" } });
  assert.ok(rendered.ok);
  assert.match(rendered.value.html, /^<div[\s\S]*>10</);
  assert.is(rendered.value.ttlS, 300);

  const shared = await client.share({ dashboardId: "ops_overview", expiresInS: 3600 });
  assert.ok(shared.ok);
  assert.match(shared.value.url, /^https:\/\/links\.test\/s\//);
});

test("the documented base URL, with its path, leads to the service too", async () => {
  const { api } = service;
  const token = await service.token({});
  for (const baseUrl of [api, `${api}/`, `${service.url}/`]) {
    const answer = await createDashboardsClient({ baseUrl, token }).getDefinition({ dashboardId: "ops_overview" });
    assert.ok(answer.ok, baseUrl);
  }
  assert.throws(() => createDashboardsClient({ baseUrl: "dashboards", token }), /URL/);
});

test("plain JSON stands where the API takes a value, and a message where the API takes a message", async () => {
  const request = create(RenderRequestSchema, { dashboardId: "ops_overview" });
  assert.match(unwrap(await client.render(request)).html, />30</);
  const filters = { region: null };
  assert.match(unwrap(await client.render({ dashboardId: "ops_overview", filters })).html, />30</);
  const options = { filters: [{ name: "region", type: "string", default: "US", options: ["IN", "US"] }] };
  unwrap(await client.saveDefinition({ ...ordersOf("with_default"), ...options }));
  assert.match(unwrap(await client.render({ dashboardId: "with_default" })).html, />20</);
});

test("a definition goes through its whole life", async () => {
  const dashboardId = "life";
  unwrap(await client.saveDefinition(ordersOf(dashboardId, "First")));
  unwrap(await client.saveDefinition({ ...ordersOf(dashboardId, "Second"), draft: true }));
  assert.is(unwrap(await client.validateDefinition(ordersOf(dashboardId))).problems.length, 0);
  const { plan } = unwrap(await client.publishDefinition({ dashboardId, dryRun: true }));
  const { expectedVersion, expectedRevision } = plan!;
  const published = await client.publishDefinition({ dashboardId, expectedVersion, expectedRevision });
  assert.is(unwrap(published).version, 2);
  assert.is(unwrap(await client.restoreDefinition({ dashboardId, version: 1 })).version, 3);
  assert.is(unwrap(await client.getDefinition({ dashboardId })).definition?.layout?.title, "First");
  assert.is(unwrap(await client.listVersions({ dashboardId })).versions.length, 3);
  assert.is(unwrap(await client.archiveDefinition({ dashboardId })).status, "archived");
});

test("a file arrives as it is, and what is not saved yet is shown", async () => {
  const { file } = unwrap(await client.export({ dashboardId: "ops_overview", format: "csv", panel: "orders" }));
  assert.match(file!.contentType, /^text\/csv/);
  assert.is(new TextDecoder().decode(file!.data).split(/\r?\n/)[0], "region,orders");
  const { rendered } = unwrap(await client.previewDefinition(ordersOf("unsaved", "Größe")));
  assert.match(rendered!.html, /Größe/);
});

test("connections are kept, tried and deleted", async () => {
  const kind = { case: "http", value: { url: "http://127.0.0.1:9" } } as const;
  assert.is(unwrap(await client.saveConnection({ name: "api", kind })).connection?.name, "api");
  assert.is(unwrap(await client.listConnections({})).connections.length, 1);
  assert.not(unwrap(await client.testConnection({ name: "api" })).ok);
  assert.is(unwrap(await client.deleteConnection({ name: "api" })).name, "api");
});

test("lists go on over all pages", async () => {
  const lists = await clientOf("lists");
  const ids = ["a", "b", "c", "d", "e"];
  for (const id of ids) unwrap(await lists.saveDefinition(ordersOf(id)));
  for (const title of ["Two", "Three"]) unwrap(await lists.saveDefinition(ordersOf("a", title)));
  for (const dashboardId of ids) unwrap(await lists.share({ dashboardId, expiresInS: 60 }));
  const definitions = await Array.fromAsync(lists.definitions({ pageSize: 2 }));
  assert.equal(
    definitions.map(({ dashboardId }) => dashboardId),
    ids,
  );
  const versions = await Array.fromAsync(lists.versions("a"));
  assert.equal(
    versions.map(({ version }) => version),
    [3, 2, 1],
  );
  const shares = await Array.fromAsync(lists.shares({ pageSize: 3 }));
  assert.equal(
    shares.map(({ dashboardId }) => dashboardId),
    ids.toReversed(),
  );
  const one = await Array.fromAsync(lists.shares({ dashboardId: "b" }));
  assert.is(one.length, 1);
  unwrap(await lists.revokeShare({ shareId: one[0]!.shareId }));
  assert.is((await Array.fromAsync(lists.shares())).length, 4);
  try {
    await Array.fromAsync(lists.versions("none"));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, DashboardsError);
    assert.is((error as DashboardsError).code, "not_found");
  }
});

test("a token is asked for before each call, and may name another tenant to act for", async () => {
  const asked: string[] = [];
  const scopes = ["dashboards:render", "dashboards:publish", "tenants:act-as"];
  const internal = createDashboardsClient({
    baseUrl: service.url,
    tenant: "lists",
    async token() {
      asked.push("asked");
      return service.token({ tenant: "platform", scopes });
    },
  });
  const answer = unwrap(await internal.getDefinition({ dashboardId: "a" }));
  assert.is(answer.definition?.layout?.title, "Three");
  unwrap(await internal.getDefinition({ dashboardId: "a" }));
  assert.is(asked.length, 2);
});

test.run();
