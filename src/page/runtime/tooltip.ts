import { type Chart, charts } from "./chart.ts";
import { all, make } from "./element.ts";
import type { Stop } from "./stops.ts";

/** More rows than this are counted: they would not fit the screen. */
const maxRows = 12;

/** How far the tooltip stands from what it tells about. */
const gapPx = 14;

// Above all that a host page may have, and placed in the window.
const tip = make("div", { className: "dj-tip", popover: "manual", role: "status" });

/** The stop that is told about, and the charts that are marked. */
let current: Stop | undefined;
let marked: readonly Chart[] = [];

/** Shows the tooltip at the pointer, and hides it where there is nothing to tell. */
export function followPointer(event: MouseEvent): void {
  const chart = chartOf(event);
  if (chart?.plot.contains(event.target as Element)) show(chart, chart.stopAt(event), event);
  else hideTooltip();
}

/** Moves from stop to stop by arrow keys, Home and End; Escape hides the tooltip. */
export function followKeys(event: KeyboardEvent): void {
  const { key, target } = event;
  if (key === "Escape") hideTooltip();
  const chart = chartOf(event);
  if (!chart || chart.plot !== target) return;
  const stops = chart.stops();
  const from = stops.indexOf(current!);
  const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: stops.length - 1 }[key];
  if (to === undefined) return;
  event.preventDefault();
  show(chart, stops[to] ?? current, {});
}

/** Hides the tooltip and the marks. */
export function hideTooltip(): void {
  for (const chart of marked) chart.mark();
  marked = [];
  current = undefined;
  tip.remove();
}

function chartOf({ target }: Event): Chart | undefined {
  return target instanceof Element ? charts.get(target.closest("[data-panel]")!) : undefined;
}

function show(chart: Chart, stop: Stop | undefined, { clientX, clientY }: Partial<MouseEvent>): void {
  const { plot, off } = chart;
  if (!stop || stop !== current) hideTooltip();
  if (!stop) return;
  if (stop !== current) {
    const rows = stop.rows().filter(([, name]) => !off.has(name));
    if (!rows.length) return;
    const root = plot.closest(".dj")!;
    current = stop;
    marked = all(root, "[data-panel]").flatMap((section) => charts.get(section) ?? []);
    for (const other of marked) other.markSame(chart, stop);
    chart.mark(stop);
    tip.replaceChildren(
      make("p", {}, stop.title),
      ...rows.slice(0, maxRows).map(([series, name, text]) => {
        // The colour of a series, as seriesClass of src/chart/plot.ts has it.
        const className = `dj-key dj-s${(series! % 8) + 1} dj-d${(series! >> 3) % 5}`;
        const key = series === undefined ? "" : make("i", { className });
        return make("p", {}, key, make("span", {}, name), make("b", {}, text));
      }),
      rows.length > maxRows ? `+${rows.length - maxRows}` : "",
    );
    root.lastChild!.before(tip);
    tip.showPopover();
  }
  const { left, top, width, height } = plot.getBoundingClientRect();
  // On the side where there is room.
  const put = (at: number, size: number, room: number) =>
    `${Math.max(4, at + gapPx + size > room ? at - gapPx - size : at + gapPx)}px`;
  const x = put(clientX ?? left + stop.x * width, tip.offsetWidth, innerWidth);
  tip.style.cssText = `left:${x};top:${put(clientY ?? top + (stop.y ?? 0.3) * height, tip.offsetHeight, innerHeight)}`;
}
