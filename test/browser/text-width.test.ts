import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { textWidthPx } from "../../src/chart/text-width.ts";
import { suite } from "../harness.ts";
import { launchChromium } from "./chromium.ts";
import { measureTexts, openInterPage, writeInterWidths } from "./measure-inter.ts";

const test = suite("text widths in Chromium");
let browser: Browser;
let page: Page;

test.before(async () => {
  browser = await launchChromium();
  page = await openInterPage(browser);
});
test.after(async () => browser?.close());

/** As they stand on axes, in the scripts that Inter has. */
const labels = [
  "0",
  "1,111,111",
  "400\u00a0ms",
  "12.5k/s",
  "−3.25\u00a0°C",
  "$1.2M",
  "18:00",
  "Jun 17, 2026",
  "15. Dez. 2026",
  "eu-central",
  "WebSocket connections",
  "Übergrößenträger",
  "Ðặt hàng",
  "Θεσσαλονίκη",
  "Санкт-Петербург",
];

for (const weight of [400, 600] as const) {
  test(`labels at weight ${weight} are as wide as they are reckoned, to 3%`, async () => {
    const measured = await measureTexts(page, labels, weight);
    for (const [index, label] of labels.entries()) {
      const ratio = textWidthPx(label, weight === 600) / measured[index]!;
      assert.ok(Math.abs(ratio - 1) <= 0.03, `${label}: ${ratio.toFixed(3)} of ${measured[index]} px`);
    }
  });
}

test("the widths are those of the font that is served", async () => {
  const file = new URL("../../src/chart/inter-widths.ts", import.meta.url);
  assert.is(readFileSync(file, "utf8"), await writeInterWidths(page), "run node test/browser/measure-inter.ts");
});

test.run();
