import type { TableColumn } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { html, type Safe } from "./safe.ts";
import { statusClass, statusOf } from "./status.ts";

/** What says the status of a column's values, as panel.proto names it. */
export type StatusRules = Pick<TableColumn, "statuses" | "thresholds">;

/** Draws a value as a tag in the colours of its status, with a dot. */
export function drawTag(status: string | undefined, content: Safe): Safe {
  return html`<span class="dj-pill dj-tag ${statusClass(status ?? "neutral")}">${content}</span>`;
}

/**
 * Draws a number in the colour of its status, with a mark whose shape tells it as well. A number whose
 * status is neither good nor bad stays as it is.
 */
export function drawLevel(status: string | undefined, content: Safe): Safe {
  const className = statusClass(status ?? "neutral");
  return className === statusClass("neutral") ? content : html`<span class="dj-level ${className}">${content}</span>`;
}

/**
 * Returns the status that a value has by its name, in any of its spellings, else that of its size;
 * undefined where nothing says any.
 */
export function findStatus(
  { statuses, thresholds }: StatusRules,
  names: readonly string[],
  size = Number.NaN,
): string | undefined {
  const name = names.find((name) => Object.hasOwn(statuses, name));
  return name === undefined ? statusOf(size, thresholds) : statuses[name];
}
