import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { checkDefinition } from "../../src/definition/check.ts";
import { cpuMsOf } from "../cpu-time.ts";
import { suite } from "../harness.ts";
import { definitionOf, duckdbOf } from "./make.ts";

const test = suite("definition/check");

const stat = { datasource: "d", stat: { value: "n" } };
const inline = { id: "d", inline: { columns: [{ name: "n" }], rows: [[1], [2]] } };

test("an empty definition is fine, and so is one that uses everything", () => {
  assert.equal(problemsOf({ datasources: [] }), []);
  const query = "select :day as day, n from orders where at >= :p_from and at < :p_to [[ and r = any(:r) ]];";
  const filters = [
    { name: "p", type: "range", default: "last 30d", required: true },
    { name: "r", type: "string", many: true, options: ["IN", "US"], default: ["IN"] },
    { name: "day", type: "date", default: "2026-01-01" },
  ];
  const grid = { x: 0, y: 0, w: 12, h: 4 };
  const panels = [
    { ...stat, id: "a", grid, stat: { value: "n", compare: "previous_period", sparkline: "day" } },
    { ...stat, id: "b", grid: { ...grid, x: 12 }, stat: { value: "n", compare: "previous_period" } },
    { text: { markdown: "# Hi" }, grid: { ...grid, y: 4 } },
    { datasource: "i", line: { x: "n", y: ["n"], series: "n" } },
    { datasource: "i", table: { columns: [{ name: "n" }] } },
  ];
  const layout = { panels, timezone: "Asia/Kolkata", locale: "de-CH" };
  const datasources = [duckdbOf("d", query), { ...inline, id: "i", columns: { n: { unit: "short" } } }];
  assert.equal(problemsOf({ layout, filters, datasources }), []);
});

test("ids of panels and of datasources are unique", () => {
  const layout = {
    panels: [
      { ...stat, id: "a" },
      { ...stat, title: "a" },
      { ...stat, id: "a" },
    ],
  };
  assert.equal(problemsOf({ layout, datasources: [inline, inline] }), ["layout.panels[2].id", "datasources[1].id"]);
});

test("a panel has the datasource that it needs, and a text panel none", () => {
  const panels = [{ stat: { value: "n" } }, { ...stat, datasource: "x" }, { text: {}, datasource: "d" }, { text: {} }];
  assert.equal(problemsOf({ layout: { panels }, datasources: [inline] }), [
    "layout.panels[0].datasource",
    "layout.panels[1].datasource",
    "layout.panels[2].datasource",
  ]);
});

test("x and y go together, and panels stay on the grid", () => {
  const grids = [
    { x: 0, w: 1, h: 1 },
    { y: 0, w: 1, h: 1 },
    { x: 13, y: 0, w: 12, h: 1 },
    { x: 12, y: 9, w: 12, h: 1 },
  ];
  assert.equal(gridProblems(...grids), [0, 1, 2]);
});

test("placed panels do not overlap", () => {
  const grid = { x: 0, y: 0, w: 8, h: 4 };
  assert.equal(gridProblems(grid, { ...grid, x: 8 }, { ...grid, y: 4 }, { ...grid, x: 16 }), []);
  assert.equal(gridProblems(grid, { ...grid, x: 7 }, { ...grid, y: 3 }, grid, { w: 8, h: 4 }), [1, 2, 3]);
  assert.equal(
    gridProblems({ x: 23, y: 5, w: 1, h: 24 }, { x: 0, y: 28, w: 24, h: 1 }, { x: 0, y: 29, w: 24, h: 1 }),
    [1],
  );
});

test("sizes that the proto refuses cost nothing here", () => {
  const tookMs = cpuMsOf(() =>
    assert.equal(
      gridProblems({ x: 0, y: 1e9, w: 4, h: 1e9 }, { x: -1, y: 0, w: -4, h: -1 }, { x: 0, y: -1, w: 0, h: 0 }),
      [],
    ),
  );
  assert.ok(tookMs < 500, `${tookMs} ms`);
});

