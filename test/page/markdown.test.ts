import * as assert from "uvu/assert";
import { createEffort } from "../../src/chart/effort.ts";
import { createMarkdown } from "../../src/page/markdown.ts";
import type { TextBudget } from "../../src/page/markdown-parser.ts";
import { cpuMsOf } from "../cpu-time.ts";
import { suite } from "../harness.ts";

const test = suite("markdown");
const markdown = createMarkdown();
const convert = (text: string, budget: Partial<TextBudget> = {}) =>
  markdown(text, { roomChars: 2 ** 20, effort: createEffort(1e6), ...budget });
const render = (text: string) => String(convert(text));

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

test("a table that is filled up to thousands of cells is too much, whatever its text has", () => {
  const table = (columns: number, rows: number) =>
    `${"|a".repeat(columns)}\n${"|-".repeat(columns)}\n${"x\n".repeat(rows)}`;
  assert.ok(convert(table(20, 200)));
  assert.is(convert(table(2000, 4000)), undefined);
});

test("an address that a thousand links repeat is too much before any is written", () => {
  const text = `[a]: https://example.com/${"x".repeat(8000)}\n\n${"[a]".repeat(2700)}`;
  assert.is(convert(text), undefined);
  assert.ok(convert(text, { roomChars: 2 ** 26 }));
});

test("a text stops where the effort does", () => {
  const effort = createEffort(100);
  assert.is(convert("- a\n".repeat(100), { effort }), undefined);
  assert.not.ok(effort.take(4));
  assert.is(String(convert("next")), "<p>next</p>", "and the one after it is as ever");
});

test("hostile nesting ends soon", () => {
  const tookMs = cpuMsOf(() => {
    render("[".repeat(16_000));
    render("> ".repeat(8000));
    render("*a".repeat(8000));
  });
  assert.ok(tookMs < 3000, `${tookMs} ms`);
});

test.run();
