import * as assert from "uvu/assert";
import { createMarkdown } from "../../src/page/markdown.ts";
import { suite } from "../harness.ts";

const test = suite("markdown");
const markdown = createMarkdown();
const render = (text: string) => String(markdown(text));

test("words become markup", () => {
  assert.is(
    render("**Owner:** *us*\n\n- one\n- two"),
    "<p><strong>Owner:</strong> <em>us</em></p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>",
  );
});

test("the lines of code stay lines", () => {
  assert.match(render("```\na\n  b\n```"), "<pre><code>a\n  b\n</code></pre>");
});

test("tables and callouts are kept", () => {
  assert.match(render("> careful"), /<blockquote>\s*<p>careful<\/p>\s*<\/blockquote>/);
  assert.match(render("| a |\n|---|\n| 1 |"), /<th>a<\/th>[\s\S]*<td>1<\/td>/);
});

test("headings begin below the page's own", () => {
  assert.is(render("# One"), "<h3>One</h3>");
  assert.is(render("## Two"), "<h4>Two</h4>");
});

test("HTML is shown as text", () => {
  assert.is(render("<img src=x onerror=alert(1)>"), "<p>&lt;img src=x onerror=alert(1)&gt;</p>");
});

test("images are left out", () => {
  assert.is(render("![pixel](https://example.com/p.png)"), "<p></p>");
});

test("links lead to http, https and mailto, and tell nothing of where they are followed from", () => {
  assert.is(
    render("[go](https://example.com/?a=1&b=2)"),
    '<p><a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer nofollow">go</a></p>',
  );
  assert.match(render("[write](mailto:a@example.com)"), 'href="mailto:a@example.com"');
  for (const target of [
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//example.com",
    "ftp://example.com",
    "/path",
  ]) {
    assert.not.match(render(`[go](${target})`), "href");
  }
});

test("hostile nesting ends soon", () => {
  const start = performance.now();
  render("[".repeat(16_000));
  render("> ".repeat(8000));
  render("*a".repeat(8000));
  assert.ok(performance.now() - start < 3000);
});

test.run();