test("the columns that panels name are those of an inline source", () => {
  const panels = [
    { datasource: "d", line: { x: "t", y: ["n", "m"], series: "s" } },
    { datasource: "d", stat: { value: "v", sparkline: "t" } },
    { datasource: "d", table: { columns: [{ name: "n" }, { name: "c" }] } },
    { datasource: "q", bar: { x: "t", y: ["m"] } },
  ];
  assert.equal(problemsOf({ layout: { panels }, datasources: [inline, duckdbOf("q", "select 1")] }), [
    "layout.panels[0].line.x",
    "layout.panels[0].line.y[1]",
    "layout.panels[0].line.series",
    "layout.panels[1].stat.value",
    "layout.panels[1].stat.sparkline",
    "layout.panels[2].table.columns[1].name",
  ]);
});

test("a table shows a column once", () => {
  const columns = ["n", "m", "n", "n"].map((name) => ({ name }));
  const layout = { panels: [{ datasource: "q", table: { columns } }] };
  assert.equal(problemsOf({ layout, datasources: [duckdbOf("q", "select 1")] }), [
    "layout.panels[0].table.columns[2].name",
    "layout.panels[0].table.columns[3].name",
  ]);
});

test("a comparison needs a range whose both ends the panel's datasource binds", () => {
  const layout = { panels: [{ ...stat, stat: { value: "n", compare: "previous_period" } }] };
  const compare = (query: string, ...filters: JsonObject[]) =>
    problemsOf({ layout, filters, datasources: [duckdbOf("d", query), duckdbOf("e", "select :p_from, :p_to")] });
  const range = { name: "p", type: "range" };
  assert.equal(compare("select :p_from, :p_to", range), []);
  assert.equal(compare("select :p_from, :p_to"), ["layout.panels[0].stat.compare"]);
  assert.equal(compare("select :p_from", range), ["layout.panels[0].stat.compare"]);
});

test("the zone and the language are ones that exist", () => {
  const layout = { timezone: "Mars/Olympus", locale: "xx-YY" };
  assert.equal(problemsOf({ layout }), ["layout.timezone", "layout.locale"]);
  assert.equal(problemsOf({ layout: { timezone: "UTC'; select 1--", locale: "toolongsubtag-x" } }).length, 2);
});

test("filters bind names of their own, also where only the case differs", () => {
  const filters = ["p", "r", "P_from", "R"].map((name) => ({ name, type: name === "p" ? "range" : "string" }));
  assert.equal(problemsOf({ filters }), ["filters[2].name", "filters[3].name"]);
});

test("defaults and options fit their type", () => {
  const filters = [
    { name: "a", type: "string", default: 1 },
    { name: "b", type: "number", options: [1, "2", null] },
    { name: "c", type: "string", options: ["x"], default: "y" },
    { name: "d", type: "date", many: true, default: "2026-01-01" },
    { name: "e", type: "range", default: "2026-02-01/2026-01-01" },
    { name: "f", type: "string", default: null, required: true },
  ];
  assert.equal(problemsOf({ filters }), [
    "filters[0].default",
    "filters[1].options[1]",
    "filters[1].options[2]",
    "filters[2].default",
    "filters[3].default",
    "filters[4].default",
  ]);
});

test("options and lists go with some types only", () => {
  const filters = ["boolean", "range"].map((type) => ({ name: type, type, many: true, options: [true] }));
  assert.equal(problemsOf({ filters }), [
    "filters[0].many",
    "filters[0].options",
    "filters[1].many",
    "filters[1].options",
  ]);
});

test("a range over inline rows needs a column of times that is called like it", () => {
  const over = (type: string) => ({ ...inline, inline: { columns: [{ name: "n" }, { name: "at", type }], rows: [] } });
  const layout = { panels: [{ ...stat, stat: { value: "n", compare: "previous_period" } }] };
  const filters = [{ name: "at", type: "range" }];
  assert.equal(problemsOf({ layout, filters, datasources: [over("time")] }), []);
  assert.equal(problemsOf({ layout, filters, datasources: [over("")] }), [
    "layout.panels[0].stat.compare",
    "filters[0].name",
  ]);
});

