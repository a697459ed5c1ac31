import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { findUnboundPanels } from "../../src/definition/bound-filters.ts";
import { suite } from "../harness.ts";
import { definitionOf, duckdbOf } from "./make.ts";

const test = suite("definition/bound-filters");

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

test("text panels have nothing to narrow", () => {
  assert.equal(findUnboundPanels(definitionOf({ layout: { panels: [{ text: {} }] } }), "region"), []);
});

function unbound(name: string, filters: JsonObject[], ...datasources: JsonObject[]): readonly string[] {
  const panels = datasources.map(({ id }) => ({ id: `on-${id}`, datasource: id!, stat: { value: "n" } }));
  return findUnboundPanels(definitionOf({ layout: { panels: [...panels, { text: {} }] }, filters, datasources }), name);
}

test.run();
