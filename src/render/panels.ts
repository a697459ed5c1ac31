import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { ClickOf } from "../chart/click.ts";
import type { Effort } from "../chart/effort.ts";
import type { Voice } from "../chart/intl.ts";
import { nothing, type Safe } from "../chart/safe.ts";
import { formatClock } from "../chart/time-format.ts";
import { panelIds, placePanels } from "../definition/panel.ts";
import type { Markdown } from "../page/markdown.ts";
import type { PanelView } from "../page/pages.ts";
import { anyDigest, digestOf } from "./digest.ts";
import { islandPanelToMarkup } from "./island.ts";
import { fillTwoColumns } from "./narrow.ts";
import { drawPanel, type PanelBody, type PanelData, type PanelSetting, refusePanel } from "./panel.ts";
import type { Place } from "./place.ts";

/** A panel, drawn: its section of the page, its part of the island, and why it has no data, if so. */
export type DrawnPanel = {
  readonly id: string;
  readonly section: Safe;
  readonly island: Safe;
  readonly error: string;
};

/** What panels are drawn with. */
export type PanelTools = {
  readonly voice: Voice;
  readonly markdown: Markdown;
  /** Writes a panel's section. */
  readonly frame: (view: PanelView) => Safe;
  /** How many characters all sections and all parts of the island may have together. */
  readonly roomChars: number;
  readonly effort: Effort;
  readonly place: Place;
  /** Returns what a panel's values do when they are clicked. */
  readonly clicks: (panel: Panel) => ClickOf;
};

/**
 * Draws all panels of a dashboard, in reading order. `data` is in the order of `layout.panels`.
 * Yields after each panel, so that other work may go on between them.
 *
 * Every panel has its frame and, at the least, room to say that there is none for its data. Of the
 * rest a panel takes at most half of what the ones before it have left, so that no page is used up
 * by one.
 */
export function* drawPanels(
  definition: Definition,
  data: readonly PanelData[],
  { frame, roomChars, place, clicks, ...tools }: PanelTools,
): Generator<undefined, DrawnPanel[]> {
  const panels = arrangePanels(definition, data, tools.voice, clicks);
  const write = ({ view }: Arranged, { body, error, drawn }: PanelBody, nameOf = digestOf): DrawnPanel => {
    const { id, kind } = view;
    const data = { id, kind, ...(error !== "" && { error }) };
    const island = place === "still" ? nothing : islandPanelToMarkup(data, drawn);
    return { id, section: frame({ ...view, body, hash: nameOf(JSON.stringify(view), body, island) }), island, error };
  };
  const refusedChars = panels.map((one) => charsOf(write(one, refusePanel("too_large"), () => anyDigest)));
  let leftChars = refusedChars.reduce((left, chars) => left - chars, roomChars);
  const drawn: DrawnPanel[] = [];
  for (const [order, one] of panels.entries()) {
    const share = { ...tools, ...one.setting, roomChars: Math.floor(leftChars / 2) };
    const result = write(one, drawPanel(one.panel, one.data, share));
    leftChars += refusedChars[order]! - charsOf(result);
    drawn.push(result);
    yield;
  }
  return drawn;
}

function charsOf({ section, island }: DrawnPanel): number {
  return section.length + island.length;
}

/** A panel in its place, before it is drawn. */
type Arranged = {
  readonly panel: Panel;
  readonly data: PanelData;
  readonly view: Omit<PanelView, "body" | "hash">;
  readonly setting: Pick<PanelSetting, "datasource" | "label" | "heightPx" | "turn" | "clickOf">;
};

function arrangePanels(
  { layout, datasources }: Definition,
  data: readonly PanelData[],
  voice: Voice,
  clicks: PanelTools["clicks"],
): Arranged[] {
  const ids = panelIds(layout!);
  const panels = placePanels(layout!).map((place) => {
    const panel = layout!.panels[place.index]!;
    return { ...place, panel, kind: panel.kind.case ?? "unknown", id: ids[place.index]!, data: data[place.index] };
  });
  // Words need less width than charts to be read, and a number less than both.
  const medium = fillTwoColumns(panels.map(({ kind, w, h }) => ({ isHalf: w <= (kind === "text" ? 16 : 12), h })));
  const small = fillTwoColumns(panels.map(({ kind, h }) => ({ isHalf: kind === "stat", h })));
  const labels = distinctLabels(panels.map(({ panel, kind }) => panel.title || `${kind} panel`));
  let stats = 0;
  return panels.map(({ panel, kind, id, data, w, h, x }, order) => {
    const label = labels[order]!;
    const start = x === undefined ? "" : ` dj-x${x}`;
    const view = {
      id,
      kind,
      place: `dj-w${w} dj-h${h}${start} dj-md${medium[order]} dj-sm${small[order]}`,
      label,
      title: panel.title,
      aside: panel.description,
      note: panel.note,
      age: data?.ok === true && data.stale ? `as of ${formatClock(data.asOfMs, voice)}` : "",
    };
    const datasource = datasources.find((source) => source.id === panel.datasource);
    const turn = kind === "stat" ? stats++ : 0;
    return { panel, data, view, setting: { datasource, label, heightPx: h * 48 - 16, turn, clickOf: clicks(panel) } };
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
