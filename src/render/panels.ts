import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Voice } from "../chart/intl.ts";
import { formatClock } from "../chart/time-format.ts";
import { panelIds, placePanels } from "../definition/panel.ts";
import type { Markdown } from "../page/markdown.ts";
import type { PanelView } from "../page/pages.ts";
import type { IslandPanel } from "./island.ts";
import { fillTwoColumns } from "./narrow.ts";
import { drawPanel, type PanelData } from "./panel.ts";

/** A panel, drawn: for the page and for its island. */
export type DrawnPanel = { readonly view: PanelView; readonly data: IslandPanel };

/** Draws all panels of a dashboard, in reading order. `data` is in the order of `layout.panels`. */
export function drawPanels(
  { layout, datasources }: Definition,
  data: readonly PanelData[],
  speech: { readonly voice: Voice; readonly markdown: Markdown },
): DrawnPanel[] {
  const ids = panelIds(layout!);
  const panels = placePanels(layout!).map((place) => {
    const panel = layout!.panels[place.index]!;
    return { ...place, panel, kind: panel.kind.case ?? "text", id: ids[place.index]!, data: data[place.index] };
  });
  // Words need less width than charts to be read, and a number less than both.
  const medium = fillTwoColumns(panels.map(({ kind, w, h }) => ({ isHalf: w <= (kind === "text" ? 16 : 12), h })));
  const small = fillTwoColumns(panels.map(({ kind, h }) => ({ isHalf: kind === "stat", h })));
  const labels = distinctLabels(panels.map(({ panel, kind }) => panel.title || `${kind} panel`));
  let stats = 0;
  return panels.map(({ panel, kind, id, data, w, h, x }, order) => {
    const { body, error, columns } = drawPanel(panel, data, {
      ...speech,
      datasource: datasources.find((source) => source.id === panel.datasource),
      label: labels[order]!,
      heightPx: h * 48 - 16,
      turn: kind === "stat" ? stats++ : 0,
    });
    const start = x === undefined ? "" : ` dj-x${x}`;
    const view: PanelView = {
      id,
      kind,
      place: `dj-w${w} dj-h${h}${start} dj-md${medium[order]} dj-sm${small[order]}`,
      label: labels[order]!,
      title: panel.title,
      note: panel.description,
      age: data?.ok === true && data.stale ? `as of ${formatClock(data.asOfMs, speech.voice)}` : "",
      body,
    };
    return { view, data: { id, kind, ...(error !== "" && { error }), ...(columns !== undefined && { columns }) } };
  });
}

/** Tells panels of one title apart: landmarks of a page have names of their own. */
function distinctLabels(titles: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return titles.map((title) => {
    const count = (counts.get(title) ?? 0) + 1;
    counts.set(title, count);
    return count === 1 ? title : `${title} (${count})`;
  });
}
