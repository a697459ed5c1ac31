import * as assert from "uvu/assert";
import type { Click } from "../../src/chart/click.ts";
import { suite } from "../harness.ts";
import { column, draw, frame, markupOf, timeColumn } from "./draw.ts";

const test = suite("bars");
const xy = { x: "x", y: ["y"] };
const link = (name: string, value: string): Click | undefined =>
  name === "x" ? { kind: "link", href: `?x=${value}` } : undefined;
const dayMs = 86_400_000;

test("every mark and every name says of which series it is", () => {
  const rows = frame(column("x", ["a", "b"]), column("y", [1, 2]), column("z", [3, 4]));
  const upright = markupOf(draw.bar(rows, { x: "x", y: ["y", "z"] }));
  assert.equal(
    [...upright.matchAll(/<(g|li)[^>]* data-s="(\d)"/g)].map(([, tag, series]) => `${tag}${series}`),
    ["li0", "li1", "g0", "g1"],
  );
  const list = markupOf(draw.bar(rows, { x: "x", y: ["y", "z"], orientation: "horizontal" }));
  assert.equal(
    [...list.matchAll(/<(rect|b|li)[^>]* data-s="(\d)"/g)].map(([, tag, series]) => `${tag}${series}`),
    ["li0", "li1", "rect0", "b0", "rect1", "b1", "rect0", "b0", "rect1", "b1"],
  );
});

test("names below bars can be clicked by their whole words, and then are not hidden from anybody", () => {
  const long = "n".repeat(300);
  const rows = frame(column("x", [long, "b"]), column("y", [1, 2]));
  const markup = markupOf(draw.bar(rows, xy, { clickOf: link }));
  assert.match(markup, `<a class="dj-go" href="?x=${long}"><text`);
  assert.match(markup, '<svg class="dj-x"><a');
  assert.match(markupOf(draw.bar(rows, xy)), '<svg class="dj-x" aria-hidden="true"><text');
});

test("a calendar's day is clicked as its date, an instant is not", () => {
  const days = [0, dayMs];
  const markup = markupOf(draw.bar(frame(timeColumn("x", days, false), column("y", [1, 2])), xy, { clickOf: link }));
  assert.match(markup, 'href="?x=1970-01-02"');
  const zoned = markupOf(draw.bar(frame(timeColumn("x", days), column("y", [1, 2])), xy, { clickOf: link }));
  assert.not.match(zoned, "href");
});

test("names in a list can be clicked, truth values as a filter takes them", () => {
  const list = { ...xy, orientation: "horizontal" };
  const rows = frame({ type: "boolean", name: "x", values: [true, false] }, column("y", [1, 2]));
  const markup = markupOf(draw.bar(rows, list, { clickOf: link }));
  assert.match(markup, '<span class="dj-name"><a class="dj-go" href="?x=true">yes</a></span>');
  assert.match(markup, /role="img" aria-label="Bar chart[^"]*"><\/span><ul class="dj-bars">/);
  assert.match(markupOf(draw.bar(rows, list)), '<ul class="dj-bars" aria-hidden="true">');
});

test("a browser is told of slots, and of a list nothing", () => {
  const rows = frame(column("x", ["a", "b", "c"]), column("y", [-5, 7, 10]));
  const drawing = draw.bar(rows, xy);
  assert.ok(drawing.ok);
  assert.equal(drawing.axes, { x: { scale: "slots", count: 3 }, y: { scale: "linear", from: -6, to: 10 } });
  const list = draw.bar(rows, { ...xy, orientation: "horizontal" });
  assert.ok(list.ok);
  assert.is(list.axes, undefined);
});

test("where the values' labels are wide there are fewer names below", () => {
  const rows = (scale: number) =>
    frame(
      column(
        "x",
        Array.from({ length: 24 }, (_, index) => `name ${index}`),
      ),
      column(
        "y",
        Array.from({ length: 24 }, (_, index) => index * scale),
      ),
    );
  const styleOf = (title: string) => ({ title, unit: "mi", decimals: undefined });
  const shownWhenTiny = (scale: number) =>
    [...markupOf(draw.bar(rows(scale), xy, { styleOf })).matchAll(/<text x="[^"]*" y="14"([^>]*)>/g)].filter(
      ([, classes]) => !classes!.includes("dj-not-t"),
    ).length;
  assert.ok(shownWhenTiny(1) > shownWhenTiny(12_345_678), `${shownWhenTiny(1)} ${shownWhenTiny(12_345_678)}`);
});

test.run();
