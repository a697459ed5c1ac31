import { all } from "./element.ts";

const focusable = "a,button,input,select,textarea,[tabindex]";

/**
 * Takes over from a newer fragment what differs: header and panels whose hash is another. What its document links to
 * and `place` does not comes along: on a page of its own its style stands in the head.
 */
export function takeOver(
  root: HTMLElement,
  fresh: HTMLElement,
  upgrade: (part: HTMLElement) => void,
  place: Element,
): void {
  // What was focused and how far it was scrolled stay as they were.
  const swap = (old: HTMLElement | null | undefined, part: HTMLElement | null) => {
    if (!old || !part) return;
    const spot = all(old, focusable).indexOf(document.activeElement as HTMLElement);
    const { scrollTop = 0, scrollLeft = 0 } = old.querySelector(".dj-scroll") ?? {};
    old.replaceWith(part);
    upgrade(part);
    part.querySelector(".dj-scroll")?.scrollTo(scrollLeft, scrollTop);
    all(part, focusable)[spot]?.focus({ preventScroll: true });
  };
  root.className = fresh.className;
  for (const link of all(fresh.ownerDocument, "link")) {
    if (!all(place, "link").some((known) => known.isEqualNode(link))) root.prepend(link);
  }
  const [old, parts] = [root, fresh].map((one) => all(one, "[data-hash]")) as [HTMLElement[], HTMLElement[]];
  const [before, after] = [old, parts].map((list) => `${list.map(({ dataset }) => dataset.panel)}`);
  // Another arrangement is another page.
  const isSame = before === after;
  parts.forEach((part, index) => {
    if (isSame && part.dataset.hash !== old[index]!.dataset.hash) swap(old[index], part);
  });
  for (const selector of [".dj-island", ...(isSame ? [".dj-status", ".dj-footer"] : [".dj-page"])]) {
    swap(root.querySelector<HTMLElement>(selector), fresh.querySelector<HTMLElement>(selector));
  }
}
