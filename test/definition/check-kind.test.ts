import { create, type DescMessage, fromJson, getOption, hasOption, type JsonObject } from "@bufbuild/protobuf";
import { field as rulesExtension } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import * as assert from "uvu/assert";
import { PanelSchema } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { checkDefinition } from "../../src/definition/check.ts";
import { panelColumns } from "../../src/definition/panel-columns.ts";
import { suite } from "../harness.ts";
import { definitionOf, duckdbOf } from "./make.ts";

const test = suite("definition/check-kind");

const line = { x: "t", y: ["n"] };
const steps = (...values: number[]) => values.map((value) => ({ value }));

test("panels that use all they can are fine", () => {
  const thresholds = [
    { value: -1, label: "Low" },
    { value: 0, status: "warn" },
    { value: 2.5, status: "bad" },
  ];
  const panels = [
    { line: { ...line, thresholds, nulls: "zero" }, note: "As counted", click: ["t"] },
    { line: { ...line, thresholds: steps(0.1, 10), scale: "log", nulls: "connect" } },
    { area: { ...line, thresholds, nulls: "gap" } },
    { bar: { ...line, thresholds } },
    { stat: { value: "n", compare: "target", target: 0, compare_label: "vs plan", thresholds } },
    { table: { sort: { column: "any", order: "descending" } }, click: ["any"] },
    {
      table: {
        columns: [
          { name: "n", thresholds },
          { name: "s", show: "status", statuses: { up: "ok" } },
        ],
        sort: { column: "s" },
      },
      click: ["s"],
    },
    { pie: { label: "s", value: "n", shape: "donut", total_label: "All" }, click: ["s"] },
    { scatter: { x: "n", y: "m", series: "s", thresholds, x_scale: "log" }, click: ["s", "n"] },
    { heatmap: { x: "t", y: "s", value: "n" } },
    { histogram: { value: "n", buckets: 10 } },
    { gauge: { value: "n", min: -5, max: 5, thresholds, caption: "s" } },
    { gauge: { value: "n", min: 5 } },
  ];
  assert.equal(problemsOf(...panels), []);
});

test("thresholds ascend, wherever they are", () => {
  const thresholds = steps(1, 1, 3, 2, -0);
  const panels = ["line", "area", "bar"].map((kind) => ({ [kind]: { ...line, thresholds } }));
  const columns = [{ name: "a" }, { name: "b", thresholds }];
  const each = (path: string) =>
    [1, 3, 4].map((index) => `${path}thresholds[${index}].value: is not above the threshold before it`);
  assert.equal(
    problemsOf(
      ...panels,
      { scatter: { x: "a", y: "b", thresholds } },
      { stat: { value: "n", thresholds } },
      { gauge: { value: "n", thresholds } },
      { table: { columns } },
    ),
    ["0.line.", "1.area.", "2.bar.", "3.scatter.", "4.stat.", "5.gauge.", "6.table.columns[1]."].flatMap(each),
  );
});

test("what is no finite number is left to the proto", () => {
  const [nan, infinity] = ["NaN", "Infinity"].map((value) => ({ value }));
  assert.equal(problemsOf({ line: { ...line, thresholds: [nan!, { value: 1 }, infinity!] } }), []);
  assert.equal(problemsOf({ gauge: { value: "n", min: "NaN", max: 1 } }), []);
});

test("a log scale has no zero: neither for what has no value, nor for a threshold", () => {
  const thresholds = steps(-1, 0, 1);
  const words = "has no place on a log scale, which begins above zero";
  assert.equal(
    problemsOf(
      { line: { ...line, scale: "log", nulls: "zero", thresholds } },
      { scatter: { x: "a", y: "b", y_scale: "log", thresholds } },
      { scatter: { x: "a", y: "b", x_scale: "log", thresholds } },
    ),
    [
      "0.line.nulls: goes with no log scale, which has no zero",
      `0.line.thresholds[0].value: ${words}`,
      `0.line.thresholds[1].value: ${words}`,
      `1.scatter.thresholds[0].value: ${words}`,
      `1.scatter.thresholds[1].value: ${words}`,
    ],
  );
});

test("a target goes with a comparison with it, and words for a comparison with one", () => {
  const stat = (fields: JsonObject) => problemsOf({ stat: { value: "n", ...fields } });
  assert.equal(stat({ compare: "target" }), ["0.stat.target: is needed to compare with it"]);
  assert.equal(stat({ target: 0 }), ["0.stat.target: goes with `compare: target` only"]);
  assert.equal(stat({ compare_label: "vs plan" }), ["0.stat.compare_label: goes with compare only"]);
  assert.is(stat({ compare: "previous_period", target: 1 })[0], "0.stat.target: goes with `compare: target` only");
});

test("a target needs no range", () => {
  const panels = [{ datasource: "d", stat: { value: "n", compare: "target", target: 1 } }];
  assert.equal(checkDefinition(definitionOf({ layout: { panels }, datasources: [duckdbOf("d", "select 1")] })), []);
});

