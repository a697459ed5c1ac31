import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { filterSpecs, resolveFilters } from "../../src/definition/filters.ts";
import { choicesToControls, findChoices, readViewerFilters } from "../../src/definition/viewer-filters.ts";
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

test("a number is read as a number field sends it", () => {
  assert.equal(
    ["n=.5", "n=-.5", "n=1E3", "n=007"].map((query) => read(query).n),
    [0.5, -0.5, 1000, 7],
  );
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

const offered = [
  ...filters,
  { name: "plan", type: "string", title: "Plan", options: ["Free", "Team"], required: true, default: "Team" },
  { name: "since", type: "date", options: ["2026-01-31", "2026-02-28"] },
  { name: "sizes2", type: "number", options: [1, 2.5, 1e21], many: true, default: [1, 2.5] },
  { name: "span", type: "range", default: { from: "2026-01-01T00:00:00.123456789+05:30", to: "2026-02-01" } },
];
const offer = filterSpecs(definitionOf({ filters: offered, datasources: [duckdbOf("q", "select 1")] }));
const offeredNames = offered.map(({ name }) => name);
const controlsOf = (query: string, names: readonly string[] = offeredNames) =>
  choicesToControls(findChoices(offer, names, readViewerFilters(offer, names, new URLSearchParams(query))), clock);
const controlOf = (query: string, name: string) => controlsOf(query, [name])[0]!;

test("a form has the filters that were named, in the order of the definition, set as asked or by default", () => {
  const found = controlsOf("region=US&n=&tags=a&tags=b", ["tags", "region", "n", "gone"]);
  assert.equal(
    found.map(({ name, chosen, isDefault }) => [name, chosen, isDefault]),
    [
      ["region", ["US"], false],
      ["n", [], true],
      ["tags", ["a", "b"], false],
    ],
  );
  assert.equal(controlOf("", "region").chosen, ["IN"]);
  assert.equal([controlOf("region=", "region").chosen, controlOf("region=", "region").isDefault], [[], false]);
});

test("what there is to choose from is told in words", () => {
  const words = (name: string, query = "") => controlOf(query, name).options.map((option) => option.words);
  assert.equal(words("plan"), ["Free", "Team"]);
  assert.equal(words("since"), ["Jan 31, 2026", "Feb 28, 2026"]);
  assert.equal(words("on"), ["Yes", "No"]);
  assert.equal(words("region"), []);
  assert.equal(words("period", "period=2026-01-01/2026-02-01").slice(0, 2), ["Jan 1 – 31, 2026", "Last hour"]);
  assert.equal(words("period").at(-1), "Last 365 days");
});

test("a span of time is chosen from the usual ones, the default and the one that is set, each once", () => {
  const texts = controlOf("period=last+45d", "period").options.map(({ text }) => text);
  assert.equal(texts, ["last 45d", "last 1h", "last 24h", "last 7d", "last 30d", "last 90d", "last 365d"]);
  const [first, second] = controlOf("span=last+2w", "span").options.map(({ text }) => text);
  assert.equal([first, second], ["2026-01-01T00:00:00.123+05:30/2026-02-01", "last 2w"]);
});

for (const query of ["", "region=US&n=-.5&on=false&day=2026-01-01&period=last+45d&tags=a&sizes=7&span=last+2w"]) {
  test(`what a form sends back as it was gives the same dashboard: ${query.slice(0, 20)}`, () => {
    const names = offeredNames;
    const sent = new URLSearchParams(
      controlsOf(query).flatMap(({ name, chosen }) => (chosen.length > 0 ? chosen : [""]).map((text) => [name, text])),
    );
    const bound = (asked: URLSearchParams) => resolveFilters(offer, readViewerFilters(offer, names, asked), clock).key;
    assert.is(bound(sent), bound(new URLSearchParams(query)));
  });
}

test("every option that a form offers is one that its filter takes", () => {
  for (const { name, options } of controlsOf("")) {
    for (const { text } of options) {
      const asked = new URLSearchParams([[name, text]]);
      resolveFilters(offer, readViewerFilters(offer, [name], asked), clock);
    }
  }
});

test("a filter takes a text where it would take that value, and a span takes none", () => {
  const cases: readonly [string, string, boolean][] = [
    ["region", "anything", true],
    ["region", "x".repeat(1025), false],
    ["region", "", false],
    ["n", "1.5", true],
    ["n", "1,500", false],
    ["on", "true", true],
    ["on", "yes", false],
    ["day", "2026-01-01", true],
    ["day", "2026-02-30", false],
    ["plan", "Team", true],
    ["plan", "Other", false],
    ["sizes2", "2.5", true],
    ["sizes2", "3", false],
    ["tags", "a", true],
    ["period", "last 7d", false],
  ];
  for (const [name, text, expected] of cases) assert.is(controlOf("", name).takes(text), expected, `${name} ${text}`);
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
