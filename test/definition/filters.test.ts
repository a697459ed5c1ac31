import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { bindingKey } from "../../src/definition/filter-value.ts";
import { filterSpecs, resolveFilters } from "../../src/definition/filters.ts";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import { suite } from "../harness.ts";
import { definitionOf, duckdbOf, valuesOf } from "./make.ts";

const test = suite("definition/filters");

const clock = { nowMs: Date.parse("2026-03-10T12:34:56Z"), timezone: "UTC", roundS: 300 };

test("declared filters keep their order, and are named by their title or else their name", () => {
  const { specs, open } = filterSpecs(
    declare({ name: "b", type: "date", title: "Day" }, { name: "a", type: "string" }),
  );
  assert.equal(
    specs.map(({ name, title }) => [name, title]),
    [
      ["b", "Day"],
      ["a", "a"],
    ],
  );
  assert.is(open, false);
});

test("filters are inferred from placeholders and inline columns when none is declared", () => {
  const columns = [
    { name: "region" },
    { name: "n" },
    { name: "on" },
    { name: "at", type: "time" },
    { name: "both" },
    { name: "none" },
  ];
  const rows = [
    ["IN", 1, true, "2026-01-01", 1, null],
    [null, 2, null, null, "x", null],
  ];
  const sources = [duckdbOf("q", "select :region, :q, ':no'"), { id: "i", inline: { columns, rows } }];
  const { specs } = filterSpecs(definitionOf({ datasources: sources }));
  assert.equal(Object.fromEntries(specs.map(({ name, type }) => [name, type])), {
    region: "any",
    q: "any",
    n: "number",
    on: "boolean",
    at: "time",
    both: "string",
    none: "any",
  });
  assert.not(specs.some(({ required, many }) => required || many));
});

test("filters are inferred from queries by connections and from requests", () => {
  const request = { path: "/:a", query: { x: ":b" }, method: "POST", body: [":c", ":a"] };
  const datasources = [
    { id: "s", sql: { connection: "c", query: "select :q" } },
    { id: "h", http: { connection: "c", ...request } },
    { id: "g", grpc: { connection: "c", query: ":not", parameters: { p: ":d" } } },
  ];
  const { specs } = filterSpecs(definitionOf({ datasources }));
  assert.equal(
    specs.map(({ name, type }) => [name, type]),
    ["q", "a", "b", "c", "d"].map((name) => [name, "any"]),
  );
});

test("the first 200 names are inferred, placeholders before columns", () => {
  const inline = (source: number) => ({
    columns: Array.from({ length: 100 }, (_, index) => ({ name: `c${source}_${index}` })),
    rows: [],
  });
  const sources = Array.from({ length: 19 }, (_, index) => ({ id: `i${index}`, inline: inline(index) }));
  const { specs } = filterSpecs(definitionOf({ datasources: [...sources, duckdbOf("q", "select :region, :c0_0")] }));
  const names = specs.map(({ name }) => name);
  assert.is(names.length, 200);
  assert.equal([...names.slice(0, 3), names.at(-1)], ["region", "c0_0", "c0_1", "c1_98"]);
});

test("a value is bound as it is given, and what is left out has its default or is unset", () => {
  const dashboard = declare(
    { name: "region", type: "string" },
    { name: "n", type: "number", default: 5 },
    { name: "on", type: "boolean", default: true },
    { name: "day", type: "date" },
    { name: "tags", type: "string", many: true },
  );
  assert.equal(bound(dashboard, { region: "IN", on: false, tags: ["a", "a"] }), {
    region: "IN",
    n: 5,
    on: false,
    day: null,
    tags: ["a", "a"],
  });
  assert.equal(bound(dashboard, { day: "2024-02-29", n: -0 }).day, { kind: "date", iso: "2024-02-29" });
  assert.ok(Object.is(bound(dashboard, { n: -0 }).n, 0));
});

test("null unsets a filter that has a default, and a required filter then fails", () => {
  assert.is(bound(declare({ name: "n", type: "number", default: 5 }), { n: null }).n, null);
  const required = declare({ name: "n", type: "number", default: 5, required: true });
  assert.is(bound(required, {}).n, 5);
  assert.equal(problemsOf(required, { n: null }), ["filters.n"]);
  assert.equal(problemsOf(declare({ name: "n", type: "number", required: true }), {}), ["filters.n"]);
});

