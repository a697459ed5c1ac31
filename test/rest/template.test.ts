import * as assert from "uvu/assert";
import { parseTemplate } from "../../src/rest/template.ts";
import { suite } from "../harness.ts";

const test = suite("path templates");

/** Modelled on vanguard-go's TestPath_ParsePathTemplate. */
const parsed: [template: string, segments: string, verb: string, variables: string][] = [
  ["/{_}", "*", "", "_ 0-1"],
  ["/{hello}/world", "* world", "", "hello 0-1"],
  ["/f/bar", "f bar", "", ""],
  ["/v1/{name=shelves/*/books/*}", "v1 shelves * books *", "", "name 1-5"],
  ["/v1/{parent=shelves/*}/books", "v1 shelves * books", "", "parent 1-3"],
  ["/v1/{book.name=shelves/*/books/*}", "v1 shelves * books *", "", "book.name 1-5"],
  ["/v1:watch", "v1", "watch", ""],
  ["/v3/events:clear", "v3 events", "clear", ""],
  ["/v3/{name=events/*}:cancel", "v3 events *", "cancel", "name 1-3"],
  ["/foo/bar/{name}/baz/{child}", "foo bar * baz *", "", "name 2-3, child 4-5"],
  ["/foo/{name}/baz/{child.id}/{child.thing.id}", "foo * baz * *", "", "name 1-2, child.id 3-4, child.thing.id 4-5"],
  ["/foo/bar/*/{thing.id}/{cat=**}", "foo bar * * **", "", "thing.id 3-4, cat 4-Infinity"],
  ["/foo/bar/*/{thing.id}/{cat=**}:do", "foo bar * * **", "do", "thing.id 3-4, cat 4-Infinity"],
  ["/my.cool-blog~about/{a=b/**}", "my.cool-blog~about b **", "", "a 1-Infinity"],
];

for (const [template, segments, verb, variables] of parsed) {
  test(`${template} is parsed`, () => {
    const found = parseTemplate(template);
    assert.is(found.segments.join(" "), segments);
    assert.is(found.verb, verb);
    assert.is(found.variables.map(({ field, start, end }) => `${field} ${start}-${end}`).join(", "), variables);
  });
}

const refused = [
  "",
  "/",
  "/{1}",
  "/{field.1}",
  "/{-}",
  "/{field-}",
  "/foo/bar/baz?abc=def",
  "/foo/bar/baz buzz",
  "foo/bar/baz",
  "/foo/bar/",
  "/foo//bar",
  "/foo/bar:baz/buzz",
  "/foo/{bar/baz}/buzz",
  "/foo/bar*",
  "/foo/bar/***",
  "/foo/**/bar",
  "/foo/{a=**}/bar",
  "/{a}/{a}",
  "/{a=}",
  "/{book_id={author}/{isbn}/*}/details",
  "/foo%2Fbar",
  "/foo:",
];

for (const template of refused) {
  test(`the template "${template}" is refused, by name`, () => {
    assert.throws(
      () => parseTemplate(template),
      (error: Error) => error.message.startsWith(`${template}: `),
    );
  });
}

test.run();
