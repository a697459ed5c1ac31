import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromJson, type JsonObject } from "@bufbuild/protobuf";
import canonicalize from "canonicalize";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { definitionDigest, definitionToJson } from "../../src/definition/canonical.ts";
import { releasedDefinition } from "../frozen/released.ts";
import { findChanges, readValues } from "../frozen/values.ts";
import { suite } from "../harness.ts";
import { startStoredService } from "../stored.ts";

/** Two releases meet in one database: what one has stored, the other reads, and loses nothing of. */
const test = suite("evolution of stored definitions");

const service = await startStoredService();
test.after(service.close);

const rows = [
  ["2026-01-01", "IN", 10],
  ["2026-01-02", "IN", 12],
  ["2026-01-02", "US", 20],
];

/** What a later release might store: fields, kinds and words that this one does not know, at every depth. */
const newer = {
  dashboard_id: "newer",
  owner: { team: "growth", since: [1, null, { a: "b" }] },
  layout: {
    title: "Newer",
    accent: "teal",
    brand: { accent: "#0b6e4f", accent_dark: "#5fd3a5", font: "serif" },
    font: "mono",
    panels: [
      {
        title: "Known",
        caption: "later",
        grid: { w: 12, h: 8, z: 1 },
        datasource: "rows",
        click: ["region"],
        line: {
          x: "day",
          y: ["orders"],
          series: "region",
          smooth: true,
          scale: "symlog",
          nulls: "estimate",
          thresholds: [{ value: 11, status: "great", dashed: true }],
        },
      },
      { title: "Unknown kind", datasource: "rows", sankey: { from: "region", to: "day" } },
      { title: "Unknown kind, no source", sankey: {} },
      { title: "Unknown source", datasource: "lake", table: { columns: [{ name: "a", pinned: true }] } },
      { title: "Unknown reduction", datasource: "rows", stat: { value: "orders", reduce: "trimmed_mean" } },
      { title: "Rows", datasource: "rows", table: {} },
      {
        title: "Shown otherwise",
        datasource: "rows",
        table: {
          columns: [{ name: "region", show: "flag", statuses: { IN: "great" } }],
          sort: { column: "region", order: "natural", locale: "sv" },
        },
      },
      { title: "Whole", datasource: "rows", pie: { label: "region", value: "orders", shape: "rose" } },
      { title: "Words", text: { markdown: "Still **here**.", footnotes: ["a"] } },
    ],
  },
  filters: [
    { name: "region", type: "string", depends_on: ["country"] },
    { name: "day", type: "fiscal_quarter" },
  ],
  datasources: [
    {
      id: "rows",
      refresh: "nightly",
      columns: { orders: { title: "Orders", unit: "knots", scale: "log" } },
      inline: {
        columns: [
          { name: "day", type: "time", calendar: "fiscal" },
          { name: "region", type: "place" },
          { name: "orders", type: "decimal" },
        ],
        rows,
        packed: false,
      },
    },
    { id: "lake", iceberg: { table: "orders", snapshot: 7 } },
  ],
};

/** The same as far as this release knows it. */
const known = {
  dashboard_id: "newer",
  layout: {
    title: "Newer",
    brand: { accent: "#0b6e4f", accent_dark: "#5fd3a5" },
    font: "mono",
    panels: [
      {
        title: "Known",
        grid: { w: 12, h: 8 },
        datasource: "rows",
        click: ["region"],
        line: {
          x: "day",
          y: ["orders"],
          series: "region",
          scale: "symlog",
          nulls: "estimate",
          thresholds: [{ value: 11, status: "great" }],
        },
      },
      { title: "Unknown kind", datasource: "rows" },
      { title: "Unknown kind, no source" },
      { title: "Unknown source", datasource: "lake", table: { columns: [{ name: "a" }] } },
      { title: "Unknown reduction", datasource: "rows", stat: { value: "orders", reduce: "trimmed_mean" } },
      { title: "Rows", datasource: "rows", table: {} },
      {
        title: "Shown otherwise",
        datasource: "rows",
        table: {
          columns: [{ name: "region", show: "flag", statuses: { IN: "great" } }],
          sort: { column: "region", order: "natural" },
        },
      },
      { title: "Whole", datasource: "rows", pie: { label: "region", value: "orders", shape: "rose" } },
      { title: "Words", text: { markdown: "Still **here**." } },
    ],
  },
  filters: [
    { name: "region", type: "string" },
    { name: "day", type: "fiscal_quarter" },
  ],
  datasources: [
    {
      id: "rows",
      columns: { orders: { title: "Orders", unit: "knots" } },
      inline: {
        columns: [
          { name: "day", type: "time" },
          { name: "region", type: "place" },
          { name: "orders", type: "decimal" },
        ],
        rows,
      },
    },
    { id: "lake" },
  ],
};

