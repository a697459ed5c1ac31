import { html, type Safe } from "./safe.ts";

/** What happens when a value is clicked: a page that embeds the dashboard is told, or a link is followed. */
export type Click = { readonly kind: "event" } | { readonly kind: "link"; readonly href: string };

/** Returns what a column's value does when it is clicked; undefined where nothing happens. */
export type ClickOf = (column: string, value: string) => Click | undefined;

/**
 * Draws what stands for a column's value, so that it can be clicked where the panel says so: a link
 * that works without script, or a mark that src/page/runtime makes a button of. Elsewhere it is drawn as it is.
 *
 * @param value the whole value, as a filter takes it, however much of it is shown
 */
export function drawClickable(clickOf: ClickOf, column: string, value: string, content: Safe): Safe {
  const click = clickOf(column, value);
  if (click === undefined) return content;
  if (click.kind === "link") return html`<a class="dj-go" href="${click.href}">${content}</a>`;
  return html`<span class="dj-go" data-column="${column}" data-value="${value}">${content}</span>`;
}

/** Draws marks of an SVG that stand for a column's value; like `drawClickable`. */
export function drawClickableMark(clickOf: ClickOf, column: string, value: string, marks: Safe): Safe {
  const click = clickOf(column, value);
  if (click === undefined) return marks;
  if (click.kind === "link") return html`<a class="dj-go" href="${click.href}">${marks}</a>`;
  return html`<g class="dj-go" data-column="${column}" data-value="${value}">${marks}</g>`;
}
