import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { createBulkhead } from "../../src/limit/bulkhead.ts";
import { createHoldings } from "../../src/limit/holdings.ts";
import { toLoaded } from "../../src/rpc/definitions.ts";
import { asSaved } from "../../src/rpc/presentation.ts";
import { createDashboardRendering } from "../../src/rpc/render.ts";
import { definitionOf, duckdbOf } from "../definition/make.ts";
import { suite } from "../harness.ts";
import { frameOf } from "../render/gallery.ts";
import { createTestRenderer } from "../render/renderer.ts";
import { startTestService } from "../service.ts";

const test = suite("PreviewDefinition");
const service = await startTestService();
test.after(service.close);

const call = async (path: string, body: JsonObject | string, grant = {}) => {
  const authorization = `Bearer ${await service.token(grant)}`;
  const answer = await service.post(path, body, { authorization });
  return { status: answer.status, json: (await answer.json()) as JsonObject };
};
const preview = async (body: JsonObject | string, grant = {}) => call("/definitions:preview", body, grant);
const htmlOf = ({ json }: { json: JsonObject }) => String((json.rendered as JsonObject | undefined)?.html);

const orders = (title: string): JsonObject => ({
  dashboard_id: "orders",
  layout: { title, panels: [{ title: "Orders", datasource: "orders", table: {} }] },
  datasources: [
    {
      id: "orders",
      inline: {
        columns: [{ name: "region" }, { name: "n" }],
        rows: [
          ["IN", 17],
          ["US", 23],
        ],
      },
    },
  ],
});

/** The page as it is seen: its data names the version, and the moment is another. */
const seen = (html: string) => html.replace(/<script [\s\S]*$/, "").replace(/datetime="[^"]*">[^<]*/, "");

test("what is shown is what a save and a render show", async () => {
  await service.save("acme", { ...orders("Orders"), dashboard_id: "same" });
  const filters = { region: "IN" };
  const saved = await call("/render", { dashboard_id: "same", filters });
  const unsaved = await preview({ ...orders("Orders"), dashboard_id: "same", values: filters });
  const html = htmlOf(unsaved);
  assert.is(seen(html), seen(String(saved.json.html)));
  assert.ok(html.includes("17") && !html.includes("23"));
  assert.is((unsaved.json.rendered as JsonObject).version, 0);
});

test("nothing is saved, and what is saved and what is not are never taken for each other", async () => {
  const titles = ["First", "Second", "First"];
  for (const title of titles) assert.match(htmlOf(await preview(orders(title))), `>${title}</h1>`);
  assert.is((await call("/render", { dashboard_id: "orders" })).status, 404);
  await service.save("acme", orders("Saved"));
  assert.match(htmlOf(await preview(orders("Third"))), "Third");
  assert.match(String((await call("/render", { dashboard_id: "orders" })).json.html), "Saved");
  assert.match(htmlOf(await preview(orders("Fourth"))), "Fourth");
});

const many = (count: number, panel: JsonObject) => Array.from({ length: count }, () => panel);
const panel = { title: "A", datasource: "orders", table: {} };
const broken: [what: string, definition: JsonObject][] = [
  ["an empty definition", {}],
  ["references to nothing", { dashboard_id: "a", layout: { panels: [{ ...panel, datasource: "b" }] } }],
  ["too many panels", { ...orders("A"), layout: { panels: many(101, panel) } }],
  ["a hundred bad panels", { ...orders("A"), layout: { panels: many(100, { grid: { w: 25 } }) } }],
  ["too many datasources", { ...orders("A"), datasources: many(21, { id: "a" }) }],
  ["a filter of no type", { ...orders("A"), filters: [{ name: "region", type: "colour" }] }],
];

for (const [what, definition] of broken) {
  test(`${what}: the problems are those that ValidateDefinition lists`, async () => {
    const { json } = await call("/definitions:validate", definition);
    assert.ok((json.problems as JsonObject[]).length > 0);
    assert.equal(await preview(definition), { status: 200, json });
  });
}

test("what cannot be read, is too large or holds what no text may is refused as by other methods", async () => {
  const refused = async (body: JsonObject | string) => (await preview(body)).json.reason;
  assert.is(await refused("{"), "INVALID_REQUEST");
  assert.is(await refused({ ...orders("A"), colour: "red" }), "INVALID_REQUEST");
  assert.is(await refused(orders("\u0000")), "INVALID_REQUEST");
  assert.is(await refused(orders("A".repeat(1_048_576))), "BODY_TOO_LARGE");
  assert.is((await preview(orders("A"), { scopes: ["dashboards:render"] })).json.reason, "SCOPE_MISSING");
});

