import * as assert from "uvu/assert";
import { contentToMarkup, html, jsonToMarkup, trustMarkup } from "../../src/chart/safe.ts";
import { suite } from "../harness.ts";

const test = suite("safe markup");

test("text is escaped between tags and in attributes", () => {
  const text = `<b title='"'>&`;
  assert.is(String(html`<p title="${text}">${text}</p>`), `<p title="${escaped}">${escaped}</p>`);
});

test("markup stays as it is, and lists are joined", () => {
  assert.is(
    String(html`<ul>${["a", "<"].map((word) => html`<li>${word}</li>`)}</ul>`),
    "<ul><li>a</li><li>&lt;</li></ul>",
  );
  assert.is(String(html`${trustMarkup("<br>")}`), "<br>");
});

test("the indentation of a template is left out, line breaks of a text are not", () => {
  const markup = html`
    <pre>${"a\n  b"}</pre>
  `;
  assert.is(String(markup), "<pre>a\n  b</pre>");
});

test("control characters and lone surrogates become replacement characters", () => {
  assert.is(contentToMarkup("a\u0000b\ud800c\tt"), "a\ufffdb\ufffdc\tt");
});

test("what is no content is refused", () => {
  for (const value of [undefined, null, Number.NaN, Number.POSITIVE_INFINITY, {}, true]) {
    assert.throws(() => contentToMarkup(value), /markup takes/);
  }
});

const escaped = "&lt;b title=&#39;&quot;&#39;&gt;&amp;";

test("JSON in a script cannot end it, and reads back the same", () => {
  const value = { a: "</script><!--", b: ["\u2028&", 1, null] };
  const markup = jsonToMarkup(value);
  assert.not.match(String(markup), /[<>&\u2028]/);
  assert.equal(JSON.parse(String(markup)), value);
  assert.is(markup.length, String(markup).length);
});

test.run();
