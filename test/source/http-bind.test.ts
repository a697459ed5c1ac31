import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { HttpSourceSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { type BoundValue, createBinding } from "../../src/definition/filter-value.ts";
import { type BoundRequest, bindHttpRequest } from "../../src/source/http/bind.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";

const test = suite("binding HTTP requests");

/** What a test says of a source; one with a body is posted. */
type Asked = {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly body?: JsonValue;
};

function bind({ body, ...init }: Asked, filters: Record<string, BoundValue> = {}): BoundRequest {
  const source = create(HttpSourceSchema, { connection: "a", ...init });
  if (body !== undefined) Object.assign(source, { method: "POST", body: fromJson(ValueSchema, body) });
  return bindHttpRequest(source, createBinding(Object.entries(filters)));
}

const instant: BoundValue = { kind: "instant", epochMs: Date.UTC(2026, 0, 2, 3) };
const date: BoundValue = { kind: "date", iso: "2026-01-02" };
const every = { s: "a b", n: 1.5, b: false, t: instant, d: date, l: [1, 2], e: [], u: null };

test("each kind of value is written as its place demands", () => {
  assert.is(
    bind({ path: "/:s/:n/:b/:t/:d/:l" }, every).target,
    "/a%20b/1.5/false/2026-01-02T03%3A00%3A00.000Z/2026-01-02/1,2",
  );
  assert.is(
    bind({ query: { s: ":s", n: ":n", b: ":b", t: ":t", d: ":d", l: ":l", e: ":e", u: ":u", o: ":other" } }, every)
      .target,
    "?s=a%20b&n=1.5&b=false&t=2026-01-02T03%3A00%3A00.000Z&d=2026-01-02&l=1&l=2",
  );
  const body = { ":s": [":s", ":n", ":b", ":t", ":d", ":l", ":e", ":u", "::s", "s", null, 2, true, {}] };
  assert.equal(JSON.parse(bind({ body }, every).body!), {
    ":s": ["a b", 1.5, false, "2026-01-02T03:00:00.000Z", "2026-01-02", [1, 2], [], null, ":s", "s", null, 2, true, {}],
  });
});

test("what stands for itself does", () => {
  const asked = bind({ path: "/a/::b/c:d/", query: { "a&b": "::c=d", "": "" } });
  assert.equal(asked, { method: "GET", target: "/a/:b/c:d/?a%26b=%3Ac%3Dd&=" });
  assert.equal(bind({}), { method: "GET", target: "" });
  assert.equal(bind({ method: "POST" }), { method: "POST", target: "" });
  assert.equal(bind({ body: null }), { method: "POST", target: "", body: "null" });
});

test("a name in a body is a name, whatever it is called", () => {
  assert.is(
    bind({ body: { ["__proto__"]: { x: 1 }, constructor: ":n" } }, { n: 1 }).body,
    '{"__proto__":{"x":1},"constructor":1}',
  );
});

test("a path has a value for each filter, and none to climb by", () => {
  const refuse = (value: BoundValue, words: RegExp) =>
    assert.throws(
      () => bind({ path: "/a/:v/b" }, { v: value }),
      (error: SourceError) =>
        error instanceof SourceError && error.failure === "source_failed" && words.test(error.message),
    );
  for (const value of [null, "", []]) refuse(value, /^the path stands for a filter that is unset$/);
  for (const value of [".", "..", "../B/x?y=#127.0.0.1", "a/../b", "a\\..", "x/.", [".."], "..;x"]) {
    refuse(value, /^a filter's value would lead out of the path$/);
  }
  for (const value of ["...", "a..b", "..a", ".a/b"]) bind({ path: "/a/:v/b" }, { v: value });
});

test("a path and query longer than 16 KiB are not sent", () => {
  const tags = Array.from({ length: 500 }, () => "x".repeat(100));
  assert.throws(() => bind({ query: { tag: ":tags" } }, { tags }), /^path and query are longer than 16 KiB$/);
});

const anyText = fc.oneof(
  fc.string({ unit: "binary", minLength: 1 }),
  fc.string({
    unit: fc.constantFrom("/", "?", "#", "%", "2", "f", ".", "\r", "\n", "&", "=", "'", "\\", "é", "\ud800"),
  }),
);

test("whatever a value holds, it stays in its place and is read there as it is", () => {
  fc.assert(
    fc.property(anyText, anyText, fc.array(anyText, { maxLength: 3 }), (inPath, inQuery, list) => {
      let target: string;
      try {
        target = bind({ path: "/a/:p/z", query: { q: ":q", l: ":l" } }, { p: inPath, q: inQuery, l: list }).target;
      } catch (error) {
        assert.instance(error, SourceError);
        assert.ok(inPath === "" || /(^|[/\\])\.\.?([/\\]|$)/.test(inPath));
        return;
      }
      const url = new URL(`https://user.test/v1${target}`);
      assert.is(url.href, `https://user.test/v1${target}`, "nobody reads it in another way");
      assert.is(url.hash, "");
      const segments = url.pathname.split("/");
      assert.equal([...segments.slice(0, 3), ...segments.slice(4)], ["", "v1", "a", "z"]);
      assert.is(decodeURIComponent(segments[3]!), inPath.toWellFormed());
      assert.equal([...url.searchParams.keys()], ["q", ...list.map(() => "l")]);
      assert.equal(url.searchParams.getAll("q"), [inQuery.toWellFormed()]);
      assert.equal(
        url.searchParams.getAll("l"),
        list.map((text) => text.toWellFormed()),
      );
      assert.match(target, /^[!-~]*$/);
    }),
    { numRuns: 1000 },
  );
});

test("whatever a value holds, a body is the JSON that it was", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      assert.equal(JSON.parse(bind({ body: { a: [":v"] } }, { v: text }).body!), { a: [text] });
    }),
    { numRuns: 300 },
  );
});

test.run();
