/**
 * Takes pictures of every demo dashboard at three widths, light and dark, and writes them to .shots/:
 * `npm run shots`. They are to be looked at; the tests measure what can be measured.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "../../src/main/paths.ts";
import { createDataFolder } from "../process.ts";
import { launchChromium } from "./chromium.ts";

const folder = join(projectDir, ".shots");
const only = process.argv[2];

const data = createDataFolder();
const browser = await launchChromium();
try {
  const service = await data.start({ DEMO: "on" });
  const printed = service.output().matchAll(/^ +(\w+) +(http:\S+\/s\/\S+)$/gm);
  const links = [...printed]
    .map(([, id, url]) => [id!, url!] as const)
    .filter(([id]) => only === undefined || id === only);
  if (links.length === 0) throw new Error("there is no such demo dashboard");
  if (only === undefined) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [id, url] of links) {
    for (const width of [1440, 834, 390]) {
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, deviceScaleFactor: 1 });
        await page.goto(url);
        await page.evaluate("document.fonts.ready.then(() => {})");
        const file = `${id}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: join(folder, file), fullPage: true });
        await page.close();
        console.log(file);
      }
    }
  }
} finally {
  await browser.close();
  await data.remove();
}
