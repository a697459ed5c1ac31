import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { compareDefinitions } from "../../src/definition/compare-definitions.ts";
import { suite } from "../harness.ts";
import { definitionOf, duckdbOf } from "./make.ts";

const test = suite("definition/compare-definitions");

const line = (id: string, more: JsonObject = {}): JsonObject => ({
  ...{ id, title: id.toUpperCase(), datasource: "orders", line: { x: "day", y: ["n"] } },
  ...more,
});
const orders = duckdbOf("orders", "select day, n from orders");

/** A dashboard of these panels. */
const dashboard = (panels: readonly JsonObject[], { layout, ...more }: JsonObject = {}): JsonObject => ({
  layout: { panels: [...panels], ...(layout as JsonObject | undefined) },
  datasources: [orders],
  ...more,
});

function changes(before: JsonObject | undefined, after: JsonObject) {
  const { panels, others } = compareDefinitions(before && definitionOf(before), definitionOf(after));
  return { panels: panels.map(({ id, change, fields }) => [id, change, ...fields]), others };
}

const nothing = { panels: [], others: [] };

test("equal definitions do not differ, and of a first one all is new", () => {
  const full = dashboard([line("a")], { layout: { title: "T" }, filters: [{ name: "region", type: "string" }] });
  assert.equal(changes(full, full), nothing);
  assert.equal(changes(undefined, full), { panels: [["a", "added"]], others: ["layout.title", "filters.region"] });
});

test("panels are added, changed and removed, each with what differs", () => {
  const before = dashboard([line("a"), line("b"), line("c")]);
  const after = dashboard([
    line("new"),
    line("a", { line: { x: "day", y: ["n", "m"], scale: "log" }, title: "Other", note: "!" }),
    line("b"),
  ]);
  assert.equal(changes(before, after), {
    panels: [
      ["new", "added"],
      ["a", "changed", "title", "line.y", "line.scale", "note"],
      ["c", "removed"],
    ],
    others: [],
  });
  const [added, changed, removed] = compareDefinitions(definitionOf(before), definitionOf(after)).panels;
  assert.equal([added?.title, changed?.title, removed?.title], ["NEW", "Other", "C"]);
});

test("a panel of another kind, or of another datasource, says both or that", () => {
  const bar = { id: "a", title: "A", datasource: "orders", bar: { x: "day", y: ["n"] } };
  assert.equal(changes(dashboard([line("a")]), dashboard([bar])).panels, [["a", "changed", "line", "bar"]]);
  const two = { datasources: [orders, duckdbOf("more", "select 1")] };
  const after = dashboard([line("a", { datasource: "more" })], two);
  assert.equal(changes(dashboard([line("a")], two), after), { panels: [["a", "changed", "datasource"]], others: [] });
});

test("a panel is known by its title's slug, and by its own id of the same name as well", () => {
  const { id: _, ...untitled } = line("sales");
  assert.equal(changes(dashboard([untitled]), dashboard([line("sales")])), nothing);
  assert.equal(changes(dashboard([untitled]), dashboard([{ ...untitled, title: "Other" }])).panels, [
    ["other", "added"],
    ["sales", "removed"],
  ]);
});

test("what only has another place is moved: one that was brought to the front alone, a placed one by its grid", () => {
  const [a, b, c] = [line("a"), line("b"), line("c")];
  assert.equal(changes(dashboard([a, b, c]), dashboard([c, a, b])).panels, [["c", "moved"]]);
  assert.equal(changes(dashboard([a, b, c]), dashboard([line("d"), b, c])).panels, [
    ["d", "added"],
    ["a", "removed"],
  ]);
  const at = (w: number, more: JsonObject = {}) => line("a", { grid: { w, h: 4 }, ...more });
  assert.equal(changes(dashboard([at(6)]), dashboard([at(12)])).panels, [["a", "moved", "grid.w"]]);
  assert.equal(changes(dashboard([a]), dashboard([at(12)])).panels, [["a", "moved", "grid"]]);
  assert.equal(changes(dashboard([at(6)]), dashboard([at(12, { title: "T" })])).panels, [
    ["a", "changed", "title", "grid.w"],
  ]);
});

test("another content of a datasource changes each panel that shows it, and no other", () => {
  const two = [line("a"), line("b", { datasource: "other" }), line("c")];
  const with_ = (query: string, more: JsonObject = {}) =>
    dashboard(two, { datasources: [{ ...duckdbOf("orders", query), ...more }, duckdbOf("other", "select 1")] });
  assert.equal(changes(with_("select 1"), with_("select 2", { ttl_s: 5 })), {
    panels: [
      ["a", "changed", "datasource.ttl_s", "datasource.query"],
      ["c", "changed", "datasource.ttl_s", "datasource.query"],
    ],
    others: [],
  });
  const inline = { id: "orders", inline: { columns: [{ name: "n" }], rows: [] } };
  const after = dashboard(two, { datasources: [inline, duckdbOf("other", "select 1")] });
  assert.equal(changes(with_("select 1"), after).panels[0], ["a", "changed", "datasource.inline", "datasource.duckdb"]);
});

test("what a derived datasource reads changes the panels that show it", () => {
  const derived = { id: "sums", derived: { from: ["orders"], query: "select 1 from orders" } };
  const of = (query: string) =>
    dashboard([line("a", { datasource: "sums" })], { datasources: [duckdbOf("orders", query), derived] });
  assert.equal(changes(of("select 1"), of("select 2")), {
    panels: [["a", "changed", "datasource.from"]],
    others: [],
  });
});

test("the rest is told by paths: of the layout, filters by name, datasources that no panel shows by id", () => {
  const region = { name: "region", type: "string" };
  const plan = { name: "plan", type: "string" };
  const of = (layout: JsonObject, filters: JsonObject[], offers: string) =>
    dashboard([line("a")], { layout, filters, datasources: [orders, duckdbOf("offers", offers)] });
  const before = of({ title: "T", brand: { accent: "#000000" } }, [region, plan], "select 1");
  const after = of(
    { title: "U", theme: "dark", brand: { accent: "#111111" } },
    [{ ...region, many: true }],
    "select 2",
  );
  assert.equal(changes(before, after).others, [
    "layout.title",
    "layout.theme",
    "layout.brand.accent",
    "filters.region",
    "filters.plan",
    "datasources.offers",
  ]);
  const swapped = of({ title: "T", brand: { accent: "#000000" } }, [plan, region], "select 1");
  assert.equal(changes(before, swapped).others, ["filters"]);
});

test("a hundred panels turned round take no time to tell, and all but one are moved", () => {
  const panels = Array.from({ length: 100 }, (_, i) => line(`p${i}`));
  const moved = changes(dashboard(panels), dashboard(panels.toReversed())).panels;
  assert.is(moved.length, 99);
});

test.run();
