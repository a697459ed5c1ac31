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

test("the list of problems is bounded", () => {
  const values = Array.from({ length: 1_000 }, () => value({ case: undefined }));
  assert.is(fieldsOf({ l: value({ case: "listValue", value: create(ListValueSchema, { values }) }) }).length, 100);
});

test.run();