for (const [type, misfits] of Object.entries({
  string: [1, true, ["a"], { $gt: "" }, "x".repeat(1025), "ü".repeat(513)],
  number: ["1", true, [1], {}],
  boolean: ["true", 1, 0, [true], {}],
  date: ["2026-02-30", "2026-2-3", "20260203", "0000-01-01", "+275760-09-13", "2026-01-01T00:00Z", "today", 1e20, {}],
  range: [1, true, [], {}, "", "30d"],
} satisfies Record<string, JsonValue[]>)) {
  test(`a filter of type ${type} refuses what is none`, () => {
    for (const misfit of misfits) {
      assert.equal(problemsOf(declare({ name: "f", type }), { f: misfit }), ["filters.f"], JSON.stringify(misfit));
    }
  });
}

test("a list has 1 to 500 values of one type, and nothing nested", () => {
  const dashboard = declare({ name: "f", type: "string", many: true });
  assert.is((bound(dashboard, { f: Array(500).fill("a") }).f as string[]).length, 500);
  for (const misfit of [[], "a", Array(501).fill("a"), [["a", ["b"]]], ["a", 1], ["a", null], ["a", {}]]) {
    assert.equal(problemsOf(dashboard, { f: misfit }), ["filters.f"]);
  }
});

test("a filter with options takes nothing else", () => {
  const one = declare({ name: "f", type: "string", options: ["IN", "US"] });
  assert.is(bound(one, { f: "IN" }).f, "IN");
  assert.equal(problemsOf(one, { f: "in" }), ["filters.f"]);
  const many = declare({ name: "f", type: "number", options: [1, 2], many: true });
  assert.equal(bound(many, { f: [2, 1] }).f, [2, 1]);
  assert.equal(problemsOf(many, { f: [2, 3] }), ["filters.f"]);
});

test("an inferred filter of a query takes strings, numbers and booleans, and no lists or objects", () => {
  const dashboard = definitionOf({ datasources: [duckdbOf("q", "select :f")] });
  for (const value of ["IN' OR 1=1 --", 1, true, null]) assert.is(bound(dashboard, { f: value }).f, value);
  for (const misfit of [["a"], {}, { sql: "1=1", queryChunks: ["1=1"] }, "x".repeat(10_240)]) {
    assert.equal(problemsOf(dashboard, { f: misfit }), ["filters.f"]);
  }
});

test("an inferred filter of a time column takes dates and instants, and reads what has no offset as UTC", () => {
  const inline = { columns: [{ name: "at", type: "time" }], rows: [] };
  const dashboard = definitionOf({ datasources: [{ id: "i", inline }] });
  assert.equal(bound(dashboard, { at: "2026-01-01" }).at, { kind: "date", iso: "2026-01-01" });
  const instant = { kind: "instant", epochMs: Date.parse("2026-01-01T10:00Z") };
  for (const at of ["2026-01-01T10:00", "2026-01-01T10:00Z", "2026-01-01T15:30+05:30"]) {
    assert.equal(bound(dashboard, { at }, "Asia/Kolkata").at, instant);
  }
  assert.equal(problemsOf(dashboard, { at: "yesterday" }), ["filters.at"]);
});

test("all problems come at once, and a name that could not be declared is not repeated", () => {
  const dashboard = declare({ name: "a", type: "number" }, { name: "b", type: "date", required: true });
  const unknown = ["constructor", "then", "region\" = 'EU' OR 1=1 --"].map((name) => [name, "x"]);
  const given = { a: "x", ...Object.fromEntries(unknown) };
  assert.equal(problemsOf(dashboard, given).sort(), [
    "filters",
    "filters.a",
    "filters.b",
    "filters.constructor",
    "filters.then",
  ]);
});

test("a dashboard without datasources ignores well-formed filters that it does not have", () => {
  const empty = definitionOf({});
  assert.equal(resolve(empty, { region: "IN", n: 1, on: null }).shown, []);
  assert.equal(bound(empty, { region: "IN" }), {});
  assert.equal(problemsOf(empty, { region: ["IN"], "no name": 1, o: {} }), ["filters.region", "filters", "filters.o"]);
});

test("filters may be called like what every object has", () => {
  const names = ["constructor", "toString", "then", "hasOwnProperty", "valueOf"];
  const dashboard = declare(...names.map((name) => ({ name, type: "string" })));
  assert.equal(bound(dashboard, {}), Object.fromEntries(names.map((name) => [name, null])));
  const { binding } = resolve(dashboard, Object.fromEntries(names.map((name) => [name, name])));
  assert.is(Object.getPrototypeOf(binding), null);
  for (const name of names) assert.is(binding[name], name);
});

