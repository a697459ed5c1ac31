import type { DrawnColumn } from "../chart/kind.ts";
import { jsonToMarkup, type Safe, trustMarkup } from "../chart/safe.ts";

/** One panel in the island. */
export type IslandPanel = {
  readonly id: string;
  /**
   * The name of its kind in panel.proto: `line`, `area`, `bar`, `stat`, `table` or `text`; `unknown`
   * for what a later release has saved.
   */
  readonly kind: string;
  /** Why it shows no data, as in `PanelState.error`; absent when it does. */
  readonly error?: string;
  /**
   * What it shows: for lines, areas and bars the positions and then one column a series; for a
   * table its columns; for a stat its number, the one before that if it compares, and then the
   * small line's two columns. Absent for texts and errors.
   */
  readonly columns?: readonly DrawnColumn[];
};

/**
 * The data in a dashboard's HTML, from which a script makes it interactive: what is drawn, nothing
 * that is not. Fields may be added; `v` changes when one changes its meaning.
 */
export type Island = {
  readonly v: 1;
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

/** Writes one panel of the island as JSON, around its columns, which are JSON already. */
export function islandPanelToMarkup(panel: Omit<IslandPanel, "columns">, columns: Safe | undefined): Safe {
  const head = jsonToMarkup(panel);
  return columns === undefined ? head : trustMarkup(`${head.toString().slice(0, -1)},"columns":${columns}}`);
}
