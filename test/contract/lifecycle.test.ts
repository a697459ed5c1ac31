import { setTimeout as sleep } from "node:timers/promises";
import type { DescMethodUnary, JsonObject, JsonValue } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { createProtocols } from "./protocols.ts";

const service = await startTestService();
const protocols = createProtocols(service.url);
const test = suite("the life of definitions and links");

test.after(async () => {
  protocols.close();
  await service.close();
});

const regions = {
  columns: [{ name: "region" }, { name: "orders" }],
  rows: [
    ["IN", 1],
    ["US", 2],
  ],
};

const rowsOf = (list: JsonValue | undefined) => list as JsonObject[];
const tokenOf = (share: { url?: JsonValue | undefined }) => String(share.url).split("/s/")[1]!;

/** A dashboard whose only filter, `region`, is inferred. */
const content = (title: string): JsonObject => ({
  layout: { title, panels: [{ title: "Orders", datasource: "orders", table: {} }] },
  datasources: [{ id: "orders", inline: regions }],
});

for (const protocol of ["rest", "connect", "grpc", "grpcWeb"] as const) {
  const headers = async (extra: Record<string, string> = {}) => ({
    authorization: `Bearer ${await service.token({ tenant: `life-${protocol}` })}`,
    ...extra,
  });
  const ask = async (name: string, request: JsonObject, extra?: Record<string, string>) => {
    const method = DashboardsService.methods.find((each) => each.name === name) as DescMethodUnary;
    return protocols[protocol](method, request, await headers(extra));
  };
  const call = async (name: string, request: JsonObject, extra?: Record<string, string>) => {
    const { message, reason, fields } = await ask(name, request, extra);
    if (message === undefined) throw new Error(`${name}: ${reason} ${fields.join(", ")}`);
    return message;
  };
  const refusal = async (name: string, request: JsonObject) => (await ask(name, request)).reason;
  const dashboard_id = "orders";

  test(`a draft is kept apart until it is published (${protocol})`, async () => {
    const draft = await call("SaveDefinition", { dashboard_id, draft: true, note: "first", ...content("Draft") });
    assert.equal([draft.status, draft.version, draft.revision], ["draft", 0, 1]);
    assert.is(await refusal("Render", { dashboard_id }), "NOT_FOUND");
    assert.is(await refusal("Share", { dashboard_id, expires_in_s: 300 }), "NOT_FOUND");
    const read = await call("GetDefinition", { dashboard_id, draft: true });
    assert.equal([read.status, read.revision, read.note], ["draft", 1, "first"]);
    const dry = await call("PublishDefinition", { dashboard_id, dry_run: true });
    const { expected_version, expected_revision, panels } = dry.plan as JsonObject;
    assert.equal([dry.status, dry.version, expected_version, expected_revision], ["draft", 1, 0, 1]);
    assert.equal(panels, [{ id: "orders", title: "Orders", change: "added", fields: [] }]);
    assert.is(
      await refusal("PublishDefinition", { dashboard_id, dry_run: true, expected_version: 1 }),
      "STALE_VERSION",
    );
    assert.is(await refusal("Render", { dashboard_id }), "NOT_FOUND");
    const published = await call("PublishDefinition", { dashboard_id, expected_revision: 1 });
    assert.is(published.plan, undefined);
    assert.equal([published.status, published.version], ["active", 1]);
    assert.is((await call("Render", { dashboard_id })).version, 1);
    assert.is(await refusal("PublishDefinition", { dashboard_id }), "NOT_FOUND");
  });

  test(`versions are listed, and one of them restored as it was (${protocol})`, async () => {
    await call("SaveDefinition", { dashboard_id, note: "second", ...content("Two") });
    const { versions } = await call("ListVersions", { dashboard_id });
    assert.equal(
      rowsOf(versions).map(({ version, note, author }) => [version, note, author]),
      [
        [2, "second", "tester"],
        [1, "first", "tester"],
      ],
    );
    const restored = await call("RestoreDefinition", { dashboard_id, version: 1, note: "back" });
    assert.is(restored.version, 3);
    const first = await call("GetDefinition", { dashboard_id, version: 1 });
    const third = await call("GetDefinition", { dashboard_id });
    assert.equal(third.definition, first.definition);
    assert.is(third.digest, first.digest);
    assert.equal([first.status, third.status, third.note], ["superseded", "active", "back"]);
  });

  test(`a list goes on page by page, and its token is good for no other (${protocol})`, async () => {
    for (const id of ["a1", "a2", "a3", "b1"]) await call("SaveDefinition", { dashboard_id: id, ...content(id) });
    const list = { page_size: 2, prefix: "a" };
    const one = await call("ListDefinitions", list);
    const page_token = String(one.next_page_token);
    const two = await call("ListDefinitions", { ...list, page_token });
    const ids = [one, two].flatMap((page) => rowsOf(page.definitions).map((each) => each.dashboard_id));
    assert.equal([ids, two.next_page_token], [["a1", "a2", "a3"], ""]);
    assert.is(await refusal("ListDefinitions", { page_size: 2, prefix: "b", page_token }), "INVALID_REQUEST");
    assert.is(
      await refusal("ListDefinitions", { ...list, page_token: `${page_token.slice(0, -2)}AA` }),
      "INVALID_REQUEST",
    );
    assert.is(await refusal("ListVersions", { dashboard_id, page_token }), "INVALID_REQUEST");
  });

  test(`an archived dashboard answers as if it did not exist, until it is restored (${protocol})`, async () => {
    const { url } = await call("Share", { dashboard_id: "a1", expires_in_s: 300 });
    const token = tokenOf({ url });
    assert.is((await fetch(`${service.url}/s/${token}`)).status, 200);
    assert.is((await call("ArchiveDefinition", { dashboard_id: "a1" })).status, "archived");
    assert.is(await refusal("Render", { dashboard_id: "a1" }), "NOT_FOUND");
    assert.is(await refusal("Render", { dashboard_id: "a1", version: 1 }), "NOT_FOUND");
    assert.is((await fetch(`${service.url}/s/${token}`)).status, 404);
    const { definitions } = await call("ListDefinitions", { status: "archived" });
    assert.equal(
      rowsOf(definitions).map(({ dashboard_id: id }) => id),
      ["a1"],
    );
    assert.is((await call("GetDefinition", { dashboard_id: "a1" })).status, "archived");
    await call("RestoreDefinition", { dashboard_id: "a1" });
    assert.is((await fetch(`${service.url}/s/${token}`)).status, 200);
  });

  test(`a link is listed with what it may show, and withdrawn (${protocol})`, async () => {
    const share = {
      dashboard_id: "b1",
      expires_in_s: 300,
      filters: { region: "IN" },
      frame_ancestors: ["https://a.test"],
    };
    const made = await call("Share", share);
    const link = `${service.url}/s/${tokenOf(made)}`;
    const page = await fetch(link);
    assert.match(page.headers.get("content-security-policy") ?? "", "frame-ancestors https://a.test;");
    assert.is(page.headers.get("x-frame-options"), null);
    assert.not.match(await page.text(), ">US<");
    const found = async () => rowsOf((await call("ListShares", { dashboard_id: "b1" })).shares);
    for (let tries = 0; (await found())[0]?.opens !== 1 && tries < 30; tries += 1) await sleep(100);
    const [listed] = await found();
    assert.equal([listed?.share_id, listed?.creator, listed?.opens], [made.share_id, "tester", 1]);
    assert.equal([listed?.filters, listed?.frame_ancestors], [{ region: "IN" }, ["https://a.test"]]);
    assert.ok(listed?.last_opened_at);
    const key = { "x-request-id": `revoke-${protocol}` };
    const revoked = await call("RevokeShare", { share_id: made.share_id! }, key);
    assert.equal(await call("RevokeShare", { share_id: made.share_id! }, key), revoked);
    await sleep(1_050);
    assert.is((await fetch(link)).status, 404);
    assert.equal(await found(), []);
  });

  test(`a snapshot shows what it showed first, whatever is saved after it (${protocol})`, async () => {
    const share = { dashboard_id: "b1", expires_in_s: 300, snapshot: true };
    const link = `${service.url}/s/${tokenOf(await call("Share", share))}`;
    const first = await (await fetch(link)).text();
    await call("SaveDefinition", { dashboard_id: "b1", ...content("Another b1") });
    assert.is(await (await fetch(link)).text(), first);
    const [listed] = rowsOf((await call("ListShares", { dashboard_id: "b1" })).shares);
    assert.equal([listed?.snapshot, listed?.version], [true, 1]);
    assert.is(await refusal("Share", { ...share, viewer_filters: ["region"] }), "INVALID_REQUEST");
  });

  test(`a viewer changes the filters that the link leaves open, and no others (${protocol})`, async () => {
    const open = await call("Share", { dashboard_id: "b1", expires_in_s: 300, viewer_filters: ["region"] });
    const link = `${service.url}/s/${tokenOf(open)}`;
    const textOf = async (query: string) => (await fetch(`${link}${query}`)).text();
    assert.match(await textOf(""), ">US<");
    assert.not.match(await textOf("?region=IN"), ">US<");
    assert.match(await textOf("?region="), ">US<");
    assert.is(await textOf("?orders=2"), await textOf(""), "a name that is not the viewer's is ignored");
    assert.is((await fetch(`${link}?region=IN&region=US`)).status, 400);
    const both = { dashboard_id: "b1", expires_in_s: 300, viewer_filters: ["region"], filters: { region: "IN" } };
    assert.is(await refusal("Share", both), "INVALID_FILTER");
    assert.is(
      await refusal("Share", { dashboard_id: "b1", expires_in_s: 300, viewer_filters: ["x"] }),
      "INVALID_FILTER",
    );
  });

  test(`a check lists every problem and saves nothing (${protocol})`, async () => {
    const bad = { dashboard_id: "checked", layout: { theme: "neon", panels: [{ datasource: "no", table: {} }] } };
    const { problems } = await call("ValidateDefinition", bad);
    const fields = rowsOf(problems).map(({ field }) => field);
    assert.ok(fields.includes("layout.theme") && fields.includes("layout.panels[0].datasource"), fields.join());
    assert.equal((await call("ValidateDefinition", { dashboard_id: "checked", ...content("x") })).problems, []);
    assert.is(await refusal("GetDefinition", { dashboard_id: "checked" }), "NOT_FOUND");
  });

  test(`a link fails closed when the dashboard loses a filter that it fixes (${protocol})`, async () => {
    const { url } = await call("Share", { dashboard_id: "a2", expires_in_s: 300, filters: { region: "IN" } });
    const link = `${service.url}/s/${tokenOf({ url })}`;
    assert.is((await fetch(link)).status, 200);
    const wide = content("a2") as { layout: { panels: JsonObject[] }; datasources: JsonObject[] };
    wide.layout.panels.push({ title: "All", datasource: "all", table: {} });
    wide.datasources.push({ id: "all", inline: { columns: [{ name: "secret" }], rows: [["US"]] } });
    await call("SaveDefinition", { dashboard_id: "a2", ...(wide as unknown as JsonObject) });
    assert.is((await fetch(link)).status, 404);
  });

  test(`a replayed Share is answered as it was, whatever has become of the dashboard (${protocol})`, async () => {
    const share = { dashboard_id: "a3", expires_in_s: 300, filters: { region: "IN" } };
    const key = { "x-request-id": `replay-${protocol}` };
    const first = await call("Share", share, key);
    await call("SaveDefinition", {
      dashboard_id: "a3",
      layout: {},
      datasources: [{ id: "n", inline: { columns: [{ name: "n" }] } }],
    });
    assert.equal(await call("Share", share, key), first);
  });
}

test.run();
