import { create } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DuckdbFileSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { fileFormat, viewName } from "../../src/definition/view-name.ts";
import { suite } from "../harness.ts";

const test = suite("definition/view-name");

const file = (path: string, name = "") => create(DuckdbFileSchema, { path, name });

test("a view is named after its file's stem, unless it has a name", () => {
  assert.is(viewName(file("2026/Seattle-Weather.csv")), "seattle_weather");
  assert.is(viewName(file("sales.2026.parquet")), "sales_2026");
  assert.is(viewName(file("2026-sales.csv")), "_2026_sales");
  assert.is(viewName(file("a.b/orders")), "orders");
  assert.is(viewName(file("orders.csv", "o")), "o");
});

test("a file's format is told by its extension", () => {
  const formats = ["a.parquet", "a.csv", "a.json", "a.NDJSON", "a.jsonl", "a.csv.gz", "csv", "a.constructor"];
  assert.equal(
    formats.map((path) => fileFormat(file(path))),
    [...["parquet", "csv", "json", "json", "json"], ...[undefined, undefined, undefined]],
  );
});

test.run();
