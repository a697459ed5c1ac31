import { create } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { ThresholdSchema } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { createVoices } from "../../src/chart/intl.ts";
import { drawThresholds, tellThresholds, withThresholds } from "../../src/chart/threshold-lines.ts";
import { createValueAxis, rangeOf, withZero } from "../../src/chart/value-axis.ts";
import { suite } from "../harness.ts";

const test = suite("threshold lines");
const voice = createVoices()({ locale: "en-US", timezone: "UTC" });
const ms = { unit: "ms", decimals: undefined };
const make = (value: number, label = "", status = "") => create(ThresholdSchema, { value, label, status });
const draw = (values: readonly number[], thresholds: readonly ReturnType<typeof make>[], scale?: "log") => {
  const measured = rangeOf([values], scale);
  const range = withThresholds(scale === "log" ? measured : withZero(measured), thresholds, scale);
  const axis = createValueAxis(range, 5, ms, voice, scale);
  return { axis, markup: String(drawThresholds(thresholds, axis, ms, voice)) };
};
const namesOf = (markup: string) =>
  [...markup.matchAll(/<text class="([^"]*)"[^>]*>([^<]*)/g)].map((found) => found[2]);

test("a threshold is a line in the colour of its status with its label above, to the right", () => {
  const { markup } = draw([0, 320], [make(400, "SLO 400 ms", "bad")]);
  assert.is(
    markup,
    '<line class="dj-threshold dj-bad" x1="0" x2="100%" y1="20%" y2="20%"><title>SLO 400 ms</title></line>' +
      '<text class="dj-threshold dj-bad dj-end" x="100%" y="20%" dy="-5">SLO 400 ms</text>',
  );
});

test("a threshold far above all values is on the axis, with room for its name", () => {
  const { axis } = draw([10, 20], [make(1000)]);
  assert.ok(axis.at(1000) < 0.96, `${axis.at(1000)}`);
  const log = draw([10, 20], [make(1000)], "log").axis;
  assert.ok(log.at(1000) < 0.96, `${log.at(1000)}`);
});

test("a threshold without a label is named by its value, one without a status is neither good nor bad", () => {
  const { markup } = draw([0, 320], [make(1250)]);
  assert.match(markup, "dj-threshold dj-neutral");
  assert.equal(namesOf(markup), ["1,250\u00a0ms"]);
});

test("names do not cover each other, nor another's line where there is room beside it", () => {
  const { axis, markup } = draw([0, 100], [make(80, "first"), make(84, "second"), make(20, "far")]);
  const places = [...markup.matchAll(/dj-(end|start)" x="[^"]*" y="([\d.]+)%" dy="(-?\d+)">(\w+)/g)];
  assert.equal(new Set(places.map(([, , , , name]) => name)), new Set(["first", "second", "far"]));
  const middles = places.map(([, side, y, dy]) => ({ side, middle: 1 - Number(y) / 100 - Number(dy) / 150 }));
  for (const [index, one] of middles.entries()) {
    for (const other of middles.slice(index + 1)) {
      assert.ok(one.side !== other.side || Math.abs(one.middle - other.middle) > 0.08);
    }
  }
  assert.ok(axis.at(84) > axis.at(80));
});

test("a name that has no place is told by its line", () => {
  const crowd = Array.from({ length: 10 }, (_, index) => make(50 + index / 100, `t${index}`));
  const { markup } = draw([0, 100], crowd);
  assert.is(markup.match(/<line /g)!.length, 10);
  const names = namesOf(markup);
  assert.ok(names.length >= 2 && names.length <= 4, names.join());
  assert.ok(markup.lastIndexOf("<line ") < markup.indexOf("<text "), "no line strikes through a name");
});

test("a long label is cut to the narrowest plots and whole on wide ones", () => {
  const label = "A label as long as it may be, and not a single letter beyond it";
  const { markup } = draw([0, 100], [make(50, label)]);
  const names = namesOf(markup);
  assert.ok(names.length > 1);
  assert.ok(names[0]!.endsWith("…"));
  assert.is(names.at(-1), label);
});

test("what has no place on a logarithmic axis is left out", () => {
  assert.is(draw([1, 100], [make(0), make(-5)], "log").markup, "");
});

test("thresholds are told to those who hear them", () => {
  assert.is(
    tellThresholds([make(400, "SLO", "bad"), make(200)], ms, voice),
    "Marked: SLO at 400\u00a0ms, 200\u00a0ms.",
  );
  assert.is(tellThresholds([], ms, voice), "");
});

test.run();