test("a gauge ends above where it begins, which is 0 where nothing is said", () => {
  const gauge = (fields: JsonObject) => problemsOf({ gauge: { value: "n", ...fields } });
  assert.equal(gauge({ min: 5, max: 5 }), ["0.gauge.max: is not above min"]);
  assert.equal(gauge({ max: 0 }), ["0.gauge.max: is not above 0, where the arc begins without min"]);
  assert.equal(gauge({ min: -2, max: -1 }), []);
});

test("a table is sorted by a column that it shows, and only tags have words with statuses", () => {
  const statuses = { up: "ok" };
  const columns = [
    { name: "a", statuses },
    { name: "b", show: "code", statuses },
    { name: "c", show: "status", statuses },
  ];
  assert.equal(problemsOf({ table: { columns, sort: { column: "d" } } }), [
    "0.table.columns[0].statuses: goes with `show: status` only",
    "0.table.columns[1].statuses: goes with `show: status` only",
    "0.table.sort.column: is no column that the table shows",
  ]);
});

test("a column to click is one that the panel shows, and a text has none", () => {
  assert.equal(
    problemsOf(
      { pie: { label: "s", value: "n" }, click: ["t", "s"] },
      { table: { columns: [{ name: "a" }] }, click: ["a", "s"] },
      { datasource: "", text: {}, click: ["s"] },
    ),
    [
      "0.click[0]: is no column that the panel shows",
      "1.click[1]: is no column that the panel shows",
      "2.click: goes with no text panel",
    ],
  );
});

test("what new kinds name, sort by and let click are columns of an inline source", () => {
  const inline = { id: "d", inline: { columns: [{ name: "n" }], rows: [] } };
  const panels = [
    { pie: { label: "l", value: "v" } },
    { scatter: { x: "a", y: "n", series: "s" } },
    { heatmap: { x: "n", y: "b", value: "v" } },
    { histogram: { value: "v" } },
    { gauge: { value: "n", caption: "c" } },
    { table: { sort: { column: "o" } }, click: ["n", "k"] },
  ].map((panel) => ({ datasource: "d", ...panel }));
  const problems = checkDefinition(definitionOf({ layout: { panels }, datasources: [inline] }));
  assert.ok(problems.every(({ description }) => description === "is no column of the datasource"));
  assert.equal(
    problems.map(({ field }) => field.replace("layout.panels", "")),
    [
      "[0].pie.label",
      "[0].pie.value",
      "[1].scatter.x",
      "[1].scatter.series",
      "[2].heatmap.y",
      "[2].heatmap.value",
      "[3].histogram.value",
      "[4].gauge.caption",
      "[5].table.sort.column",
      "[5].click[1]",
    ],
  );
});

test("every field of every kind that can name a column is known to", () => {
  const kinds = PanelSchema.oneofs[0]!.fields.filter(({ name }) => name !== "text");
  assert.ok(kinds.length > 9);
  for (const kind of kinds) {
    const panel = fromJson(PanelSchema, { [kind.name]: named(kind.message!) } as JsonObject);
    const found = panelColumns(panel).map(({ name }) => name);
    assert.equal(found, pathsOf(kind.message!), kind.name);
  }
  assert.equal(panelColumns(create(PanelSchema)), []);
});

test.run();

/** What is wrong with panels over a source whose columns are not known, each problem with its panel's index. */
function problemsOf(...panels: JsonObject[]): string[] {
  const layout = { panels: panels.map((panel) => ({ datasource: "d", ...panel })) };
  const query = "select :p_from, :p_to";
  const filters = [{ name: "p", type: "range" }];
  return checkDefinition(definitionOf({ layout, filters, datasources: [duckdbOf("d", query)] })).map(
    ({ field, description }) => `${field.replace(/^layout\.panels\[(\d+)\]/, "$1")}: ${description}`,
  );
}

/** Fields of free text that name no column, and lists that describe no data. */
const words = new Set(["total_label", "compare_label", "thresholds"]);

/** Fills in each field that can name a column with its own path. */
function named({ fields }: DescMessage, path = ""): JsonObject {
  return Object.fromEntries(
    fields.filter(isColumn).map((field) => {
      const own = `${path}${field.name}`;
      const value = field.message === undefined ? own : named(field.message, `${own}.`);
      return [field.name, field.fieldKind === "list" ? [value] : value];
    }),
  ) as JsonObject;
}

function pathsOf({ fields }: DescMessage, path = ""): string[] {
  return fields.filter(isColumn).flatMap((field) => {
    const own = `${path}${field.name}`;
    return field.message === undefined ? [own] : pathsOf(field.message, `${own}.`);
  });
}

function isColumn(field: DescMessage["fields"][number]): boolean {
  if (words.has(field.name) || field.fieldKind === "map") return false;
  if (field.message !== undefined) return true;
  const rules = hasOption(field, rulesExtension) ? getOption(field, rulesExtension).type : undefined;
  const isText = field.scalar === 9 || (field.fieldKind === "list" && field.listKind === "scalar");
  return isText && !(rules?.case === "string" && rules.value.in.length > 0);
}
