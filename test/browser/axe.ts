import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

const axeScript = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

type Found = {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
};

/**
 * Returns what axe finds wrong with a page's accessibility, a line for each rule; nothing is left out.
 *
 * @param within selectors of what to look at, each of which must be there; the whole page when absent
 */
export async function findViolations(page: Page, within?: readonly string[]): Promise<string[]> {
  if ((await page.evaluate("typeof axe")) === "undefined") await page.evaluate(axeScript);
  const context = within === undefined ? "document" : JSON.stringify({ include: within.map((one) => [one]) });
  // What it would load are style sheets, for a rule that is not on.
  const options = JSON.stringify({ resultTypes: ["violations"], preload: false });
  const { violations } = (await page.evaluate(`axe.run(${context}, ${options})`)) as { violations: Found[] };
  return violations.map(({ id, nodes }) => `${id}: ${nodes.length} x ${nodes[0]!.html}: ${nodes[0]!.failureSummary}`);
}
