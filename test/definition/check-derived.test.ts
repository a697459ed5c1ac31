import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { checkDefinition } from "../../src/definition/check.ts";
import { filterSpecs } from "../../src/definition/filters.ts";
import { createUnboundPanelFinder } from "../../src/definition/unbound-panels.ts";
import { suite } from "../harness.ts";
import { definitionOf, duckdbOf } from "./make.ts";

const test = suite("definition/check-derived");

const leaf = { id: "leaf", inline: { columns: [{ name: "region" }], rows: [] } };

const derived = (id: string, from: readonly string[], query = "select 1") => ({
  id,
  derived: { from: [...from], query },
});

test("derived datasources may stand on others in any order, five in a row", () => {
  assert.equal(problemsOf(derived("top", ["below", "leaf"]), leaf, derived("below", ["leaf"])), []);
  assert.equal(problemsOf(...rowOf(5)), []);
  assert.equal(problemsOf(...rowOf(7)), [
    ["datasources[0].derived.from", "makes more than 5 derived datasources in a row"],
    ["datasources[1].derived.from", "makes more than 5 derived datasources in a row"],
  ]);
});

test("what is read must be there", () => {
  assert.equal(problemsOf(derived("a", ["leaf", "gone"]), leaf), [
    ["datasources[0].derived.from[1]", "is no datasource's id"],
  ]);
});

test("no datasource reads itself", () => {
  assert.equal(problemsOf(leaf, derived("a", ["leaf", "a"])), [
    ["datasources[1].derived.from[1]", "is the datasource itself"],
  ]);
});

test("a cycle is told once, with its way", () => {
  const problems = problemsOf(
    derived("on", ["a"]),
    derived("a", ["leaf", "c"]),
    leaf,
    derived("b", ["a"]),
    derived("c", ["b"]),
  );
  const way = "datasources[1].derived.from[1], datasources[4].derived.from[0], datasources[3].derived.from[0]";
  assert.equal(problems, [["datasources[1].derived.from[1]", `is part of a cycle: ${way}`]]);
});

test("two cycles apart are two problems", () => {
  const [first, second] = [derived("a", ["b"]), derived("b", ["a"])];
  const problems = problemsOf(first, second, derived("c", ["d"]), derived("d", ["c"]));
  assert.equal(
    problems.map(([field]) => field),
    ["datasources[0].derived.from[0]", "datasources[2].derived.from[0]"],
  );
});

test("ids whose views would have one name cannot be read together", () => {
  const datasources = [
    { ...leaf, id: "a-b" },
    { ...leaf, id: "A_b" },
  ];
  assert.equal(problemsOf(...datasources, derived("d", ["a-b", "A_b"])), [
    ["datasources[2].derived.from[1]", "gives a view the name that another one has"],
  ]);
  assert.equal(problemsOf(...datasources, derived("d", ["a-b"]), derived("e", ["A_b"])), []);
});

test("a query that cannot be read, and a placeholder without a filter, are told in its own field", () => {
  assert.equal(problemsOf(leaf, derived("d", ["leaf"], "select 'open"))[0]?.[0], "datasources[1].derived.query");
  const definition = {
    filters: [{ name: "region", type: "string" }],
    datasources: [leaf, derived("d", ["leaf"], "select :x")],
  };
  assert.equal(
    checkDefinition(definitionOf(definition)).map(({ field, description }) => [field, description]),
    [["datasources[1].derived.query", "line 1: a placeholder is no filter's"]],
  );
});

test("its placeholders are filters where none are declared", () => {
  const { specs } = filterSpecs(definitionOf({ datasources: [leaf, derived("d", ["leaf"], "select :least")] }));
  assert.equal(
    specs.map(({ name }) => name),
    ["least", "region"],
  );
});

test("a filter that only a derived query binds is bound", () => {
  const filters = [{ name: "least", type: "number" }];
  assert.equal(
    checkDefinition(definitionOf({ filters, datasources: [leaf, derived("d", ["leaf"], "select :least")] })),
    [],
  );
});

test("a stat compares with the previous period where the range is bound below, at any depth", () => {
  const layout = { panels: [{ datasource: "top", stat: { value: "n", compare: "previous_period" } }] };
  const filters = [{ name: "period", type: "range", default: "last 7d" }];
  const over = (query: string) =>
    checkDefinition(
      definitionOf({
        layout,
        filters,
        datasources: [derived("top", ["mid"]), derived("mid", ["file"]), duckdbOf("file", query)],
      }),
    ).map(({ field }) => field);
  assert.equal(over("select 1 where t >= :period_from and t < :period_to"), []);
  assert.equal(over("select 1 where t >= :period_from"), ["layout.panels[0].stat.compare"]);
});

test("a filter narrows a derived source where it narrows everything that is read", () => {
  const bound = duckdbOf("bound", "select 1 where r = :region");
  const unbound = duckdbOf("unbound", "select 1");
  const all = derived("all", ["bound", "leaf"]);
  assert.equal(unboundOn(all, bound, leaf), []);
  assert.equal(unboundOn(derived("part", ["bound", "unbound"]), bound, unbound), ["on-part"]);
  assert.equal(unboundOn(derived("top", ["all", "leaf"]), all, bound, leaf), []);
  assert.equal(unboundOn(derived("top", ["all", "part"]), all, derived("part", ["unbound"]), bound, leaf, unbound), [
    "on-top",
  ]);
});

test("its own query narrows nothing by itself, and needs to bind nothing", () => {
  const unbound = duckdbOf("unbound", "select 1");
  assert.equal(unboundOn(derived("d", ["unbound"], "select 1 where :region = 'EU'"), unbound), ["on-d"]);
});

test("what reads itself, which no saved definition has, is narrowed by nothing", () => {
  assert.equal(unboundOn(derived("a", ["b"]), derived("b", ["a"])), ["on-a"]);
});

/** As many in a row over a leaf, the topmost first. */
function rowOf(count: number): JsonObject[] {
  const row = Array.from({ length: count }, (_, at) => derived(`d${at}`, [at + 1 === count ? "leaf" : `d${at + 1}`]));
  return [...row, leaf];
}

function problemsOf(...datasources: JsonObject[]): (readonly [string, string])[] {
  return checkDefinition(definitionOf({ datasources })).map(({ field, description }) => [field, description]);
}

/** The panels that the filter `region` might not narrow; there is one, on the first datasource. */
function unboundOn(first: { readonly id: string } & JsonObject, ...datasources: JsonObject[]): readonly string[] {
  const panels = [{ id: `on-${first.id}`, datasource: first.id, stat: { value: "n" } }];
  const filters = [{ name: "region", type: "string" }];
  return createUnboundPanelFinder(definitionOf({ layout: { panels }, filters, datasources: [first, ...datasources] }))(
    "region",
  );
}

test.run();
