import { all } from "./element.ts";

/**
 * Tells a page that embeds a fragment what happens in it. Returns whether what follows from it by
 * itself is still wanted: the page may prevent that.
 */
export function fire(root: Element, name: string, detail: unknown): boolean {
  const event = new CustomEvent(`dashboard:${name}`, { bubbles: true, composed: true, cancelable: true, detail });
  return root.dispatchEvent(event);
}

/** Tells the page of values that are clicked, or pressed by Enter or Space. */
export function listenToClicks(root: Element): void {
  const listen = (event: Event) => {
    const { key, target } = event as Event & { readonly key?: string };
    const go = (target as Element).closest<HTMLElement>(".dj-go[data-column]");
    if (!go || (key && (go !== target || !/^(Enter| )$/.test(key)))) return;
    event.preventDefault();
    const values: Record<string, string> = {};
    const row = go.closest("tr");
    // The rest of a table's row belongs to it.
    for (const one of row ? all(row, ".dj-go") : [go]) values[one.dataset.column!] = one.dataset.value!;
    const { column, value } = go.dataset;
    fire(root, "click", { panel: go.closest<HTMLElement>("[data-panel]")!.dataset.panel, column, value, values });
  };
  root.addEventListener("click", listen);
  root.addEventListener("keydown", listen);
}