test("an inline column may have any name, and is a filter by it", () => {
  const columns = [{ name: "__proto__" }, { name: "Größe in cm" }];
  const dashboard = definitionOf({ datasources: [{ id: "i", inline: { columns, rows: [["a", 1]] } }] });
  const { binding } = resolve(dashboard, { "Größe in cm": 1 });
  assert.equal(Object.keys(binding), ["__proto__", "Größe in cm"]);
  assert.is(Object.getPrototypeOf(binding), null);
  assert.equal(problemsOf(dashboard, { "Größe in cm": "1" }), ["filters"]);
});

test("a range binds its ends and its bucket, and before it the span of the same length", () => {
  const dashboard = declare(
    { name: "period", type: "range", default: "2026-01-01/2026-01-31" },
    { name: "r", type: "string" },
  );
  const at = (text: string) => ({ kind: "instant", epochMs: Date.parse(text) });
  const { binding, previous } = resolve(dashboard, { r: "IN" });
  assert.equal(
    { ...binding },
    { period_from: at("2026-01-01"), period_to: at("2026-01-31"), period_bucket: "day", r: "IN" },
  );
  assert.equal(
    { ...previous },
    { period_from: at("2025-12-02"), period_to: at("2026-01-01"), period_bucket: "day", r: "IN" },
  );
  const unset = resolve(dashboard, { period: null });
  assert.equal({ ...unset.binding }, { period_from: null, period_to: null, period_bucket: null, r: null });
  assert.is(unset.previous, undefined);
});

for (const [timezone, period, previous] of [
  ["America/New_York", "2026-03-01/2026-04-01", "2026-01-29T05:00Z/2026-03-01T05:00Z"],
  ["America/New_York", "2026-04-01/2026-05-01", "2026-03-02T05:00Z/2026-04-01T04:00Z"],
  ["America/New_York", "2026-11-01/2026-12-01", "2026-10-02T04:00Z/2026-11-01T04:00Z"],
  ["America/New_York", "2026-12-01/2026-12-31", "2026-11-01T04:00Z/2026-12-01T05:00Z"],
  ["Europe/Berlin", "2026-03-29/2026-03-30", "2026-03-27T23:00Z/2026-03-28T23:00Z"],
  ["Europe/Berlin", "2026-03-30/2026-03-31", "2026-03-28T23:00Z/2026-03-29T22:00Z"],
  ["Europe/Berlin", "2026-10-25/2026-10-26", "2026-10-23T22:00Z/2026-10-24T22:00Z"],
  ["Europe/Berlin", "2026-10-26/2026-10-27", "2026-10-24T22:00Z/2026-10-25T23:00Z"],
  ["Europe/Berlin", "2026-03-29T00:00/2026-03-29T12:00", "2026-03-28T12:00Z/2026-03-28T23:00Z"],
  ["Europe/Berlin", "2026-03-29T06:00/2026-03-30T00:00", "2026-03-28T10:00Z/2026-03-29T04:00Z"],
] as const) {
  test(`the span before ${period} in ${timezone} is as many days long, or else as much time`, () => {
    const dashboard = declare({ name: "p", type: "range", default: period });
    const ends = ["p_from", "p_to"].map((name) => resolve(dashboard, {}, timezone).previous?.[name]);
    assert.equal(
      ends,
      previous.split("/").map((text) => ({ kind: "instant", epochMs: Date.parse(text) })),
    );
  });
}

test("the filters that are set are shown in words, in the order of the definition", () => {
  const dashboard = declare(
    { name: "period", type: "range", title: "Period", default: "last 30d" },
    { name: "region", type: "string", many: true },
    { name: "n", type: "number" },
    { name: "on", type: "boolean" },
    { name: "day", type: "date" },
    { name: "none", type: "string" },
  );
  const given = { day: "2001-02-03", on: true, n: 2001, region: ["DE", "FR", "IN", "US", "GB"] };
  assert.equal(resolve(dashboard, given).shown, [
    { name: "period", title: "Period", text: "Last 30 days" },
    { name: "region", title: "region", text: "DE, FR, IN and 2 more" },
    { name: "n", title: "n", text: "2001" },
    { name: "on", title: "on", text: "yes" },
    { name: "day", title: "day", text: "Feb 3, 2001" },
  ]);
});

