import type { Page } from "playwright-core";
import { launchChromium } from "../test/browser/chromium.ts";
import { type Benchmark, speedAtLeast } from "./benchmark.ts";
import { chartsAt } from "./charts.ts";
import { startChromiumSite } from "./chromium-site.ts";
import { optionOf } from "./echarts.ts";
import { median } from "./median.ts";
import { startProcess } from "./own-process.ts";
import { takeRounds } from "./rounds.ts";
import { timeMs } from "./time-ms.ts";

/** In the page, where draw-in-page.js has put it. */
declare function drawCharts(json: string): string;

/** How many times a page draws in its turn. */
const runsATurn = 4;

/**
 * Drawing beside a browser on the server that is kept open with its page, its engine warm, and is given nothing but
 * the next data: it starts nothing, loads nothing, waits for no frame and paints nothing. What it takes where each
 * render has a document of its own, so that no tenant's can see another's, is told besides.
 */
export const benchmark: Benchmark = {
  name: "chromium",
  about: "12 panels of 200 points, from frames to HTML, beside a warm headless Chromium that draws them by ECharts",
  unit: "ms",
  goal: speedAtLeast(50),
  async run(progress) {
    await using opened = new AsyncDisposableStack();
    const site = opened.adopt(await startChromiumSite(), ({ close }) => close());
    const browser = opened.adopt(await launchChromium(), (browser) => browser.close());
    const ours = opened.adopt(await startProcess(import.meta.resolve("./twelve-sides.ts")), ({ end }) => end());
    const page = await browser.newPage();
    await page.goto(site.url);
    const rounds = await takeRounds({ warmUps: 12, rounds: 15 }, async () => ({
      ours: (await ours.takeTurn("ours")).wallMs,
      reference: await timeDraw(page),
    }));
    const loaded = await takeRounds({ warmUps: 3, rounds: 5 }, () => timeDraw(page, site.url));
    progress(`a draw in a new document of its page takes it ${median(loaded).toFixed(0)} ms`);
    return rounds;
  },
};

let moment = 0;

/** Draws the charts of the next moments, each in the page loaded anew where a URL is given; resolves with the ms of one draw. */
async function timeDraw(page: Page, url?: string): Promise<number> {
  const turn = Array.from({ length: runsATurn }, () => {
    moment += 1;
    return chartsAt(moment);
  });
  const tookMs = await timeMs(async () => {
    for (const charts of turn) {
      if (url !== undefined) await page.goto(url, { waitUntil: "domcontentloaded" });
      // As text, which is handed over sooner than as many objects.
      const options = JSON.stringify(charts.map(optionOf));
      const html = await page.evaluate((json) => drawCharts(json), options);
      if (html.split("<svg").length !== charts.length + 1) throw new Error("Chromium did not draw each chart");
    }
  });
  return tookMs / runsATurn;
}
