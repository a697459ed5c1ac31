import type { Drawing, DrawnColumn } from "../chart/kind.ts";
import { jsonToMarkup, type Safe, trustMarkup } from "../chart/safe.ts";
import { trimPlotted } from "./trim-digits.ts";

/** One panel in the island. */
export type IslandPanel = {
  readonly id: string;
  /** The name of its kind in panel.proto; `unknown` for what a later release has saved. */
  readonly kind: string;
  /** Why it shows no data, as in `PanelState.error`; absent when it does. */
  readonly error?: string;
  /** Where its values stand on its plot; absent for what has none. */
  readonly axes?: DrawnAxes;
  /** What it shows, as docs/island.schema.json says for each kind. Absent for texts and errors. */
  readonly columns?: readonly IslandColumn[];
};

/** A column in the island. */
type IslandColumn = Omit<DrawnColumn, "values"> & {
  readonly values: DrawnColumn["values"] | EvenValues;
};

/** Numbers or times that are all as far apart: the nth is `start + n * step`. */
type EvenValues = { readonly start: number; readonly step: number; readonly count: number };

type DrawnAxes = NonNullable<(Drawing & { ok: true })["axes"]>;

/**
 * The data in a dashboard's HTML, from which a script makes it interactive: what is drawn, nothing
 * that is not. Fields may be added; `v` changes when one changes its meaning.
 */
export type Island = {
  readonly v: 2;
  readonly dashboard_id: string;
  readonly version: number;
  readonly ttl_s: number;
  /** When the data was read, in ISO 8601; null when there is none. */
  readonly as_of: string | null;
  readonly locale: string;
  readonly timezone: string;
  /** In reading order. */
  readonly panels: readonly IslandPanel[];
};

/** Writes the island as JSON, around its panels, which are JSON already. */
export function islandToMarkup(island: Omit<Island, "panels">, panels: readonly Safe[]): Safe {
  const head = jsonToMarkup(island).toString().slice(0, -1);
  return trustMarkup(`${head},"panels":[${panels.join(",")}]}`);
}

/** Writes one panel of the island as JSON, around what was drawn of it, which is JSON already. */
export function islandPanelToMarkup(panel: Omit<IslandPanel, "axes" | "columns">, drawn: Safe | undefined): Safe {
  const head = jsonToMarkup(panel);
  return drawn === undefined ? head : trustMarkup(`${head.toString().slice(0, -1)},${drawn.toString().slice(1)}`);
}

/** Writes what was drawn of a panel as JSON, as short as the same values can be said. */
export function drawnToMarkup(columns: readonly DrawnColumn[], axes: DrawnAxes | undefined): Safe {
  return jsonToMarkup({
    ...(axes !== undefined && { axes }),
    columns: columns.map((column) => packColumn(column, axes !== undefined)),
  });
}

function packColumn(column: DrawnColumn, isPlotted: boolean): IslandColumn {
  if (column.type !== "number" && column.type !== "time") return column;
  const values = column.values.map((value) => (typeof value === "number" ? trim(value, isPlotted) : value));
  return { ...column, values: toEven(values) ?? values };
}

/**
 * Takes off digits that say nothing: what floating point adds beyond twelve, as 0.1 + 0.2 is 0.30000000000000004, and more
 * of plotted numbers, which are many. What is no number is no value.
 */
function trim(value: number, isPlotted: boolean): number | null {
  if (!Number.isFinite(value)) return null;
  if (Number.isInteger(value)) return value;
  return isPlotted ? trimPlotted(value) : Number(value.toPrecision(12));
}

/** Fewer than this are no shorter for it. */
const leastEven = 4;

function toEven(values: DrawnColumn["values"]): EvenValues | undefined {
  const [start, next] = values;
  if (values.length < leastEven || typeof start !== "number" || typeof next !== "number") return undefined;
  const step = next - start;
  return values.every((value, index) => value === start + index * step)
    ? { start, step, count: values.length }
    : undefined;
}
