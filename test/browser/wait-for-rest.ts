import type { Page } from "playwright-core";

/** Waits until fonts are there and what moves has arrived; what moves with a scroll does not end. */
export async function waitForRest(page: Page): Promise<void> {
  await page.evaluate(`document.fonts.ready.then(() => Promise.all(document.getAnimations()
    .filter(({ timeline }) => timeline === document.timeline)
    .map(({ finished }) => finished))).then(() => {})`);
}