test("lists of numbers are bound by no filter", () => {
  const columns = [{ name: "n" }, { name: "trend", type: "numbers" }];
  const filters = ["n", "trend"].map((name) => ({ name, type: "number" }));
  assert.equal(problemsOf({ filters, datasources: [{ id: "d", inline: { columns, rows: [] } }] }), ["filters[1].name"]);
});

test("every filter is bound by a datasource, and every placeholder is a filter's", () => {
  const filters = [
    { name: "n", type: "number" },
    { name: "q", type: "string" },
    { name: "p", type: "range" },
    { name: "x", type: "string" },
  ];
  const datasources = [inline, duckdbOf("e", "select :q,\n:p_bucket, :p"), duckdbOf("f", "select :y")];
  assert.equal(problemsOf({ filters, datasources }), [
    "filters[3].name",
    "datasources[1].duckdb.query",
    "datasources[2].duckdb.query",
  ]);
  assert.match(checkDefinition(definitionOf({ filters, datasources }))[1]!.description, "line 2");
  assert.equal(problemsOf({ datasources }), [], "nothing is declared");
  assert.equal(problemsOf({ filters }), [], "there is nothing to bind them");
});

test("no more filters are inferred from placeholders than may be declared", () => {
  const select = (from: number, to: number) =>
    `select 1${Array.from({ length: to - from }, (_, index) => `\n, :f${from + index}`).join("")}`;
  const of = (...queries: string[]) => ({ datasources: queries.map((query, index) => duckdbOf(`d${index}`, query)) });
  assert.equal(problemsOf(of(select(0, 50), select(0, 50))), []);
  const problems = checkDefinition(definitionOf(of(select(0, 30), select(20, 60), select(60, 90))));
  assert.equal(
    problems.map(({ field, description }) => [field, description.split(":")[0]]),
    [["datasources[1].duckdb.query", "line 32"]],
  );
  const ranges = Array.from({ length: 20 }, (_, index) => ({ name: `r${index}`, type: "range" }));
  const bound = ranges.map(({ name }) => `, :${name}_from, :${name}_to, :${name}_bucket`).join("");
  assert.equal(problemsOf({ filters: ranges, ...of(`select 1${bound}`) }), [], "declared ones are counted already");
});

test("a query that cannot be read is one problem, with its line", () => {
  const filters = [{ name: "n", type: "number" }];
  const [problem, ...others] = checkDefinition(definitionOf({ filters, datasources: [duckdbOf("d", "select\n'")] }));
  assert.equal(problem, { field: "datasources[0].duckdb.query", description: "line 2: a string is not closed" });
  assert.equal(others, []);
});

const sqlOf = (id: string, query: string): JsonObject => ({ id, sql: { connection: "later", query } });

const httpOf = (id: string, http: JsonObject): JsonObject => ({ id, http: { connection: "later", ...http } });

const grpcOf = (id: string, parameters: JsonObject): JsonObject => ({
  id,
  grpc: { connection: "later", query: "sightings", parameters },
});

test("a query by a connection is read like any other, and the connection need not be there yet", () => {
  const datasources = [sqlOf("d", "select\n'"), sqlOf("e", "select 1; select 2"), sqlOf("f", "select :n")];
  assert.equal(checkDefinition(definitionOf({ datasources })), [
    { field: "datasources[0].sql.query", description: "line 2: a string is not closed" },
    { field: "datasources[1].sql.query", description: "line 1: only one statement is allowed" },
  ]);
});