test("a relative range has one key, whenever it is asked for, and no other range has it", () => {
  const specs = filterSpecs(declare({ name: "p", type: "range", default: "last 1d" }));
  const at = (ms: number, p?: string) =>
    resolveFilters(specs, p === undefined ? {} : valuesOf({ p }), { ...clock, nowMs: clock.nowMs + ms });
  const { key, binding, previous } = at(0);
  assert.is.not(at(86_400_000).binding.p_to, binding.p_to);
  assert.is(at(86_400_000).key, key);
  // What comes before rows of one time is not what comes before rows of another.
  assert.is.not(bindingKey(at(86_400_000).previous!), bindingKey(previous!));
  const { p_from: from, p_to: to } = binding as Record<string, { readonly epochMs: number }>;
  const same = `${new Date(from!.epochMs).toISOString()}/${new Date(to!.epochMs).toISOString()}`;
  const others = [bindingKey(previous!), ...["last 2d", "last 24h", "last 1w", same].map((p) => at(0, p).key)];
  assert.is(new Set([key, ...others]).size, 6);
  assert.equal(previous!.p_to, { kind: "instant", epochMs: from!.epochMs });
});

test("the key is the same for the same values in any order, and another for any others", () => {
  const dashboard = definitionOf({ datasources: [duckdbOf("q", "select :a, :b, :c")] });
  const text = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('"', '",', "null", "true", "1", '1"],["b"', "\\"));
  const value = fc.oneof(text, fc.integer({ min: -2, max: 2 }), fc.boolean(), fc.constant(null));
  const given = fc.record({ a: value, b: value, c: value });
  fc.assert(
    fc.property(given, given, (one, other) => {
      const key = resolve(dashboard, one).key;
      assert.is(resolve(dashboard, Object.fromEntries(Object.entries(one).reverse())).key, key);
      const same = one.a === other.a && one.b === other.b && one.c === other.c;
      assert.is(resolve(dashboard, other).key === key, same);
    }),
    {
      numRuns: 500,
      examples: [
        [
          { a: 1, b: null, c: null },
          { a: "1", b: null, c: null },
        ],
      ],
    },
  );
});

test("a date and the same text, and a list and its text, have different keys", () => {
  const key = (filter: JsonObject, f: JsonValue) => resolve(declare({ name: "f", ...filter }), { f }).key;
  assert.is.not(key({ type: "date" }, "2026-01-01"), key({ type: "string" }, "2026-01-01"));
  assert.is.not(key({ type: "string" }, '["a"]'), key({ type: "string", many: true }, ["a"]));
  assert.is.not(key({ type: "string", many: true }, ["a,b"]), key({ type: "string", many: true }, ["a", "b"]));
});

test("whatever is given, filters are settled or refused with INVALID_FILTER", () => {
  const dashboard = declare(
    { name: "s", type: "string", options: ["a"] },
    { name: "n", type: "number" },
    { name: "d", type: "date" },
    { name: "r", type: "range", default: "last 7d" },
    { name: "m", type: "date", many: true },
  );
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^(last )?[0-9]{0,5}[mhdwx]?$/),
    fc.stringMatching(/^\d{4}-\d\d-\d\dT?(\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?\/?\d{4}-\d\d-\d\d$/),
  );
  const leaf = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
  const json = fc.oneof(leaf, fc.array(leaf), fc.record({ from: leaf, to: leaf }), fc.dictionary(fc.string(), leaf));
  const given = fc.dictionary(fc.oneof(fc.constantFrom("s", "n", "d", "r", "m"), fc.string()), json, {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(given, (values) => {
      const { ["__proto__"]: _, ...safe } = values;
      try {
        resolve(dashboard, safe);
      } catch (error) {
        assert.is(toErrorAnswer(error).reason, "INVALID_FILTER");
      }
    }),
    { numRuns: 1_000 },
  );
});

test("what a problem says holds no example that could be a value", () => {
  for (const type of ["string", "number", "boolean", "date", "range"]) {
    const dashboard = declare({ name: "f", type });
    try {
      resolve(dashboard, { f: {} });
    } catch (error) {
      assert.not.match(toErrorAnswer(error).body.details![0]!.description, /\d{4}-\d\d/);
    }
  }
});

function declare(...filters: JsonObject[]) {
  return definitionOf({ filters, datasources: [duckdbOf("q", "select 1")] });
}

function resolve(dashboard: ReturnType<typeof definitionOf>, given: Record<string, JsonValue>, timezone = "UTC") {
  return resolveFilters(filterSpecs(dashboard), valuesOf(given), { ...clock, timezone });
}

function bound(...args: Parameters<typeof resolve>) {
  return { ...resolve(...args).binding };
}

function problemsOf(...args: Parameters<typeof resolve>): string[] {
  try {
    resolve(...args);
  } catch (error) {
    const { reason, body } = toErrorAnswer(error);
    assert.is(reason, "INVALID_FILTER");
    return body.details!.map(({ field }) => field);
  }
  return [];
}

test.run();
