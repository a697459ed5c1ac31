import { make, makeButton } from "../../page/runtime/element.ts";
import type { PlacedProblem } from "./source-text.ts";

/** Lists problems; each leads to its place when it is chosen. What stays the same stays in its place, focus and all. */
export function createProblemList(
  place: HTMLElement,
  goTo: (from: number, to: number) => void,
): (problems: readonly PlacedProblem[]) => void {
  let listed = "[]";
  return (problems) => {
    const wanted = JSON.stringify(problems);
    if (wanted === listed) return;
    listed = wanted;
    const items = problems.map(({ field, description, from, to }) => {
      const button = makeButton({}, make("code", { textContent: field || "definition" }), ` ${description}`);
      button.addEventListener("click", () => goTo(from, to));
      return make("li", {}, button);
    });
    place.replaceChildren(...(items.length > 0 ? [make("ol", {}, ...items)] : []));
  };
}
