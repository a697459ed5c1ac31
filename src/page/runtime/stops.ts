import type { DrawnAxis } from "../../chart/kind.ts";
import type { ChartPanel, Column, Value } from "./island.ts";

/** A line of a tooltip: the series whose colour it has, if any, its name and its value. */
type Row = readonly [series: number | undefined, name: string, text: string];

/** A place on a plot that can be pointed at, in shares of the plot from the left and the top. */
export type Stop = {
  readonly x: number;
  /** Undefined where a stop is as high as the plot. */
  readonly y?: number | undefined;
  readonly title: string;
  readonly rows: () => readonly Row[];
};

/** Returns where a value stands along an axis, from 0 to 1; in slots its index counts. */
export function scaleOf(axis?: DrawnAxis): (value: Value, index: number) => number {
  if (axis?.scale === "slots") return (_, index) => (index + 0.5) / axis.count;
  const measure = axis?.scale === "log" ? Math.log : Number;
  const from = measure(axis?.from as number);
  const size = measure(axis?.to as number) - from;
  return (value) => (size ? (measure(value as number) - from) / size : 0.5);
}

/** Returns a panel's stops: cells, dots, slices, or the positions of what stands side by side. */
export function stopsOf({ kind, axes: { x: xAxis, y: yAxis }, columns }: ChartPanel): readonly Stop[] {
  const [first, ...rest] = columns as [Column, ...Column[]];
  const yOf = scaleOf(yAxis);
  const shares = first.values.map(scaleOf(xAxis));
  const titleAt = (at: number) => titleOf(kind, first, at);
  if (kind === "heatmap" || kind === "scatter") {
    const isDots = kind === "scatter";
    return rest.flatMap(({ title, at, values, text }, order) =>
      values.map((value, index): Stop => {
        const spot = at ? at[index]! : index;
        const series = isDots ? order : undefined;
        const y = isDots ? 1 - yOf(value, 0) : yOf(0, order);
        return { x: shares[spot]!, y, title: titleAt(spot), rows: () => [[series, title, text(value)]] };
      }),
    );
  }
  // Where points were left out, the nearest one is within a pixel.
  const reach = xAxis.scale === "slots" ? 0 : 0.001;
  return shares.map((x, at) => ({
    x,
    title: titleAt(at),
    rows: () =>
      rest.flatMap((column, series) => {
        const value = valueNear(column, shares, x, reach);
        return value == null ? [] : [[kind === "pie" ? at : series, column.title, column.text(value)] as const];
      }),
  }));
}

/** Buckets are from one number to the next, a single one has words; any other number needs its name. */
function titleOf(kind: string, { type, title, values, text }: Column, at: number): string {
  const value = values[at] as number;
  if (type !== "number") return text(value);
  if (kind !== "histogram") return `${title} ${text(value)}`;
  return `${text(value)} – ${text(value + (values[1] as number) - (values[0] as number))}`;
}

function valueNear({ values, at }: Column, shares: readonly number[], x: number, reach: number): Value {
  let found: Value;
  values.forEach((value, index) => {
    const gap = Math.abs(shares[at ? at[index]! : index]! - x);
    if (value != null && (found == null ? gap <= reach : gap < reach)) {
      found = value;
      reach = gap;
    }
  });
  return found;
}
