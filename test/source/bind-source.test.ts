import { create, fromJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import * as assert from "uvu/assert";
import {
  GrpcSourceSchema,
  HttpSourceSchema,
  SqlSourceSchema,
} from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { createBinding } from "../../src/definition/filter-value.ts";
import { createSourceBinding } from "../../src/source/bind-source.ts";
import { suite } from "../harness.ts";

const test = suite("binding sources");

const bind = createSourceBinding();
const mentions = (count: number) => Array.from({ length: count }, () => ":f");
const binding = createBinding([["f", Array.from({ length: 250 }, () => "x".repeat(1_000))]]);
const tooLarge = /^the filters' values make the request too large$/;

test("a request that stands for a long value many times is refused before it is made", () => {
  const posted = (count: number) =>
    create(HttpSourceSchema, { method: "POST", body: fromJson(ValueSchema, mentions(count)) });
  assert.equal(Object.keys(bind.http(posted(2), binding).binding), ["f"]);
  assert.throws(() => bind.http(posted(100_000), binding), tooLarge);
  const path = mentions(600).map((name) => `/${name}`);
  assert.throws(() => bind.http(create(HttpSourceSchema, { path: path.join("") }), binding), tooLarge);
  const asked = (count: number) =>
    create(GrpcSourceSchema, { parameters: { a: fromJson(ValueSchema, mentions(count)) } });
  assert.equal(Object.keys(bind.grpc(asked(2), binding).binding), ["f"]);
  assert.throws(() => bind.grpc(asked(100_000), binding), tooLarge);
});

test("many small values are too large together", () => {
  const small = createBinding([["f", Array.from({ length: 500 }, (_, item) => item)]]);
  const posted = create(HttpSourceSchema, { method: "POST", body: fromJson(ValueSchema, mentions(1_000)) });
  assert.throws(() => bind.http(posted, small), tooLarge);
});

test("a query is bound to its values each time, and has an optional clause only with its value", () => {
  const bound = (query: string) => {
    const source = create(SqlSourceSchema, { query });
    return [1, null, 2].map((value) => bind.query(source, createBinding([["a", value]])));
  };
  const whole = bound("select :a");
  assert.equal(
    whole.map(({ sql, binding }) => [sql, { ...binding }]),
    [1, null, 2].map((a) => ["select $a", { a }]),
  );
  assert.is(new Set(whole.map(({ key }) => key)).size, 3);
  assert.equal(
    bound("select 1 [[where x = :a]]").map(({ sql }) => sql.trim()),
    ["select 1  where x = $a", "select 1", "select 1  where x = $a"],
  );
});

test.run();
