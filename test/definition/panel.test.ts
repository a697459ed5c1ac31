import * as assert from "uvu/assert";
import { panelIds, placePanels } from "../../src/definition/panel.ts";
import { suite } from "../harness.ts";
import { definitionOf } from "./make.ts";

const test = suite("definition/panel");

test("a panel without an id has its title's slug, and without a title its number", () => {
  assert.equal(ids({ title: "Orders per Day!" }, { title: "Zürich – São Paulo" }, { title: "  " }, { title: "日本" }), [
    "orders-per-day",
    "zurich-sao-paulo",
    "panel-3",
    "panel-4",
  ]);
});

test("an id that is derived never clashes, also with own ids further down", () => {
  assert.equal(ids({ title: "A" }, { title: "a" }, { title: "a!" }, { id: "a-2" }, { id: "panel-6" }, {}), [
    "a",
    "a-3",
    "a-4",
    "a-2",
    "panel-6",
    "panel-6-2",
  ]);
});

test("a derived id fits the pattern of ids, however long the title is", () => {
  const [first, second] = ids({ title: "word ".repeat(50) }, { title: "word ".repeat(50) });
  assert.match(first!, /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
  assert.is(second, `${first}-2`);
});

test("panels without a grid fill whole rows: stats and gauges in fours, charts in twos, text alone", () => {
  const widths = (...panels: object[]) => places(...panels).map(({ w }) => w);
  const stats = [{ stat: {} }, { stat: {} }, { stat: {} }, { stat: {} }, { stat: {} }];
  assert.equal(
    widths(...stats, { line: {} }, { bar: {} }, { table: {} }, { text: {} }),
    [8, 8, 8, 12, 12, 12, 12, 24, 24],
  );
  assert.equal(widths({ gauge: {} }, { gauge: {} }, { gauge: {} }, { gauge: {} }), [6, 6, 6, 6]);
  assert.equal(widths({ gauge: {} }, { gauge: {} }, { gauge: {} }, { pie: {} }), [8, 8, 8, 24]);
  assert.equal(widths({ pie: {} }, { scatter: {} }, { heatmap: {} }, { histogram: {} }), [12, 12, 12, 12]);
});

test("a width of one's own is kept, and the panels around it fill their own rows", () => {
  assert.equal(places({ line: {} }, { line: {}, grid: { w: 16, h: 9 } }, { line: {} }), [
    { index: 0, w: 24, h: 8 },
    { index: 1, w: 16, h: 9 },
    { index: 2, w: 24, h: 8 },
  ]);
});

test("placed panels come in reading order, and the others below them", () => {
  const at = (x: number, y: number) => ({ line: {}, grid: { x, y, w: 12, h: 4 } });
  assert.equal(places({ text: {} }, at(12, 4), at(0, 4), at(12, 0)), [
    { index: 3, w: 12, h: 4, x: 12 },
    { index: 2, w: 12, h: 4, x: 0 },
    { index: 1, w: 12, h: 4, x: 12 },
    { index: 0, w: 24, h: 4 },
  ]);
});

function ids(...panels: { id?: string; title?: string }[]): readonly string[] {
  return panelIds(definitionOf({ layout: { panels } }).layout!);
}

function places(...panels: object[]) {
  return placePanels(definitionOf({ layout: { panels: panels as Record<string, never>[] } }).layout!);
}

test.run();
