import { create, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import * as assert from "uvu/assert";
import { GrpcSourceSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { type BoundValue, createBinding } from "../../src/definition/filter-value.ts";
import { bindGrpcParameters, grpcNames, readGrpcProblems } from "../../src/definition/grpc-request.ts";
import { suite } from "../harness.ts";

const test = suite("gRPC requests");

const source = (parameters: Record<string, JsonValue>) =>
  create(GrpcSourceSchema, {
    connection: "service",
    query: "all",
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, json]) => [name, fromJson(ValueSchema, json)]),
    ),
  });

const bind = (parameters: Record<string, JsonValue>, values: Record<string, BoundValue> = {}) => {
  const bound = bindGrpcParameters(source(parameters), createBinding(Object.entries(values)));
  return Object.fromEntries(Object.entries(bound).map(([name, value]) => [name, toJson(ValueSchema, value)]));
};

test("the names are those that strings stand for, also in lists, each once", () => {
  const parameters = { a: ":region", b: "region", c: "::region", d: [":from", ":region"], e: 1, f: ": x" };
  assert.equal(grpcNames(source(parameters)), ["region", "from"]);
});

test("a filter's value takes the place of what stands for it, with its type", () => {
  const parameters = {
    text: ":t",
    number: ":n",
    truth: ":b",
    list: ":l",
    day: ":d",
    instant: ":i",
    fixed: "x",
    one: 1,
  };
  const values = {
    t: "::not a template",
    n: 0.5,
    b: false,
    l: ["a", "b"],
    d: { kind: "date", iso: "2001-05-01" },
    i: { kind: "instant", epochMs: Date.UTC(2001, 4, 1, 6, 30) },
  } as const;
  assert.equal(bind(parameters, values), {
    text: "::not a template",
    number: 0.5,
    truth: false,
    list: ["a", "b"],
    day: "2001-05-01",
    instant: "2001-05-01T06:30:00.000Z",
    fixed: "x",
    one: 1,
  });
});

test("two colons stand for one", () => {
  assert.equal(bind({ a: "::a", b: ["::b", "c"] }), { a: ":a", b: [":b", "c"] });
});

test("what stands for an unset filter is left out, of a list as well", () => {
  assert.equal(bind({ a: ":a", b: ":b", c: ["x", ":a"], d: [":b"] }, { a: null }), { c: ["x"], d: [] });
});

test("a filter's list becomes part of the list in which it stands", () => {
  assert.equal(bind({ a: ["x", ":l", "y"] }, { l: ["1", "2"] }), { a: ["x", "1", "2", "y"] });
});

test("a parameter that is called like what objects have is like any other", () => {
  assert.equal(bind({ constructor: ":toString" }, { toString: "x" }), { constructor: "x" });
  assert.equal(bind({ a: ":constructor" }), {});
});

const problems: readonly (readonly [JsonValue, string])[] = [
  [{ a: 1 }, "a parameter is a string, a number, true, false, or a list of one of them"],
  [null, "a parameter is a string, a number, true, false, or a list of one of them"],
  [[["a"]], "a parameter is a string, a number, true, false, or a list of one of them"],
  [[null], "a parameter is a string, a number, true, false, or a list of one of them"],
  [":1", "a colon begins neither `:name` nor `::`, which stands for a colon"],
  [":", "a colon begins neither `:name` nor `::`, which stands for a colon"],
  [["a", ": b"], "a colon begins neither `:name` nor `::`, which stands for a colon"],
  [["a", 1], "a parameter's list is of one type"],
];

test("what is no parameter is a problem, which names no parameter", () => {
  for (const [json, description] of problems) {
    assert.equal(readGrpcProblems(source({ secret: json })), [{ field: "grpc.parameters", description }]);
  }
});

test("a problem that several parameters have is told once", () => {
  assert.is(readGrpcProblems(source({ a: ":", b: ":", c: { d: 1 } })).length, 2);
});

test("what is a parameter is no problem", () => {
  const parameters = { a: ":a", b: "::", c: 1, d: true, e: [], f: ["a", ":b"], g: [1, ":n"], h: "", i: "a:b" };
  assert.equal(readGrpcProblems(source(parameters)), []);
});

test.run();
