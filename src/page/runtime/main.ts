/**
 * Makes dashboards interactive: those of the page, and those that are put into it later. Loaded once,
 * it needs nothing and leaves nothing but its own listeners. Without it a dashboard can be read all
 * the same.
 */
import { all } from "./element.ts";
import { createFragment, type Tick } from "./fragment.ts";
import { followKeys, followPointer, hideTooltip } from "./tooltip.ts";

/** The clocks of fragments that are interactive, also of those that were taken out and may be put back. */
const known = new WeakMap<Element, Tick>();

/** The clocks of those on the page. */
const active = new Map<Element, Tick>();

document.addEventListener("mousemove", followPointer, true);
document.addEventListener("keydown", followKeys, true);
document.addEventListener("focusout", hideTooltip, true);
document.documentElement.addEventListener("mouseleave", hideTooltip);
new MutationObserver((records) => {
  for (const { addedNodes } of records) {
    for (const node of addedNodes) if (node instanceof Element) find(node);
  }
}).observe(document, { childList: true, subtree: true });
find(document.documentElement);
setInterval(() => {
  for (const [root, tick] of active) {
    if (root.isConnected) tick();
    else active.delete(root);
  }
}, 1000);

/** Looks for islands: a fragment is whole once its last child is there. */
function find(within: Element): void {
  for (const island of [within, ...all(within, "script")]) {
    const root = island.parentElement;
    if (!root || !island.matches("script.dj-island")) continue;
    try {
      // Another copy of this script may have been here first.
      if (!("update" in root)) known.set(root, createFragment(root));
      const tick = known.get(root);
      if (tick) active.set(root, tick);
    } catch (error) {
      console.warn("This dashboard stays as it is:", error);
    }
  }
}
