import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { filterSpecs, resolveFilters } from "../../src/definition/filters.ts";
import { readViewerFilters } from "../../src/definition/viewer-filters.ts";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import { suite } from "../harness.ts";
import { definitionOf, duckdbOf } from "./make.ts";

const test = suite("definition/viewer-filters");

const clock = { nowMs: Date.parse("2026-03-10T12:34:56Z"), timezone: "UTC", roundS: 300 };

const filters = [
  { name: "region", type: "string", default: "IN" },
  { name: "n", type: "number" },
  { name: "on", type: "boolean" },
  { name: "day", type: "date" },
  { name: "period", type: "range", default: "last 30d" },
  { name: "tags", type: "string", many: true },
  { name: "sizes", type: "number", many: true },
];
const declared = filterSpecs(definitionOf({ filters, datasources: [duckdbOf("q", "select 1")] }));
const all = filters.map(({ name }) => name);

test("texts become values of their filter's type", () => {
  const query = "region=US&n=-1.5e3&on=false&day=2026-01-01&period=last+7d&tags=a&tags=b&sizes=1&sizes=2";
  assert.equal(read(query), {
    region: "US",
    n: -1500,
    on: false,
    day: "2026-01-01",
    period: "last 7d",
    tags: ["a", "b"],
    sizes: [1, 2],
  });
  assert.equal(read("tags=a&on=true&region=true"), { tags: ["a"], on: true, region: "true" });
});

test("a name that the viewer may not change, or that is no filter, is ignored", () => {
  assert.equal(read("region=US&n=1&x=1&__proto__=1", ["n", "x"]), { n: 1 });
  assert.equal(read("Region=US&region_from=1"), {});
  assert.equal(read("region=US", []), {});
});

test("an empty value unsets a filter, and a filter that is not there keeps its default", () => {
  assert.equal(read("region=&tags="), { region: null, tags: null });
  assert.is(settle("region=").region, null);
  assert.is(settle("").region, "IN");
  assert.equal(read("tags=&tags=a&region=&region=US"), { tags: ["a"], region: "US" });
});

for (const misfit of [
  "region=US&region=IN",
  "n=1&n=2",
  "n=one",
  "n=1e999",
  "n=0x10",
  "n=%201",
  "n=NaN",
  "on=1",
  "on=TRUE",
  "day=today",
  "period=last+7d&period=last+8d",
  "period=7d",
  "sizes=1&sizes=x",
  `tags=${"x".repeat(1025)}`,
  Array(501).fill("tags=a").join("&"),
]) {
  test(`what does not fit is refused: ${misfit.slice(0, 30)}`, () => {
    try {
      settle(misfit);
    } catch (error) {
      const { reason, body } = toErrorAnswer(error);
      assert.is(reason, "INVALID_FILTER");
      assert.equal(
        body.details?.map(({ field }) => field),
        [`filters.${misfit.split("=")[0]}`],
      );
      return;
    }
    assert.unreachable();
  });
}

test("a filter inferred from a query takes the text, and one from inline rows its column's type", () => {
  const columns = [{ name: "n" }, { name: "on" }, { name: "at", type: "time" }, { name: "__proto__" }];
  const datasources = [{ id: "i", inline: { columns, rows: [[1, true, null, "a"]] } }, duckdbOf("q", "select :q")];
  const query = "q=5&n=5&on=true&at=2026-01-01&__proto__=b";
  const inferred = filterSpecs(definitionOf({ datasources }));
  const values = readViewerFilters(inferred, ["q", "n", "on", "at", "__proto__"], new URLSearchParams(query));
  assert.equal(
    { ...resolveFilters(inferred, values, clock).binding },
    JSON.parse('{"q":"5","n":5,"on":true,"at":{"kind":"date","iso":"2026-01-01"},"__proto__":"b"}') as JsonObject,
  );
});

test("whatever the address asks, it is settled or refused with INVALID_FILTER", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("", "1", "-0", "1e9", "true", "2026-01-01", "last 7d"));
  const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...all), fc.string()), text));
  fc.assert(
    fc.property(pairs, (list) => {
      try {
        settle(new URLSearchParams(list).toString());
      } catch (error) {
        assert.is(toErrorAnswer(error).reason, "INVALID_FILTER");
      }
    }),
    { numRuns: 500 },
  );
});

function read(query: string, names: readonly string[] = all): Record<string, JsonValue> {
  const values = readViewerFilters(declared, names, new URLSearchParams(query));
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toJson(ValueSchema, value)]));
}

function settle(query: string) {
  return resolveFilters(declared, readViewerFilters(declared, all, new URLSearchParams(query)), clock).binding;
}

test.run();
