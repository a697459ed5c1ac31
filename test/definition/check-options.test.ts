import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { checkDefinition } from "../../src/definition/check.ts";
import { suite } from "../harness.ts";
import { definitionOf, duckdbOf } from "./make.ts";

const test = suite("definition/check-options");

const regions = { id: "regions", inline: { columns: [{ name: "region" }, { name: "name" }], rows: [] } };
const sales = duckdbOf("sales", "select 1 where region = :region");

const problemsOf = (filter: JsonObject) =>
  checkDefinition(
    definitionOf({ filters: [{ name: "region", type: "string", ...filter }], datasources: [regions, sales] }),
  ).map(({ field, description }) => [field.replace("filters[0].", ""), description]);

test("options may come from a column of any datasource, with another one's words", () => {
  assert.equal(problemsOf({ options_from: { datasource: "regions", column: "region" } }), []);
  assert.equal(problemsOf({ options_from: { datasource: "regions", column: "region", label: "name" } }), []);
  assert.equal(problemsOf({ options_from: { datasource: "sales", column: "whatever" } }), []);
});

test("a datasource or a column that there is not is told", () => {
  assert.equal(problemsOf({ options_from: { datasource: "gone", column: "region" } }), [
    ["options_from.datasource", "is no datasource's id"],
  ]);
  assert.equal(problemsOf({ options_from: { datasource: "regions", column: "gone", label: "lost" } }), [
    ["options_from.column", "is no column of the datasource"],
    ["options_from.label", "is no column of the datasource"],
  ]);
});

test("a filter that takes a list of options has no others, and one of two answers has none", () => {
  const options_from = { datasource: "regions", column: "region" };
  assert.equal(problemsOf({ options: ["IN"], options_from }), [
    ["options_from", "goes with no list of options: keep one"],
  ]);
  assert.equal(problemsOf({ type: "boolean", options_from }), [
    ["options_from", "goes with string, number and date only"],
  ]);
});

test.run();
