import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { createUnboundPanelFinder } from "../../src/definition/unbound-panels.ts";
import { cpuMsOf } from "../cpu-time.ts";
import { suite } from "../harness.ts";
import { definitionOf, duckdbOf } from "./make.ts";

const test = suite("definition/unbound-panels");

const region = { name: "region", type: "string" };
const period = { name: "period", type: "range" };

test("a filter narrows the panels whose query binds it, and those over a column of its name", () => {
  const inline = { columns: [{ name: "region" }], rows: [] };
  const bound = [duckdbOf("a", "select 1 where r = :region"), { id: "b", inline }];
  assert.equal(unbound("region", [region], ...bound), []);
  assert.equal(unbound("region", [], ...bound), []);
  assert.equal(unbound("plan", [], ...bound), ["on-a", "on-b"]);
});

test("a clause of its own narrows, and one that another filter can take away does not", () => {
  assert.equal(unbound("region", [region], duckdbOf("a", "select 1 [[ where r = :region ]]")), []);
  const both = "select 1 where true [[ and r = :region and p = :plan ]]";
  assert.equal(unbound("region", [region], duckdbOf("a", both)), ["on-a"]);
  assert.equal(unbound("region", [region], duckdbOf("a", `${both} [[ and r = :region ]]`)), []);
});

test("a range narrows where both of its ends are bound", () => {
  assert.equal(
    unbound("period", [period], duckdbOf("a", "select 1 [[ where t >= :period_from and t < :period_to ]]")),
    [],
  );
  assert.equal(unbound("period", [period], duckdbOf("a", "select 1 where t >= :period_from")), ["on-a"]);
  assert.equal(unbound("period", [period], duckdbOf("a", "select :period_bucket")), ["on-a"]);
});

test("a range narrows inline rows by their column of times of the same name", () => {
  const over = (type: string) => ({ id: "a", inline: { columns: [{ name: "period", type }], rows: [] } });
  assert.equal(unbound("period", [period], over("time")), []);
  assert.equal(unbound("period", [period], over("string")), ["on-a"]);
});

test("a query by a connection narrows as one over files does", () => {
  const sqlOf = (id: string, query: string): JsonObject => ({ id, sql: { connection: "c", query } });
  assert.equal(unbound("region", [region], sqlOf("a", "select 1 where r = :region")), []);
  assert.equal(unbound("region", [region], sqlOf("a", "select 1 [[ where r = :region ]]")), []);
  assert.equal(unbound("region", [region], sqlOf("a", "select 1 [[ where r = :region and p = :plan ]]")), ["on-a"]);
  assert.equal(unbound("region", [], sqlOf("a", "select 1")), ["on-a"]);
  const derived = { id: "b", derived: { from: ["a"], query: "from a" } };
  assert.equal(unbound("region", [region], sqlOf("a", "select :region"), derived), []);
});

test("a request narrows where the filter stands anywhere in it, and by a range with both of its ends", () => {
  const httpOf = (http: JsonObject): JsonObject => ({ id: "a", http: { connection: "c", ...http } });
  const grpcOf = (parameters: JsonObject): JsonObject => ({
    id: "a",
    grpc: { connection: "c", query: "q", parameters },
  });
  const places = [
    httpOf({ path: "/in/:region" }),
    httpOf({ query: { r: ":region" } }),
    httpOf({ method: "POST", body: { where: [{ r: ":region" }] } }),
    grpcOf({ r: ":region" }),
    grpcOf({ r: ["a", ":region"] }),
  ];
  for (const place of places) {
    assert.equal(unbound("region", [region], place), []);
    assert.equal(unbound("plan", [region], place), ["on-a"]);
  }
  assert.equal(unbound("region", [region], httpOf({ query: { r: "::region", ":region": "" } })), ["on-a"]);
  assert.equal(unbound("period", [period], httpOf({ query: { a: ":period_from", b: ":period_to" } })), []);
  assert.equal(unbound("period", [period], grpcOf({ a: ":period_from" })), ["on-a"]);
});

test("text panels have nothing to narrow", () => {
  assert.equal(createUnboundPanelFinder(definitionOf({ layout: { panels: [{ text: {} }] } }))("region"), []);
});

test("a clause of a range's own names narrows, in any number of them", () => {
  const query = "select 1 where true [[ and t >= :period_from ]] [[ and t < :period_to and :period_bucket = 'day' ]]";
  assert.equal(unbound("period", [period], duckdbOf("a", query)), []);
  assert.equal(unbound("period", [period, region], duckdbOf("a", query.replace("'day'", ":region"))), ["on-a"]);
});

test("fifty filters over queries as long as can be read each query once", () => {
  const names = Array.from({ length: 50 }, (_, index) => `f${index}`);
  const query = `select 1 where ${"a = :f0 and b in (:f1) [[ and c = :f2 ]] and ".repeat(1_400)} true`;
  const datasources = Array.from({ length: 15 }, (_, index) => duckdbOf(`d${index}`, query));
  const panels = datasources.map(({ id }) => ({ id: `on-${id}`, datasource: id!, stat: { value: "n" } }));
  const filters = names.map((name) => ({ name, type: "string" }));
  const unboundPanels = createUnboundPanelFinder(definitionOf({ layout: { panels }, filters, datasources }));
  assert.equal(unboundPanels("f2"), []);
  let found: number[] = [];
  const tookMs = cpuMsOf(() => {
    found = names.map((name) => unboundPanels(name).length);
  });
  assert.ok(tookMs < 500, `${tookMs} ms`);
  assert.equal(found, [0, 0, 0, ...Array(47).fill(15)]);
});

function unbound(name: string, filters: JsonObject[], ...datasources: JsonObject[]): readonly string[] {
  const panels = datasources.map(({ id }) => ({ id: `on-${id}`, datasource: id!, stat: { value: "n" } }));
  const layout = { panels: [...panels, { text: {} }] };
  return createUnboundPanelFinder(definitionOf({ layout, filters, datasources }))(name);
}

test.run();
