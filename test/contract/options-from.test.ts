import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";

const service = await startTestService();
const test = suite("options from a datasource");
test.after(() => service.close());

const regions = {
  columns: [{ name: "code" }, { name: "name" }, { name: "market" }],
  rows: [
    ["IN", "India", "east"],
    ["US", "America", "west"],
    ["BR", "Brazil", "west"],
  ],
};
const orders = { columns: [{ name: "region" }, { name: "market" }], rows: [["IN", "east"]] };

const save = (dashboard_id: string, filter: JsonObject, source: JsonObject) =>
  service.save("acme", {
    dashboard_id,
    filters: [
      {
        name: "region",
        type: "string",
        options_from: { datasource: "regions", column: "code", label: "name" },
        ...filter,
      },
      { name: "market", type: "string", default: "west" },
    ],
    layout: { panels: [{ title: "Orders", datasource: "orders", table: {} }] },
    datasources: [
      { id: "regions", ...source },
      { id: "orders", inline: orders },
    ],
  });

const render = async (dashboard_id: string, filters: JsonObject = {}) => {
  const answer = await service.post("/render", { dashboard_id, filters });
  return (await answer.json()) as { html: string; partial?: boolean; ttl_s: number };
};
const pageOf = async (dashboard_id: string, share: JsonObject, query = "") => {
  const answer = await service.post("/share", { dashboard_id, expires_in_s: 300, ...share });
  const { url } = (await answer.json()) as { url: string };
  return (await fetch(`${service.url}${new URL(url).pathname}${query}`)).text();
};
const optionsIn = (html: string) =>
  [...html.matchAll(/<option value="([^"]+)"( selected="")?>([^<]+)</g)].map(([, value, , words]) => [value, words]);

test("an embed offers them all, whatever the reader has chosen", async () => {
  await save("embed", {}, { inline: regions });
  const all = [
    ["IN", "India"],
    ["US", "America"],
    ["BR", "Brazil"],
  ];
  assert.equal(optionsIn((await render("embed")).html), all);
  assert.equal(optionsIn((await render("embed", { region: "IN", market: "east" })).html), all);
});

test("a link offers those that its fixed filters leave, defaults included", async () => {
  await save("link", {}, { inline: regions });
  const viewer_filters = ["region"];
  assert.equal(
    optionsIn(await pageOf("link", { viewer_filters })).map(([value]) => value),
    ["US", "BR"],
  );
  const east = { viewer_filters, filters: { market: "east" } };
  assert.equal(
    optionsIn(await pageOf("link", east, "?market=west")).map(([value]) => value),
    ["IN"],
  );
  const both = { viewer_filters: ["region", "market"] };
  assert.is(optionsIn(await pageOf("link", both, "?market=east")).length, 3);
});

test("a value that is not offered is taken, and stays to be seen", async () => {
  await save("other", {}, { inline: regions });
  const page = await pageOf("other", { viewer_filters: ["region"] }, "?region=XX");
  assert.match(page, '<option value="XX" selected="">XX</option>');
});

test("a datasource that fails leaves a field to write in, and the page is whole", async () => {
  await save("failing", {}, { duckdb: { files: [{ path: "gone.parquet" }], query: "select 1 as code" } });
  const { html, partial, ttl_s } = await render("failing");
  assert.match(html, /<input type="text"[^>]* name="region"/);
  assert.is(partial ?? false, false);
  assert.ok(ttl_s <= 5, "it is asked again soon");
});

test.run();
