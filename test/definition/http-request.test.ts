import { create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import * as assert from "uvu/assert";
import { type HttpSource, HttpSourceSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { httpNames, readHttpProblems } from "../../src/definition/http-request.ts";
import { suite } from "../harness.ts";

const test = suite("requests of HTTP sources");

function source(init: MessageInitShape<typeof HttpSourceSchema>, body?: JsonValue): HttpSource {
  return create(HttpSourceSchema, {
    connection: "api",
    ...init,
    ...(body !== undefined && { body: fromJson(ValueSchema, body) }),
  });
}

function problems(...given: Parameters<typeof source>): readonly string[] {
  return readHttpProblems(source(...given)).map(({ field, description }) => `${field} ${description}`);
}

test("names stand in segments, values and strings, each told once, and nowhere else", () => {
  const body = { ":no": [":c", { deep: [":d", ":a", "x:no", "::no", null, 1, true] }] };
  const asked = source({ method: "POST", path: "/x/:a/y:no/::no", query: { ":no": ":b", q: "::no", r: "no" } }, body);
  assert.equal(httpNames(asked), ["a", "b", "c", "d"]);
  assert.equal(readHttpProblems(asked), []);
  assert.equal(httpNames(source({})), []);
});

test("a colon that begins nothing is reported where it is, without its text", () => {
  const words = "a colon begins neither `:name` nor `::`, which stands for a colon";
  assert.equal(problems({ method: "POST", path: "/:/a", query: { q: ":1" } }, [{ a: ":a b" }]), [
    `http.path ${words}`,
    `http.query ${words}`,
    `http.body ${words}`,
  ]);
});

test("a path goes down only", () => {
  for (const path of ["/..", "/a/../b", "/.", "/a/.", "/..;/b", "/..;x=1/b", "/.;"]) {
    assert.equal(problems({ path }), ["http.path must have no segment `.` or `..`"], path);
  }
  for (const path of ["//", "//a", "/a//b"]) {
    assert.equal(problems({ path }), ["http.path must have no empty segment but the last"], path);
  }
  for (const path of ["", "/", "/a", "/a/", "/a.b", "/...", "/a;..", "/:a"]) assert.equal(problems({ path }), [], path);
});

test("a body goes with POST", () => {
  assert.equal(problems({}, {}), ["http.body goes with the method POST only"]);
  assert.equal(problems({ method: "GET" }, null), ["http.body goes with the method POST only"]);
  assert.equal(problems({ method: "POST" }, {}), []);
});

test("columns have names of their own", () => {
  const columns = ["a", "b", "a"].map((name) => ({ name }));
  assert.equal(problems({ columns }), ["http.columns[2].name is another column's name"]);
});

test.run();