const newerJson = canonicalize(newer)!;
await service.store("newer", newerJson);
const draftJson = canonicalize({ ...newer, dashboard_id: "newer_draft" })!;
await service.store("newer_draft", draftJson, "draft");

test("a later release's row is answered as far as it is known, and its digest tells that there is more", async () => {
  const { definition, digest, status } = await get("/definitions/newer");
  assert.is(textOf(definition), canonicalize(known));
  assert.is(status, "active");
  assert.is(digest, definitionDigest(newerJson));
  assert.is.not(digest, definitionDigest(textOf(definition)));
});

test("a later release's draft is answered too", async () => {
  const { definition, status } = await get("/definitions/newer_draft?draft=true");
  assert.is(textOf(definition), canonicalize({ ...known, dashboard_id: "newer_draft" }));
  assert.is(status, "draft");
});

test("a later release's dashboard shows the panels that are known, and says of the others that they are not", async () => {
  const { html, partial, panels } = await render({ dashboard_id: "newer" });
  assert.is(partial, true);
  assert.equal(
    panels.map(({ id, error }) => [id, error]),
    [
      ["known", ""],
      ["unknown-kind", "kind_unknown"],
      ["unknown-kind-no-source", "kind_unknown"],
      ["unknown-source", "source_failed"],
      ["unknown-reduction", ""],
      ["rows", ""],
      ["shown-otherwise", ""],
      ["whole", ""],
      ["words", ""],
    ],
  );
  const shown = readValues(html).panels;
  assert.equal(
    shown.map(({ kind }) => kind),
    ["line", "unknown", "unknown", "table", "stat", "table", "table", "pie", "text"],
  );
  assert.equal(shown[1]!.words, [
    "Unknown kind",
    "This is not known here yet",
    "It will show once the service is updated.",
  ]);
  assert.equal(shown[8]!.words, ["Words", "Still", "here", "."]);
});

test("words that are not known never make a wrong number", async () => {
  const { html } = await render({ dashboard_id: "newer" });
  const [line, , , , stat, table, tags] = readValues(html).panels;
  assert.equal(stat!.words, ["Unknown reduction", "–"]);
  // A unit reads as a plain number, and a column's type is read off its cells.
  const columns = [
    { title: "day", type: "time", zoned: false, values: [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)] },
    { title: "IN", type: "number", unit: "knots", values: [10, 12] },
    { title: "US", type: "number", unit: "knots", at: [1], values: [20] },
  ];
  assert.equal(findChanges(line!.columns, columns), []);
  assert.equal(table!.words.slice(0, 7), ["Rows", "day", "region", "Orders", "Jan 1, 2026", "IN", "10"]);
  // A way to show a column that is not known is text, and an order that is not known is ascending.
  assert.equal(tags!.words, ["Shown otherwise", "region", "IN", "IN", "US"]);
});

test("a filter of a known type filters, one of a type that is not known is refused by name", async () => {
  const { html } = await render({ dashboard_id: "newer", filters: { region: "US" } });
  assert.equal(readValues(html).panels[5]!.words.slice(4), ["Jan 2, 2026", "US", "20"]);
  const answer = await service.post("/render", { dashboard_id: "newer", filters: { day: "2026-Q1" } });
  assert.is(answer.status, 400);
  assert.equal(((await answer.json()) as JsonObject).details, [
    { field: "filters.day", description: "takes a kind of value that is not known here yet" },
  ]);
});

test("a link to it opens, and none is made that fixes a filter which an unknown source might not keep", async () => {
  const answer = await service.post("/share", { dashboard_id: "newer", expires_in_s: 60 });
  const { url } = (await answer.json()) as { url: string };
  const page = await fetch(`${service.url}${new URL(url).pathname}`);
  assert.is(page.status, 200);
  assert.match(await page.text(), "This is not known here yet");
  const fixed = await service.post("/share", { dashboard_id: "newer", expires_in_s: 60, filters: { region: "US" } });
  assert.is(fixed.status, 400);
});

test("a dashboard none of whose sources is known asks to try again", async () => {
  const panels = [{ title: "Lake", datasource: "lake", table: {} }];
  const lake = { dashboard_id: "lake", layout: { panels }, datasources: [{ id: "lake", iceberg: {} }] };
  await service.store("lake", canonicalize(lake)!);
  const answer = await service.post("/render", { dashboard_id: "lake" });
  assert.is(answer.status, 503);
  assert.is(((await answer.json()) as JsonObject).error, "dependency_down");
});

