import { existsSync } from "node:fs";
import * as assert from "uvu/assert";
import { dashboardStyle, fontFiles, fontStyle, shareStyle } from "../../src/page/style.ts";
import { suite } from "../harness.ts";
import { css } from "../render/renderer.ts";

const test = suite("style");

test("every rule of a dashboard's style stands under its root", () => {
  const style = dashboardStyle(css)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/@(property|keyframes)[^{]*\{(?:[^{}]|\{[^{}]*\})*\}/g, "");
  const open: string[] = [];
  for (const [, selector = "", brace] of style.matchAll(/([^{};]*)([{};])/g)) {
    if (brace === "{") {
      const isRule = !selector.trim().startsWith("@");
      const isTop = open.every((outer) => outer.startsWith("@"));
      if (isRule && isTop) assert.match(selector.trim(), /^:(where|is)\(\.dj, /, selector);
      open.push(selector.trim());
    }
    if (brace === "}") open.pop();
  }
  assert.is(open.length, 0);
});

test("no text is under 11 px", () => {
  const sizes = [
    ...Object.values(css)
      .join("")
      .matchAll(/font(?:-size)?:[^;]*?([\d.]+)px/g),
  ].map(([, size]) => Number(size));
  assert.ok(sizes.length > 10);
  assert.ok(Math.min(...sizes) >= 11);
});

test("only the style of the typeface fetches anything, and that only our fonts", () => {
  assert.not.match(dashboardStyle(css) + shareStyle(css), "url(");
  const style = fontStyle(css, (file) => `/assets/${file}`);
  const urls = [...style.matchAll(/url\("([^"]*)"\)/g)].map(([, url]) => url);
  assert.equal(
    urls,
    fontFiles(css).map((file) => `/assets/${file}`),
  );
});

test("the typeface has a name of its own, holds no page up, and is asked for by that name", () => {
  const faces = css.fonts!.match(/@font-face \{[^}]*\}/g)!;
  assert.is(faces.length, fontFiles(css).length);
  for (const face of faces) {
    assert.match(face, 'font-family: "Dashboards Inter";');
    assert.match(face, "font-display: swap;");
  }
  const names = [
    ...Object.values(css)
      .join("")
      .matchAll(/"([^"]*Inter)"/g),
  ].map(([, name]) => name);
  assert.equal([...new Set(names)], ["Dashboards Inter"]);
});

test("every font is there", () => {
  const files = fontFiles(css);
  assert.ok(files.includes("inter-latin-wght-normal.woff2"));
  for (const file of files) {
    assert.ok(
      existsSync(new URL(`../../node_modules/@fontsource-variable/inter/files/${file}`, import.meta.url)),
      file,
    );
  }
});

test("a missing style sheet is named", () => {
  assert.throws(() => dashboardStyle({}), /root\.css/);
});

test.run();
