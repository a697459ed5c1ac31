import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";

const service = await startTestService();
const test = suite("tokens that hold their caller to filters");

const sales = {
  columns: [{ name: "region" }, { name: "city" }, { name: "orders" }],
  rows: [
    ["IN", "Pune", 1],
    ["US", "Boise", 2],
    ["US", "Omaha", 3],
  ],
};
const table = { title: "Orders", datasource: "sales", table: {} };

test.before(async () => {
  const filters = [
    { name: "region", type: "string" },
    { name: "city", type: "string", options_from: { datasource: "sales", column: "city" } },
  ];
  await service.save("acme", {
    dashboard_id: "orders",
    filters,
    layout: { panels: [table] },
    datasources: [{ id: "sales", inline: sales }],
  });
  await service.save("acme", {
    dashboard_id: "loose",
    layout: { panels: [{ ...table, datasource: "other" }] },
    datasources: [
      { id: "sales", inline: sales },
      { id: "other", inline: { columns: [{ name: "n" }], rows: [[1]] } },
    ],
  });
});

test.after(() => service.close());

const call = async (held: JsonObject, path: string, body: JsonObject, headers: Record<string, string> = {}) => {
  const token = await service.token({ held, scopes: ["dashboards:render", "dashboards:share", "dashboards:publish"] });
  const answer = await service.post(path, body, { authorization: `Bearer ${token}`, ...headers });
  return { status: answer.status, json: (await answer.json()) as JsonObject };
};
const render = (held: JsonObject, filters: JsonObject = {}, dashboard_id = "orders") =>
  call(held, "/render", { dashboard_id, filters });
const cities = (text: unknown) => ["Pune", "Boise", "Omaha"].filter((city) => String(text).includes(city));
const pageOf = async (share: { json: JsonObject }, query = "") =>
  (await fetch(`${service.url}${new URL(String(share.json.url)).pathname}${query}`)).text();

test("renders hold only what the token lets through, and nobody is shown what another was", async () => {
  for (const round of [1, 2]) {
    assert.equal(cities((await render({})).json.html), ["Pune", "Boise", "Omaha"], `round ${round}`);
    assert.equal(cities((await render({ region: "IN" })).json.html), ["Pune"]);
    assert.equal(cities((await render({ region: "US" })).json.html), ["Boise", "Omaha"]);
  }
});

test("a caller may ask for less, and not for more", async () => {
  const less = await render({ region: "US" }, { city: "Boise" });
  assert.not.match(String(less.json.html), "Pune");
  assert.is((await render({ region: "IN" }, { region: "IN" })).status, 200);
  for (const region of ["US", null, "", ["IN"]]) {
    const more = await render({ region: "IN" }, { region });
    assert.equal([more.status, more.json.reason], [400, "INVALID_FILTER"]);
  }
});

test("options that are offered tell of nothing beyond", async () => {
  assert.equal(cities((await render({ region: "IN" })).json.html), ["Pune"]);
  const controls = String((await render({}, { region: "IN" })).json.html);
  assert.equal(cities(controls), ["Pune", "Boise", "Omaha"], "a choice of the reader's own may be undone");
});

test("options of a datasource that is not narrowed with the panels are not offered, held or fixed", async () => {
  const city = { name: "city", type: "string", options_from: { datasource: "cities", column: "city" } };
  await service.save("acme", {
    dashboard_id: "offers",
    filters: [
      { name: "region", type: "string", default: "IN" },
      city,
      { name: "orders", type: "number", options_from: { datasource: "sales", column: "orders" } },
    ],
    layout: { panels: [table] },
    datasources: [
      { id: "sales", inline: sales },
      { id: "cities", inline: { columns: [{ name: "city" }], rows: sales.rows.map(([, name]) => [name!]) } },
    ],
  });
  const share = { dashboard_id: "offers", expires_in_s: 300, viewer_filters: ["city", "orders"] };
  const open = async (filters: JsonObject) => cities(await pageOf(await call({}, "/share", { ...share, filters })));
  assert.equal(cities((await render({}, {}, "offers")).json.html), ["Pune", "Boise", "Omaha"]);
  assert.equal(await open({}), ["Pune", "Boise", "Omaha"]);
  assert.equal(cities((await render({ region: "IN" }, {}, "offers")).json.html), ["Pune"]);
  assert.equal(await open({ region: "IN" }), ["Pune"], "also where a page of the same values is kept");
});

