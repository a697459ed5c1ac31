import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import {
  RenderRequestSchema,
  SaveDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createFieldCheck, createProblemSearch } from "../../src/rpc/validate.ts";
import { cpuMsOf } from "../cpu-time.ts";
import { suite } from "../harness.ts";

const test = suite("validation");

const fieldCheck = createFieldCheck();
const crossField = { field: "layout.panels[0].datasource", description: "names no datasource" };
const findProblems = createProblemSearch(fieldCheck, () => [crossField]);

test("problems of fields and between fields are found together", () => {
  const request = create(SaveDefinitionRequestSchema, { dashboardId: "!", layout: {} });
  const problems = findProblems(SaveDefinitionRequestSchema, request);
  assert.equal(
    problems.map(({ field }) => field),
    ["dashboard_id", crossField.field],
  );
});

test("no pattern of the contract goes back and forth in a long text: this test would not end", () => {
  const folder = "proto/datajetty/dashboards/v1";
  const protos = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const patterns = protos.flatMap((text) => [...text.matchAll(/\bpattern(?: =|:) ("(?:[^"\\]|\\.)*")/g)]);
  assert.ok(patterns.length > 20);
  const units = ["a", "/", "/a", ".a", "a.", "~0", "/~0", "/a~0b", "0:", "a-", "_", " ", "a ", "http://", ":", "1"];
  const texts = units.map((unit) => unit.repeat(300_000 / unit.length));
  for (const pattern of new Set(patterns.map(([, literal]) => String(JSON.parse(literal!))))) {
    const regex = new RegExp(pattern, "u");
    for (const text of texts)
      for (const end of ["!", "~", "\0", " "]) assert.type(regex.test(`/a${text}${end}`), "boolean");
    for (const text of texts) regex.test(`a${text}\0`);
    for (const text of texts) regex.test(`http://a${text} `);
  }
});

const rows = (count: number) => Array.from({ length: count }, () => ({}));
const inline = (fields: object) => ({ source: { case: "inline" as const, value: fields } });
const tooMany: [field: string, fields: object, limit: number][] = [
  ["datasources", { datasources: rows(21) }, 20],
  ["filters", { filters: rows(51) }, 50],
  ["filters[0].options", { filters: [{ options: rows(501) }] }, 500],
  ["layout.panels", { layout: { panels: rows(101) } }, 100],
  [
    "layout.panels[1].line.y",
    { layout: { panels: [{}, { kind: { case: "line", value: { y: Array(101).fill("a") } } }] } },
    100,
  ],
  ["datasources[0].inline.rows", { datasources: [inline({ rows: rows(10_001) })] }, 10_000],
  [
    "datasources[0].columns",
    { datasources: [{ columns: Object.fromEntries(rows(101).map((column, index) => [`c${index}`, column])) }] },
    100,
  ],
];

for (const [field, fields, limit] of tooMany) {
  test(`too many ${field} are all that is found`, () => {
    const problems = findProblems(SaveDefinitionRequestSchema, create(SaveDefinitionRequestSchema, fields));
    assert.equal(problems, [{ field, description: `must contain no more than ${limit} items` }]);
  });
}

test("in a map a star stands for the key, which is the caller's own text", () => {
  const request = create(SaveDefinitionRequestSchema, {
    dashboardId: "a",
    layout: {},
    datasources: [{ id: "orders", columns: { "<b>mine</b>": { unit: "fathoms" } }, ...inline({}) }],
  });
  const problems = findProblems(SaveDefinitionRequestSchema, request);
  assert.is(problems.filter(({ field }) => field === "datasources[0].columns.*.unit").length, 1);
  assert.not.match(JSON.stringify(problems), "mine");
});

test("as many as may be are looked at one by one", () => {
  const request = create(SaveDefinitionRequestSchema, { dashboardId: "a", layout: { panels: rows(100) } });
  const problems = findProblems(SaveDefinitionRequestSchema, request);
  assert.is(problems[0]?.field, "layout.panels[0].kind");
  assert.is(problems.length, 50);
  assert.match(problems.at(-1)!.description, /there are more/);
});

test("a path ends before a map's key, which is the caller's own text", () => {
  const request = create(RenderRequestSchema, {
    dashboardId: "a",
    filters: { "": { kind: { case: "boolValue", value: true } } },
  });
  assert.equal(
    fieldCheck(RenderRequestSchema, request).map(({ field }) => field),
    ["filters"],
  );
});

test("a hundred thousand items cost no more than their count", () => {
  const request = create(SaveDefinitionRequestSchema, {
    datasources: Array(100_000).fill(create(SaveDefinitionRequestSchema)),
  });
  const tookMs = cpuMsOf(() => assert.is(findProblems(SaveDefinitionRequestSchema, request).length, 1));
  assert.ok(tookMs < 800, `${tookMs} ms`);
});

test.run();
