import * as assert from "uvu/assert";
import { createRoutes } from "../../src/rest/routes.ts";
import { parseTemplate } from "../../src/rest/template.ts";
import { suite } from "../harness.ts";

const test = suite("routes");

const templates = [
  "/foo/bar/baz/buzz",
  "/foo/bar/{name}",
  "/foo/bar/{name}/baz/{child}",
  "/foo/bar/{name}/baz/{child.id}/buzz/{child.thing.id}",
  "/foo/bar/*/{thing.id}/{cat=**}",
  "/foo/bar/*/{thing.id}/{cat=**}:do",
  "/foo/bar/*/{thing.id}/{cat=**}:cancel",
  "/foo/bob/{book=*/*/x}/details",
  "/v1/{name=shelves/*}",
  "/v1/{name=shelves/*}:read",
  "/v1/shelves:list",
];

const find = createRoutes(
  templates.flatMap((text) =>
    ["GET", "POST"].map((method) => ({ method, template: parseTemplate(text), target: `${method} ${text}` })),
  ),
);

/** Modelled on vanguard-go's TestRouteTrie_FindTarget. Without a template, nothing is there. */
const cases: [path: string, template?: string, variables?: Record<string, string>][] = [
  ["/bob/lob/law"],
  ["/foo/bob/lob/law"],
  ["/foo/bar/baz", "/foo/bar/{name}", { name: "baz" }],
  ["/foo/bar/baz/buzz", "/foo/bar/baz/buzz", {}],
  ["/foo/bar/baz/baz/buzz", "/foo/bar/{name}/baz/{child}", { name: "baz", child: "buzz" }],
  [
    "/foo/bar/1/baz/2/buzz/3",
    "/foo/bar/{name}/baz/{child.id}/buzz/{child.thing.id}",
    { name: "1", "child.id": "2", "child.thing.id": "3" },
  ],
  ["/foo/bar/baz/123", "/foo/bar/*/{thing.id}/{cat=**}", { "thing.id": "123", cat: "" }],
  ["/foo/bar/baz/123/a", "/foo/bar/*/{thing.id}/{cat=**}", { "thing.id": "123", cat: "a" }],
  ["/foo/bar/baz/123/a/b", "/foo/bar/*/{thing.id}/{cat=**}", { "thing.id": "123", cat: "a/b" }],
  ["/foo/bar/baz/123/a/b:do", "/foo/bar/*/{thing.id}/{cat=**}:do", { "thing.id": "123", cat: "a/b" }],
  ["/foo/bar/baz/123/a/b:cancel", "/foo/bar/*/{thing.id}/{cat=**}:cancel", { "thing.id": "123", cat: "a/b" }],
  ["/foo/bar/baz/123/a/b:blah"],
  ["/foo/bob/a/b/x/details", "/foo/bob/{book=*/*/x}/details", { book: "a/b/x" }],
  ["/foo/bob/a/b/y/details"],
  ["/foo/bob/a/b/x/details:do"],
  ["/v1/shelves/1", "/v1/{name=shelves/*}", { name: "shelves/1" }],
  ["/v1/shelves/1:read", "/v1/{name=shelves/*}:read", { name: "shelves/1" }],
  ["/v1/shelves/a:b:read", "/v1/{name=shelves/*}:read", { name: "shelves/a:b" }],
  ["/v1/shelves:list", "/v1/shelves:list", {}],
  // What is percent-encoded is decoded once, and a slash only where the variable is one segment.
  ["/foo/bar/a%2Fb", "/foo/bar/{name}", { name: "a/b" }],
  ["/foo/bar/a%252Fb", "/foo/bar/{name}", { name: "a%2Fb" }],
  ["/foo/bar/%E2%82%AC", "/foo/bar/{name}", { name: "€" }],
  ["/foo/bar/a%3Ab", "/foo/bar/{name}", { name: "a:b" }],
  ["/foo/bar/a+b", "/foo/bar/{name}", { name: "a+b" }],
  ["/foo/bar/*", "/foo/bar/{name}", { name: "*" }],
  ["/foo/bar/x/y/a%2fb/%20", "/foo/bar/*/{thing.id}/{cat=**}", { "thing.id": "y", cat: "a%2Fb/ " }],
  ["/v1/shelves/a%2Fb", "/v1/{name=shelves/*}", { name: "shelves/a%2Fb" }],
  ["/foo/bar/%"],
  ["/foo/bar/%ff"],
  ["/foo/bar/%c0%af"],
  // Paths are compared as they arrive.
  ["/FOO/bar/baz"],
  ["/foo/%62ar/baz"],
  ["/foo/./bar/baz"],
  ["/foo/x/../bar/baz"],
  ["/foo/bar%2Fbaz"],
  ["/foo/bar/"],
  ["/foo/bar/baz/"],
  ["//foo/bar/baz"],
  ["/foo//bar/baz"],
  ["/foo/bar/baz/123//a"],
  ["/foo/bar/baz/123/"],
  ["/"],
  [""],
];

for (const [path, template, variables] of cases) {
  test(`${path || "(empty)"} is ${template ?? "nowhere"}`, () => {
    for (const method of ["GET", "POST"]) {
      const found = find(method, path);
      if (template === undefined) {
        assert.is(found, undefined);
        continue;
      }
      assert.ok(found !== undefined && "target" in found);
      assert.is(found.target, `${method} ${template}`);
      assert.equal(Object.fromEntries(found.variables), variables);
    }
    const other = find("DELETE", path);
    assert.equal(other, template === undefined ? undefined : { allow: ["GET", "POST"] });
  });
}

test("a path that one method meets exactly is met by another through its template", () => {
  const route = (method: string, text: string) => ({ method, template: parseTemplate(text), target: text });
  const both = createRoutes([route("POST", "/a/b"), route("GET", "/a/{name}")]);
  const found = both("GET", "/a/b");
  assert.ok(found !== undefined && "target" in found);
  assert.equal(Object.fromEntries(found.variables), { name: "b" });
  assert.equal(both("PUT", "/a/b"), { allow: ["POST", "GET"] });
});

test("two routes at one place are refused", () => {
  const route = (text: string) => ({ method: "GET", template: parseTemplate(text), target: text });
  assert.throws(() => createRoutes([route("/a/{b}"), route("/a/{c}")]), /two rules/);
  assert.throws(() => createRoutes([route("/a"), route("/a")]), /two rules/);
});

test.run();
