import type { DrawnAxis, DrawnFormat } from "../../chart/kind.ts";

/** A cell of a column; null is no value. */
export type Value = number | string | boolean | null | undefined;

/** A column as the island has it, see docs/island.schema.json; a pattern of even values is written out. */
export type Column = {
  readonly title: string;
  readonly type: string;
  readonly zoned?: boolean;
  readonly at?: readonly number[];
  readonly values: readonly Value[];
  /** Writes one of its values. */
  readonly text: (value: Value) => string;
};

/** A panel that has data. */
export type Panel = {
  readonly id: string;
  readonly kind: string;
  readonly axes?: { readonly x: DrawnAxis; readonly y?: DrawnAxis };
  readonly columns: readonly Column[];
};

/** A panel whose values stand on a plot. */
export type ChartPanel = Panel & Required<Pick<Panel, "axes">>;

/** What a fragment says of itself. */
export type Island = {
  readonly dashboard_id: string;
  readonly version: number;
  readonly ttl_s: number;
  readonly locale: string;
  readonly panels: readonly Panel[];
};

/** Reads a fragment's island, its columns made ready. Throws on one that is missing, broken or of a version that is not known here. */
export function readIsland(root: Element): Island {
  const island = JSON.parse(root.querySelector("script.dj-island")!.textContent!);
  if (island.v !== 2) throw new Error(`v${island.v}`);
  for (const panel of island.panels) {
    const columns: Column[] = (panel.columns ?? []).map((column: WireColumn) => readColumn(column, island.locale));
    const [first, second, cells] = columns;
    const count = first?.values.length ?? 0;
    panel.columns = columns;
    // Slices are next to each other, if around a corner; a heatmap's rows are its series.
    if (panel.kind === "pie") panel.axes = { x: { scale: "slots", count } };
    // One without its data has none of the three.
    if (panel.kind === "heatmap" && cells) {
      const rows = second!.values.map((value, row) => ({
        ...cells,
        title: second!.text(value),
        values: cells.values.slice(row * count, (row + 1) * count),
      }));
      panel.columns = [first, ...rows];
    }
  }
  return island;
}

type EvenValues = { readonly start: number; readonly step: number; readonly count: number };
type WireColumn = Omit<Column, "values" | "text"> & {
  readonly values: readonly Value[] | EvenValues;
  readonly format?: DrawnFormat;
};

function readColumn(column: WireColumn, locale: string): Column {
  const { values, format, type } = column;
  const { options, divisor = 1, suffix = "" } = format ?? {};
  let intl: { format(value: number): string };
  return {
    ...column,
    values: "count" in values ? Array.from({ length: values.count }, (_, n) => values.start + n * values.step) : values,
    text(value) {
      if (value == null) return "–";
      if (!options) return `${value}`;
      // Making one takes longer than using it, and most columns are never looked at.
      intl ??= type === "time" ? new Intl.DateTimeFormat(locale, options) : new Intl.NumberFormat(locale, options);
      return intl.format((value as number) / divisor) + suffix;
    },
  };
}
