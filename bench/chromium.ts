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
 * Drawing beside a browser on the server that is kept open, its engine warm, its scripts kept as compiled: each render
 * has a document of its own, so that no tenant's can see another's, and is done when the document is ready and its charts
 * are drawn; no frame is waited for and nothing painted. What it takes in a page that all renders share, which nobody
 * could offer to tenants, is told besides.
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
    const rounds = await takeRounds({ warmUps: 6, rounds: 15 }, async () => ({
      ours: (await ours.takeTurn("ours")).wallMs,
      reference: await timeDraw(page, site.url),
    }));
    const shared = await takeRounds({ warmUps: 12, rounds: 7 }, async () => ({
      ours: (await ours.takeTurn("ours")).wallMs,
      shared: await timeDraw(page),
    }));
    const times = median(shared.map((round) => round.shared / round.ours));
    progress(`a draw in a page that all share takes it ${times.toFixed(0)} times as long as ours`);
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