test("what cannot be read of a request is told by its field, and may bind anything", () => {
  const filters = [{ name: "n", type: "number" }];
  const http = { path: "/a/:1", query: { q: ":x y" }, method: "POST", body: { a: [":"] } };
  const datasources = [httpOf("d", http), grpcOf("e", { p: ":x y" })];
  assert.equal(
    problemsOf({ filters, datasources }).map((field) => field.replace(/\[".*"\]$/, "")),
    [
      "datasources[0].http.path",
      "datasources[0].http.query",
      "datasources[0].http.body",
      "datasources[1].grpc.parameters",
    ],
  );
});

test("what stands for a filter in a request is a declared one, and binds it", () => {
  const filters = ["a", "b", "c", "d", "e"].map((name) => ({ name, type: "string" }));
  const http = { path: "/v1/:a/::x", query: { q: ":b", r: ":x" }, method: "POST", body: { in: [":c", "c"] } };
  const datasources = [httpOf("h", http), grpcOf("g", { p: ":d", q: ":y", n: 1 })];
  assert.equal(problemsOf({ filters, datasources }), [
    "filters[4].name",
    "datasources[0].http.query",
    "datasources[1].grpc.parameters",
  ]);
  assert.equal(problemsOf({ datasources }), [], "nothing is declared");
});

test("placeholders of requests count among those from which filters are inferred", () => {
  const queryOf = (from: number, to: number) =>
    Object.fromEntries(Array.from({ length: to - from }, (_, at) => [`q${at}`, `:f${from + at}`]));
  const datasources = [httpOf("h", { query: queryOf(0, 49) }), grpcOf("g", queryOf(40, 51))];
  const problems = checkDefinition(definitionOf({ datasources }));
  assert.equal(
    problems.map(({ field, description }) => [field, description.split(" ").slice(0, 5).join(" ")]),
    [["datasources[1].grpc.parameters", "there are more than 50"]],
  );
});

test("panels name columns that a request declares, and any of one that declares none", () => {
  const panels = ["h", "i"].map((datasource) => ({ datasource, stat: { value: "other" } }));
  const datasources = [httpOf("h", { columns: [{ name: "n" }] }), httpOf("i", {})];
  assert.equal(problemsOf({ layout: { panels }, datasources }), ["layout.panels[0].stat.value"]);
});

test("a panel compares where a query by a connection or a request binds both ends of a range", () => {
  const filters = [{ name: "p", type: "range" }];
  const compare = (datasource: JsonObject) => {
    const panels = [{ datasource: "d", stat: { value: "n", compare: "previous_period" } }];
    return problemsOf({ layout: { panels }, filters, datasources: [datasource] });
  };
  const wrong = ["layout.panels[0].stat.compare"];
  assert.equal(compare(sqlOf("d", "select :p_from, :p_to")), []);
  assert.equal(compare(sqlOf("d", "select :p_from")), wrong);
  assert.equal(compare(httpOf("d", { query: { since: ":p_from", until: ":p_to" } })), []);
  assert.equal(compare(httpOf("d", { query: { until: ":p_to" } })), wrong);
  assert.equal(compare(grpcOf("d", { since: ":p_from", until: ":p_to" })), []);
});

test("files are of a known kind, and each is a view of its own", () => {
  const paths = ["a.parquet", "b.CSV", "c.json", "d.ndjson", "e.jsonl", "f.duckdb", "g", "x/a.csv", "A.json"];
  const files = [...paths.map((path) => ({ path })), { path: "a.csv", name: "a2" }, { path: `${"l".repeat(64)}.csv` }];
  const datasources = [{ id: "d", duckdb: { files, query: "select 1" } }];
  assert.equal(problemsOf({ datasources }), [
    "datasources[0].duckdb.files[5].path",
    "datasources[0].duckdb.files[6].path",
    "datasources[0].duckdb.files[7].name",
    "datasources[0].duckdb.files[8].name",
    "datasources[0].duckdb.files[10].name",
  ]);
});

