import type { DrawnAxis } from "../../chart/kind.ts";
import { make } from "./element.ts";
import type { ChartPanel, Column, Value } from "./island.ts";
import { type Stop, scaleOf, stopsOf } from "./stops.ts";

/** A chart on the page that can be pointed at. */
export type Chart = {
  readonly plot: HTMLElement;
  /** The names of what its reader has hidden. */
  readonly off: ReadonlySet<string>;
  readonly stops: () => readonly Stop[];
  /** Returns the stop that the pointer is at: the nearest one; of dots, one within 24 px. */
  readonly stopAt: (event: MouseEvent) => Stop | undefined;
  /** Marks a stop by a line, a band, a cell or a ring, or takes the mark away. */
  readonly mark: (stop?: Pick<Stop, "x" | "y">) => void;
  /** Marks what a stop of another chart stands for, where both run along the same. */
  readonly markSame: (other: Chart, stop: Stop) => void;
  /** What it runs along, in a word; empty where its stops are no positions. */
  readonly run: string;
  readonly values: readonly Value[];
};

/** The charts of all fragments, by their sections. What leaves the page takes its chart along. */
export const charts = new WeakMap<Element, Chart>();

/** How far from a dot it is meant. */
const reachPx = 24;

/** Makes a section's plot one that can be pointed at. */
export function addChart(section: Element, panel: ChartPanel, off: ReadonlySet<string>): void {
  const plot = section.querySelector<HTMLElement>("[role=img]");
  if (!plot) return;
  plot.tabIndex = 0;
  const { kind, axes, columns } = panel;
  const { type, zoned, title, values } = columns[0] as Column;
  const isDots = kind === "scatter";
  const run = isDots || kind === "heatmap" ? "" : type === "time" ? `${zoned}` : title;
  const width = slotOf(axes.x);
  const height = slotOf(axes.y);
  const marker = make("i", { className: `dj-cross dj-${axes.x.scale}` });
  let known: readonly Stop[] | undefined;
  const stops = () => {
    known ??= stopsOf(panel);
    return known;
  };
  const mark: Chart["mark"] = (stop) => {
    marker.remove();
    if (!stop) return;
    const { x, y } = stop;
    const [left, top, across, down] = [x - width / 2, y! - height / 2 || 0, width, y === undefined ? 1 : height].map(
      (share) => `${share * 100}%`,
    );
    // A strict policy lets scripts set styles, as it would no attribute in markup.
    marker.style.cssText = `left:${left};top:${top};width:${across};height:${down}`;
    plot.after(marker);
  };
  charts.set(section, {
    plot,
    off,
    stops,
    mark,
    run,
    values,
    stopAt({ target, clientX, clientY }) {
      if (kind === "pie") return stops()[Number((target as Element).closest<SVGElement>("[data-s]")?.dataset.s)];
      const { left, top, width, height } = plot.getBoundingClientRect();
      let nearest: Stop | undefined;
      let least = isDots ? reachPx : 1e6;
      for (const stop of stops()) {
        const gap = Math.hypot(left + stop.x * width - clientX, top + stop.y! * height - clientY || 0);
        if (gap < least && !(isDots && off.has(stop.rows()[0]![1]))) {
          nearest = stop;
          least = gap;
        }
      }
      return nearest;
    },
    markSame(other, stop) {
      if (!run || run !== other.run) return;
      const value = other.values[other.stops().indexOf(stop)] as number;
      const [first, second] = values as readonly number[];
      // A slot of time lasts until the next begins, the last one as long as the first.
      const slot = (values as number[]).findLastIndex((from) =>
        type === "time" ? value >= from && value - from < second! - first! : value === from,
      );
      const x = scaleOf(axes.x)(value, slot);
      if (x >= 0 && x <= 1) mark({ x });
    },
  });
}

/** Returns how much of a side a slot takes. */
function slotOf(axis?: DrawnAxis): number {
  return axis?.scale === "slots" ? 1 / axis.count : 0;
}