test("values are checked by the definition that is sent", async () => {
  const filters = [{ name: "region", type: "string", options: ["IN", "US"], required: true }];
  for (const values of [{ region: "FR" }, { region: null }, {}, { colour: "red", region: "IN" }]) {
    const { status, json } = await preview({ ...orders("A"), filters, values });
    assert.equal([status, json.reason], [400, "INVALID_FILTER"]);
    assert.match((json.details as JsonObject[]).map(({ field }) => field).join(), /^values\.(region|colour)$/);
  }
  assert.is((await preview({ ...orders("A"), filters, values: { region: "IN" } })).status, 200);
  const tooMany = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`f${index}`, 1]));
  assert.equal((await preview({ ...orders("A"), values: tooMany })).json.reason, "INVALID_REQUEST");
});

test("another tenant's connection is as one that is not there", async () => {
  const grant = { tenant: "globex" };
  const made = await call("/connections", { name: "theirs", http: { url: "https://example.com" } }, grant);
  assert.is(made.status, 200, JSON.stringify(made.json));
  const states = [];
  for (const connection of ["theirs", "nobodys"]) {
    const definition = orders("Two");
    const datasources = [...(definition.datasources as JsonObject[]), { id: "api", http: { connection, path: "/a" } }];
    const panels = [panel, { title: "B", datasource: "api", table: {} }];
    const { status, json } = await preview({ ...definition, datasources, layout: { panels } });
    assert.is(status, 200, JSON.stringify(json));
    const { partial, panels: shown } = json.rendered as { partial: boolean; panels: JsonObject[] };
    states.push([partial, shown.map(({ id, error }) => [id, error])]);
  }
  assert.equal(states[0], states[1]);
  assert.equal(states[0], [
    true,
    [
      ["a", ""],
      ["b", "source_failed"],
    ],
  ]);
});

/** A rendering whose source waits until it is let go. */
function setUp() {
  const rows = Promise.withResolvers<void>();
  const state = { reads: 0, cutOff: 0 };
  const cache = createByteCache({ maxBytes: 1 << 24, now: Date.now });
  const kept: string[] = [];
  const rendering = createDashboardRendering({
    sources: {
      async run({ abandoned }) {
        state.reads += 1;
        abandoned?.addEventListener("abort", () => {
          state.cutOff += 1;
        });
        await rows.promise;
        const frame = frameOf({ plan: ["Free"] });
        const shownUntilMs = Number.POSITIVE_INFINITY;
        return { ok: true, frame, asOfMs: Date.now(), ttlS: 300, stale: false, shownUntilMs };
      },
      revisions: async () => "",
      async close() {},
    },
    renderer: createTestRenderer(),
    cache: {
      ...cache,
      getOrLoad(key, load) {
        kept.push(key.key);
        return cache.getOrLoad(key, load);
      },
    },
    bulkhead: createBulkhead({ perKey: 1, waitMs: 20, refusal: () => new Error("busy") }),
    holdings: createHoldings({ perKey: 1 << 20, total: 1 << 20, refusal: () => new Error("too large") }),
    now: Date.now,
  });
  const loaded = toLoaded(
    definitionOf({
      layout: { title: "Orders", panels: [{ title: "Orders", datasource: "q", table: {} }] },
      datasources: [duckdbOf("q", "select 1")],
    }),
    0,
  );
  const render = (signal?: AbortSignal) =>
    rendering.renderUnsaved("acme", loaded, { ...asSaved, filters: {}, ...(signal && { signal }) });
  return { render, state, kept, letGo: rows.resolve };
}

test("what is not saved is made anew each time, and takes no room among what is kept", async () => {
  const { render, state, kept, letGo } = setUp();
  letGo();
  const [first, second] = [await render(), await render()];
  assert.is(seen(first.html), seen(second.html));
  assert.equal([state.reads, kept], [2, []]);
});

test("it takes a place among the tenant's renders, and its sources are cut off when its caller leaves", async () => {
  const { render, state } = setUp();
  const gone = new AbortController();
  const first = render(gone.signal).catch(() => "left");
  const second = await render().catch((error: Error) => error.message);
  assert.is(second, "busy");
  gone.abort();
  assert.is(state.cutOff, 1);
  void first;
});

test.run();