test("inline rows have a cell for each column, and cells fit their column", () => {
  const columns = ["number", "string", "boolean", "time", "", "numbers"].map((type) => ({ name: type || "any", type }));
  const fits = [
    [1, "a", true, "2026-01-01", 1, [1, null, -2.5]],
    [null, null, null, null, null, null],
    [-1.5, "", false, "2026-01-01T10:00:00.5Z", "NaN", []],
    [0, "1", true, "2026-01-01T10:00", true, Array(1000).fill(0)],
    [0, "1", true, "2026-01-01T10:00", [1, null], [null]],
  ];
  const misfits = [
    ["1", 1, 0, "2026-02-30", {}, 1],
    [true, false, "true", 1_767_225_600, ["1"], ["1"]],
    [[], [], [], [], [[]], Array(1001).fill(0)],
    [1],
    [],
  ];
  const datasources = [{ id: "d", inline: { columns, rows: [...fits, ...misfits] } }];
  const cells = (row: number) => columns.map((_, index) => `datasources[0].inline.rows[${row}][${index}]`);
  assert.equal(problemsOf({ datasources }), [
    ...cells(5),
    ...cells(6),
    ...cells(7),
    "datasources[0].inline.rows[8]",
    "datasources[0].inline.rows[9]",
  ]);
});

test("inline columns have names of their own, and formats are of columns that exist", () => {
  const columns = [{ name: "a" }, { name: "a" }];
  const datasources = [{ id: "d", columns: { a: {}, b: {}, "<b>": {} }, inline: { columns, rows: [] } }];
  assert.equal(problemsOf({ datasources }), ["datasources[0].columns", "datasources[0].inline.columns[1].name"]);
});

test("at most 50 problems are listed, and the last says that there are more", () => {
  const rows = (count: number) => Array.from({ length: count }, () => []);
  const problems = (count: number) =>
    problemsOf({ datasources: [{ ...inline, inline: { columns: [{ name: "n" }], rows: rows(count) } }] });
  assert.is(problems(30).at(-1), "datasources[0].inline.rows[29]");
  assert.ok(problems(51).length <= 50);
  assert.is(problems(51).at(-1), "");
});

test("no problem repeats what was written", () => {
  const secret = "SECRET";
  const filters = [{ name: secret, type: "string", default: 1, options: [secret, 2] }];
  const panels = [{ id: secret, title: secret, datasource: secret, stat: { value: secret } }];
  const datasources = [
    duckdbOf(secret, `select '${secret}`),
    { ...inline, columns: { [secret]: {} } },
    duckdbOf("e", `select :${secret}x`),
  ];
  const problems = checkDefinition(definitionOf({ layout: { panels, timezone: secret }, filters, datasources }));
  assert.ok(problems.length > 4);
  assert.not.match(JSON.stringify(problems), secret);
});

test("the largest definitions are checked quickly", () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => [index, "2026-01-01T00:00:00Z", "x"]);
  const columns = [{ name: "n" }, { name: "t", type: "time" }, { name: "s", type: "string" }];
  const many = Array.from({ length: 20 }, (_, index) => duckdbOf(`q${index}`, "select :n, ".repeat(3_000)));
  const panels = Array.from({ length: 80_000 }, () => ({ ...stat, title: "a", grid: { x: 0, y: 0, w: 1, h: 1 } }));
  const definition = definitionOf({
    layout: { panels },
    datasources: [{ id: "d", inline: { columns, rows } }, ...many],
  });
  const tookMs = cpuMsOf(() => assert.is(checkDefinition(definition).length, 50));
  assert.ok(tookMs < 3_000, `${tookMs} ms`);
});

function problemsOf(definition: Record<string, JsonValue>): string[] {
  return checkDefinition(definitionOf(definition)).map(({ field }) => field);
}

function gridProblems(...grids: JsonObject[]): number[] {
  const panels = grids.map((grid) => ({ ...stat, grid }));
  return problemsOf({ layout: { panels }, datasources: [inline] }).map((field) => {
    assert.match(field, /^layout\.panels\[\d+\]\.grid$/);
    return Number(field.match(/\d+/)![0]);
  });
}

test.run();
