import * as assert from "uvu/assert";
import { type Density, densities } from "../../src/chart/density.ts";
import { continuousTicks, slotTicks } from "../../src/chart/horizontal-axis.ts";
import { createVoices } from "../../src/chart/intl.ts";
import { textWidthPx } from "../../src/chart/text-width.ts";
import { suite } from "../harness.ts";

const test = suite("labels below bars");
const voice = createVoices()({ locale: "en-US", timezone: "UTC" });
const style = { unit: "", decimals: undefined, title: "" };
/** The narrowest plot of each density, as the style sheet has it. */
const plotPx: Readonly<Record<Density, number>> = { t: 200, n: 265, c: 365, m: 505, w: 765 };
const months = (count: number) => Array.from({ length: count }, (_, month) => Date.UTC(2006, month));

for (const count of [1, 2, 7, 12, 13, 25, 40, 120, 500]) {
  test(`${count} months have labels at every width, none of which touch`, () => {
    const ticks = slotTicks({ kind: "time", values: months(count), zoned: false, style }, voice);
    for (const density of densities) {
      const shown = ticks.filter((tick) => tick.densities.has(density));
      assert.ok(shown.length > 0);
      for (const [index, tick] of shown.entries()) {
        const next = shown[index + 1];
        if (next === undefined) break;
        const apartPx = (next.at - tick.at) * plotPx[density];
        const neededPx = (textWidthPx(tick.text) + textWidthPx(next.text)) / 2;
        assert.ok(apartPx >= neededPx, `${tick.text} and ${next.text} at ${density}`);
      }
    }
  });
}

for (const [locale, stepMs] of [
  ["en-US", 1],
  ["de-DE", 1000],
  ["ja-JP", 86_400_000],
  ["ar-EG", 3_600_000],
] as const) {
  test(`labels of times ${stepMs} ms apart do not touch in ${locale}, however wide those of the values are`, () => {
    const local = createVoices()({ locale, timezone: "UTC" });
    const values = Array.from({ length: 90 }, (_, index) => Date.UTC(2026, 11, 24) + index * stepMs);
    for (const gutterPx of [30, 55, 110]) {
      const ticks = continuousTicks({ kind: "time", values, zoned: true, style }, local, gutterPx);
      for (const density of densities) {
        const widthPx = plotPx[density] + 55 - gutterPx;
        const shown = ticks.filter((tick) => tick.densities.has(density));
        assert.ok(shown.length > 0);
        for (const [index, tick] of shown.slice(0, -1).entries()) {
          const next = shown[index + 1]!;
          const neededPx = (textWidthPx(tick.text, tick.strong) + textWidthPx(next.text, next.strong)) / 2;
          assert.ok((next.at - tick.at) * widthPx >= neededPx, `${tick.text} and ${next.text} at ${density}`);
        }
      }
    }
  });
}

test("years of months are named at their January", () => {
  const ticks = slotTicks({ kind: "time", values: months(120), zoned: false, style }, voice);
  const wide = ticks.filter((tick) => tick.densities.has("w"));
  assert.equal(
    wide.map(({ text }) => text),
    ["2006", "2007", "2008", "2009", "2010", "2011", "2012", "2013", "2014", "2015"],
  );
});

test.run();
