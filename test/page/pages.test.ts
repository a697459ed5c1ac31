import * as assert from "uvu/assert";
import { html } from "../../src/chart/safe.ts";
import { createPages } from "../../src/page/pages.ts";
import { suite } from "../harness.ts";
import { templates } from "../render/renderer.ts";

const test = suite("pages");
const asset = { url: "/a.css", integrity: "sha384-a" };

test("what a template prints is escaped", () => {
  const notice = createPages(templates).notice({
    title: "<b>",
    message: "\"'",
    style: asset,
    shareStyle: asset,
    fontStyle: asset,
  });
  assert.match(String(notice), "<h1>&lt;b&gt;</h1><p>&quot;&#39;</p>");
});

test("a raw tag is refused", () => {
  assert.throws(() => createPages({ ...templates, panel: "<%~ it.title %>" }), /raw/);
});

test("a missing template is named", () => {
  const { panel: _, ...rest } = templates;
  assert.throws(() => createPages(rest), /panel\.eta/);
});

test("an undefined value is an error and never a word on the page", () => {
  const { panel } = createPages({ ...templates, panel: "<%= it.nothing %>" });
  const view = {
    id: "",
    kind: "",
    hash: "",
    place: "",
    label: "",
    title: "",
    aside: "",
    age: "",
    note: "",
    body: html``,
  };
  assert.throws(() => panel(view), /markup takes/);
});

test("every attribute of the templates is quoted, and none is a style, an id or a handler", () => {
  for (const [name, text] of Object.entries(templates)) {
    const tags = text.replace(/<%[\s\S]*?%>/g, "0").replace(/"[^"]*"/g, '""');
    assert.not.match(tags, /<[^!>]*=[^">\s]/, name);
    assert.not.match(tags, /\s(style|id|on\w+)="/, name);
    assert.not.match(tags, /<(style|script(?! type=""| defer src="" integrity="" crossorigin=""))/, name);
  }
});

test.run();