test("who is confined to a span is not told what was before it", async () => {
  const stat = { title: "N", datasource: "a", stat: { value: "n", reduce: "sum", compare: "previous_period" } };
  const columns = [{ name: "day", type: "time" }, { name: "n" }];
  const rows = [
    ["2026-01-15", 777],
    ["2026-02-15", 1],
  ];
  await service.save("acme", {
    dashboard_id: "spans",
    filters: [{ name: "day", type: "range" }],
    layout: { panels: [stat] },
    datasources: [{ id: "a", inline: { columns, rows } }],
  });
  const filters = { day: "2026-02-01/2026-03-04" };
  const share = { dashboard_id: "spans", expires_in_s: 300 };
  assert.match(String((await render({}, filters, "spans")).json.html), "777");
  assert.not.match(String((await render(filters, {}, "spans")).json.html), "777");
  for (const held of [filters, {}])
    assert.not.match(await pageOf(await call(held, "/share", { ...share, filters })), "777");
});

test("a dashboard that could not be held to it is refused, naming the panels", async () => {
  const { status, json } = await render({ region: "IN" }, {}, "loose");
  assert.equal([status, json.reason], [400, "INVALID_FILTER"]);
  const unknown = await render({ country: "IN" });
  assert.equal([unknown.status, unknown.json.reason], [400, "INVALID_FILTER"]);
});

test("a link shows no more than its maker may see", async () => {
  const share = { dashboard_id: "orders", expires_in_s: 300, viewer_filters: ["city"] };
  const made = await call({ region: "IN" }, "/share", share);
  assert.is(made.status, 200);
  const page = await pageOf(made);
  assert.equal(cities(page), ["Pune"]);
  assert.match(page, '<option value="Pune">');
  assert.not.match(await pageOf(made, "?region=US"), "Boise");
  const opened = await call({ region: "IN" }, "/share", { ...share, viewer_filters: ["region"] });
  assert.equal([opened.status, opened.json.reason], [400, "INVALID_FILTER"]);
  const other = await call({ region: "IN" }, "/share", { ...share, filters: { region: "US" } });
  assert.equal([other.status, other.json.reason], [400, "INVALID_FILTER"]);
});

test("one caller's link is not replayed to another who sends the same", async () => {
  const share = { dashboard_id: "orders", expires_in_s: 300 };
  const id = { "x-request-id": "held-1" };
  const first = await call({ region: "IN" }, "/share", share, id);
  assert.is((await call({ region: "IN" }, "/share", share, id)).json.url, first.json.url);
  const second = await call({ region: "US" }, "/share", share, id);
  assert.equal([second.status, second.json.reason], [400, "REQUEST_ID_REUSED"]);
});

test("methods that show or change whole definitions refuse such a token", async () => {
  const refused = { status: 403, reason: "TOKEN_NARROWED" };
  const definition = { dashboard_id: "orders", layout: {}, datasources: [] };
  for (const path of ["/definitions", "/definitions:validate", "/definitions:preview", "/definitions/orders:publish"]) {
    const { status, json } = await call({ region: "IN" }, path, definition);
    assert.equal({ status, reason: json.reason }, refused, path);
  }
  const authorization = `Bearer ${await service.token({ held: { region: "IN" } })}`;
  for (const [path, status] of [
    ["/definitions/orders", 403],
    ["/definitions/orders/versions", 403],
    ["/shares", 403],
    ["/definitions", 200],
  ] as const) {
    assert.is((await fetch(`${service.api}${path}`, { headers: { authorization } })).status, status, path);
  }
});

test.run();
