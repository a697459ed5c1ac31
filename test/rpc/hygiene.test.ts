import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ListValueSchema, StructSchema, type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import * as assert from "uvu/assert";
import {
  RenderRequestSchema,
  SaveDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { findUnclean } from "../../src/rpc/hygiene.ts";
import { suite } from "../harness.ts";

const test = suite("hygiene");

const fieldsOf = (filters: Record<string, Value>) =>
  findUnclean(RenderRequestSchema, create(RenderRequestSchema, { dashboardId: "a", filters })).map(
    ({ field }) => field,
  );
const value = (kind: Value["kind"]) => create(ValueSchema, { kind });

test("an ordinary message is clean", () => {
  assert.equal(
    fieldsOf({ region: value({ case: "stringValue", value: "IN" }), n: value({ case: "numberValue", value: 1 }) }),
    [],
  );
});

test("NUL and half a surrogate pair are found wherever text is", () => {
  const request = create(SaveDefinitionRequestSchema, {
    dashboardId: "a\0",
    layout: { title: "\ud800", panels: [{ title: "ok" }, { kind: { case: "text", value: { markdown: "x\0" } } }] },
  });
  const fields = findUnclean(SaveDefinitionRequestSchema, request).map(({ field }) => field);
  assert.equal(fields, ["dashboard_id", "layout.title", "layout.panels[1].text.markdown"]);
});

test("NaN, infinity and a value without a kind are found, also deep inside", () => {
  const list = create(ListValueSchema, { values: [value({ case: "numberValue", value: Number.POSITIVE_INFINITY })] });
  const struct = create(StructSchema, { fields: { deep: value({ case: undefined }) } });
  assert.equal(fieldsOf({ n: value({ case: "numberValue", value: Number.NaN }) }), ["filters.n"]);
  assert.equal(fieldsOf({ l: value({ case: "listValue", value: list }) }), ["filters.l[0]"]);
  assert.equal(fieldsOf({ s: value({ case: "structValue", value: struct }) }), ["filters.s.deep"]);
});

test("the name __proto__ is refused and pollutes nothing", () => {
  const filters = Object.fromEntries([["__proto__", value({ case: "stringValue", value: "x" })]]);
  const bytes = toBinary(RenderRequestSchema, create(RenderRequestSchema, { dashboardId: "a", filters }));
  const received = fromBinary(RenderRequestSchema, bytes);
  assert.equal(
    findUnclean(RenderRequestSchema, received).map(({ field }) => field),
    ["filters"],
  );
  assert.is(({} as Record<string, unknown>).kind, undefined);
});

test("fields that do not exist are found", () => {
  const unknown = fromBinary(RenderRequestSchema, Uint8Array.of(10, 1, 97, 0x98, 0x06, 1));
  assert.is(findUnclean(RenderRequestSchema, unknown).length, 1);
});

test("a path never repeats a name that the caller made up", () => {
  const problems = fieldsOf({ "<script>": value({ case: undefined }) });
  assert.equal(problems, ["filters"]);
});

/** A message as deep as the JSON of so many levels, of which two are its own. */
function deep(levels: number, wrap: (inner: Value) => Value) {
  let inner = value({ case: "boolValue", value: true });
  for (let level = 2; level < levels; level += 1) inner = wrap(inner);
  const bytes = toBinary(RenderRequestSchema, create(RenderRequestSchema, { dashboardId: "a", filters: { a: inner } }));
  return fromBinary(RenderRequestSchema, bytes);
}

test("a message of more than 32 levels is refused, also one that no JSON was made of", () => {
  const list = (inner: Value) => value({ case: "listValue", value: create(ListValueSchema, { values: [inner] }) });
  const struct = (inner: Value) =>
    value({ case: "structValue", value: create(StructSchema, { fields: { a: inner } }) });
  for (const wrap of [list, struct]) {
    assert.equal(findUnclean(RenderRequestSchema, deep(32, wrap)), []);
    assert.throws(() => findUnclean(RenderRequestSchema, deep(33, wrap)), /more than 32 levels/);
  }
});

test("a message of more than 20,000 names or 100,000 values is refused", () => {
  const refuse = (filters: Record<string, Value>, pattern: RegExp) => assert.throws(() => fieldsOf(filters), pattern);
  const yes = value({ case: "boolValue", value: true });
  const fields = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, yes]));
  refuse({ a: value({ case: "structValue", value: create(StructSchema, { fields }) }) }, /more than 20000 keys/);
  const list = value({ case: "listValue", value: create(ListValueSchema, { values: Array(50_000).fill(yes) }) });
  assert.equal(fieldsOf({ a: list }), []);
  refuse({ a: list, b: list }, /more than 100000 values/);
  const request = create(SaveDefinitionRequestSchema, { datasources: Array(100_001).fill({}) });
  assert.throws(() => findUnclean(SaveDefinitionRequestSchema, request), /more than 100000 values/);
});

test("paths are those of the JSON", () => {
  const row = create(ListValueSchema, { values: [value({ case: undefined })] });
  const inline = { case: "inline" as const, value: { rows: [row] } };
  const request = create(SaveDefinitionRequestSchema, { datasources: [{ source: inline }] });
  assert.equal(
    findUnclean(SaveDefinitionRequestSchema, request).map(({ field }) => field),
    ["datasources[0].inline.rows[0][0]"],
  );
});

test("the list of problems is bounded", () => {
  const values = Array.from({ length: 1_000 }, () => value({ case: undefined }));
  assert.is(fieldsOf({ l: value({ case: "listValue", value: create(ListValueSchema, { values }) }) }).length, 50);
});

test.run();