test("a save refuses what is not known, wherever it stands, so that nothing is dropped in silence", async () => {
  const clean = {
    dashboard_id: "strict",
    layout: {
      brand: { logo_text: "Strict" },
      panels: [
        {
          title: "Rows",
          grid: { w: 6, h: 6 },
          datasource: "rows",
          table: {
            columns: [{ name: "n", show: "status", statuses: { up: "ok" }, thresholds: [{ value: 1 }] }],
            sort: { column: "n" },
          },
        },
      ],
    },
    filters: [{ name: "n", type: "number" }],
    datasources: [{ id: "rows", columns: { n: { unit: "short" } }, inline: { columns: [{ name: "n" }], rows: [[1]] } }],
  };
  const objects = objectsOf(clean);
  assert.is(objects.length, 16);
  for (const path of objects) {
    for (const draft of [false, true]) {
      const request = structuredClone(clean);
      const target = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], request);
      (target as Record<string, unknown>).invented = 1;
      const answer = await service.post("/definitions", { ...request, draft });
      // A name among the columns is a column's, one among the statuses a word's: what is wrong is what it stands for.
      assert.is(answer.status, 400, `${path.join(".")}: ${await answer.text()}`);
    }
  }
  assert.is(await service.read("strict", 1), undefined);
  assert.is((await service.post("/definitions", clean)).status, 200);
});

test("a version is restored and a draft published as a later release has written them, to the letter", async () => {
  assert.is((await service.post("/definitions", { dashboard_id: "newer", layout: {} })).status, 200);
  const restored = await service.post("/definitions/newer:restore", { version: 1 });
  assert.is(((await restored.json()) as JsonObject).version, 3);
  assert.is(await service.read("newer", 3), newerJson);
  const published = await service.post("/definitions/newer_draft:publish", {});
  assert.is(((await published.json()) as JsonObject).version, 1);
  assert.is(await service.read("newer_draft", 1), draftJson);
});

test("an earlier release's row, with nothing but what it had to have, is read and drawn", async () => {
  const older = {
    dashboard_id: "older",
    layout: { panels: [{ datasource: "rows", table: {} }, { text: {} }] },
    datasources: [{ id: "rows", inline: { columns: [{ name: "n" }], rows: [[1], [null]] } }],
  };
  await service.store("older", canonicalize(older)!);
  const { definition, note, digest } = await get("/definitions/older");
  assert.is(textOf(definition), canonicalize(older));
  assert.is(digest, definitionDigest(canonicalize(older)!));
  assert.is(note, "");
  const { html, partial } = await render({ dashboard_id: "older", filters: { n: 1 } });
  assert.is(partial, false);
  assert.equal(readValues(html).panels[0]!.words, ["n", "1"]);
});

test("the contract last released reads what this one and a later one store", () => {
  const folder = join(import.meta.dirname, "../../demo/dashboards");
  const cases = join(import.meta.dirname, "../frozen/cases");
  const demos = readdirSync(folder).map((name) => parse(readFileSync(join(folder, name), "utf8")) as JsonObject);
  const frozen = readdirSync(cases).map(
    (name) => JSON.parse(readFileSync(join(cases, name, "definition.json"), "utf8")) as JsonObject,
  );
  for (const definition of [...demos, ...frozen, newer as JsonObject]) {
    fromJson(releasedDefinition(), definition, { ignoreUnknownFields: true });
  }
});

test.run();

async function get(path: string): Promise<Record<string, JsonObject>> {
  const headers = { authorization: `Bearer ${await service.token({})}` };
  const answer = await fetch(`${service.api}${path}`, { headers });
  assert.is(answer.status, 200);
  return (await answer.json()) as Record<string, JsonObject>;
}

type Rendered = { html: string; partial: boolean; panels: readonly { id: string; error: string }[] };

async function render(request: JsonObject): Promise<Rendered> {
  const answer = await service.post("/render", request);
  assert.is(answer.status, 200);
  return (await answer.json()) as Rendered;
}

/** Returns the text of a definition that was answered. Throws where it holds what this release does not know. */
function textOf(definition: JsonObject | undefined): string {
  return definitionToJson(fromJson(DefinitionSchema, definition!));
}

/** Returns the paths of all objects in a tree, its own first. */
function objectsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, each]) => objectsOf(each, [...path, key]));
  return Array.isArray(value) ? inner : [path, ...inner];
}
