import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { launchChromium } from "../test/browser/chromium.ts";
import { type Benchmark, costAtMost } from "./benchmark.ts";
import { median } from "./median.ts";
import { paths, startPaintSite } from "./paint-site.ts";
import { takeRounds } from "./rounds.ts";

const watch = readFileSync(new URL("paint-watch.js", import.meta.url), "utf8");

/** How much slower than this machine's a reader's processor is, and the reader's network. */
const cpuSlowdown = 4;
const bytesPerS = 10_000_000 / 8;
const latencyMs = 40;

/**
 * What a reader waits for; the typeface, which arrives after the charts, is not. The reference brings what it needs of
 * ECharts, without animation. What a page takes that brings all of ECharts, as it is published, is told besides.
 */
export const benchmark: Benchmark = {
  name: "paint",
  about:
    "a share page of 12 charts, until they are painted in Chromium, beside a page that draws them by ECharts there",
  unit: "ms",
  goal: costAtMost(0.35),
  async run(progress) {
    await using opened = new AsyncDisposableStack();
    const site = opened.adopt(await startPaintSite(), ({ close }) => close());
    const browser = opened.adopt(await launchChromium(), (browser) => browser.close());
    const rounds = await takeRounds({ warmUps: 2, rounds: 9 }, async () => ({
      ours: await timePaint(browser, site.url + paths.ours),
      reference: await timePaint(browser, site.url + paths.lean),
      whole: await timePaint(browser, site.url + paths.whole),
    }));
    progress(`a page with all of ECharts: ${median(rounds.map(({ whole }) => whole)).toFixed(0)} ms`);
    return rounds;
  },
};

/** Opens a page as one who has never been there, and resolves with the milliseconds until its charts are painted. */
async function timePaint(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    const [downloadThroughput, uploadThroughput] = [bytesPerS, bytesPerS];
    await devtools.send("Network.emulateNetworkConditions", {
      ...{ offline: false, latency: latencyMs, downloadThroughput, uploadThroughput },
    });
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpuSlowdown });
    await page.addInitScript(watch);
    await page.goto(url, { waitUntil: "commit" });
    return await page.evaluate<number>("painted");
  } finally {
    await context.close();
  }
}
