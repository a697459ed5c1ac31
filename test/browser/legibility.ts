import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

const factsScript = readFileSync(new URL("legibility-facts.js", import.meta.url), "utf8");

/** What keeps a reader from reading a dashboard, in words. */
type Flaws = Readonly<Record<"small" | "overflowing" | "cut" | "overlapping" | "empty", readonly string[]>>;

/** The flaws of a dashboard that can be read. */
export const legible: Flaws = { small: [], overflowing: [], cut: [], overlapping: [], empty: [] };

/**
 * Returns how many texts of a page's dashboards are seen, and what is wrong with them: smaller than
 * 11 px, out of their panel or of the page, cut without a sign of it, on one another; and panels that
 * show nothing. What can be scrolled into view is not cut.
 */
export async function readFlaws(page: Page): Promise<{ readonly count: number; readonly flaws: Flaws }> {
  return (await page.evaluate(factsScript)) as { count: number; flaws: Flaws };
}
