import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { createVoices, type Voice } from "../chart/intl.ts";
import { type Safe, trustMarkup } from "../chart/safe.ts";
import { formatClock, formatTime, isWritable } from "../chart/time-format.ts";
import { panelIds, placePanels } from "../definition/panel.ts";
import { createMarkdown } from "../page/markdown.ts";
import { type AssetRef, createPages, type DashboardView } from "../page/pages.ts";
import { type IslandPanel, islandToMarkup } from "./island.ts";
import { fillTwoColumns } from "./narrow.ts";
import { drawPanel, type PanelBody, type PanelData } from "./panel.ts";
import { countOf, spokenSpan } from "./words.ts";

/** How a dashboard is shown; `locale` and `timezone` that are unknown read as `en-US` and `UTC`. */
export type Presentation = {
  readonly theme: "auto" | "light" | "dark";
  readonly locale: string;
  readonly timezone: string;
};

/** What a dashboard is made of. */
export type DashboardInput = {
  readonly definition: Definition;
  readonly version: number;
  /** In the order of `layout.panels`. */
  readonly panels: readonly PanelData[];
  /** The filters that are set, in words. */
  readonly filters: readonly { readonly name: string; readonly title: string; readonly text: string }[];
  readonly presentation: Presentation;
  /** When the oldest data was read; undefined when there is none. */
  readonly asOfMs: number | undefined;
  readonly ttlS: number;
};

/** What a share link's page is made of. */
export type SharePageInput = {
  readonly title: string;
  /** A dashboard's `html`. */
  readonly fragment: string;
  readonly expiresAtMs: number;
  readonly presentation: Presentation;
};

/** Makes HTML. The same input gives the same bytes. */
export type Renderer = {
  /** Returns one `<div>`, and how each panel fared, in reading order. */
  renderDashboard(input: DashboardInput): {
    html: string;
    panels: readonly { readonly id: string; readonly error: string }[];
  };
  /** Returns a whole document around a dashboard. */
  renderSharePage(input: SharePageInput): string;
  /** Returns a whole document that says one thing, such as that a link is dead. */
  renderNotice(input: { readonly title: string; readonly message: string }): string;
};

/** Creates the renderer. Throws on templates that are missing or wrong. */
export function createRenderer(options: {
  /** The text of src/page/files/*.eta by name. */
  readonly templates: Readonly<Record<string, string>>;
  readonly assets: { readonly style: AssetRef; readonly shareStyle: AssetRef };
}): Renderer {
  const { assets } = options;
  const pages = createPages(options.templates);
  const voices = createVoices();
  const markdown = createMarkdown();

  function renderDashboard(input: DashboardInput) {
    const { definition, presentation } = input;
    const layout = definition.layout!;
    const voice = voices(presentation);
    const ids = panelIds(layout);
    const places = placePanels(layout);
    const kindAt = (index: number) => layout.panels[index]!.kind.case ?? "text";
    const medium = fillTwoColumns(
      places.map(({ index, w, h }) => ({ isHalf: w <= (kindAt(index) === "text" ? 16 : 12), h })),
    );
    const small = fillTwoColumns(places.map(({ index, h }) => ({ isHalf: kindAt(index) === "stat", h })));
    const labels = distinctLabels(places.map(({ index }) => layout.panels[index]!.title || `${kindAt(index)} panel`));
    let stats = 0;
    const drawn = places.map((place, order) => {
      const panel = layout.panels[place.index]!;
      const data = input.panels[place.index];
      const label = labels[order]!;
      const body = drawPanel(panel, data, {
        datasource: definition.datasources.find(({ id }) => id === panel.datasource),
        label,
        heightPx: place.h * 48 - 16,
        turn: panel.kind.case === "stat" ? stats++ : 0,
        voice,
        markdown,
      });
      const column = place.x === undefined ? "" : ` dj-x${place.x}`;
      const markup = pages.panel({
        id: ids[place.index]!,
        kind: kindAt(place.index),
        place: `dj-w${place.w} dj-h${place.h}${column} dj-md${medium[order]} dj-sm${small[order]}`,
        label,
        title: panel.title,
        note: panel.description,
        age: data?.ok === true && data.stale ? `as of ${formatClock(data.asOfMs, voice)}` : "",
        body: body.body,
      });
      return { id: ids[place.index]!, kind: kindAt(place.index), body, markup };
    });
    const markup = pages.dashboard({
      theme: presentation.theme,
      style: assets.style,
      title: layout.title,
      description: layout.description,
      updated: describeUpdate(
        input,
        drawn.map(({ body }) => body),
        voice,
      ),
      filters: describeFilters(input),
      panels: drawn.map(({ markup }) => markup),
      footer: {
        left: `${countOf(drawn.length, "panel")} · cached for ${spokenSpan(input.ttlS)}`,
        right: `All times in ${voice.timezone}`,
      },
      island: writeIsland(input, drawn, voice),
    });
    return { html: String(markup), panels: drawn.map(({ id, body }) => ({ id, error: body.error })) };
  }

  function renderSharePage({ title, fragment, expiresAtMs, presentation }: SharePageInput): string {
    const voice = voices(presentation);
    const text = `${formatTime(expiresAtMs, true, "minute", voice)} (${voice.timezone})`;
    const expires = { iso: new Date(expiresAtMs).toISOString(), text };
    const { theme } = presentation;
    return String(
      pages.share({ ...assets, theme, title: title || "Dashboard", fragment: trustMarkup(fragment), expires }),
    );
  }

  return {
    renderDashboard,
    renderSharePage,
    renderNotice: (notice) => String(pages.notice({ ...assets, ...notice })),
  };
}

type DrawnPanel = { readonly id: string; readonly kind: string; readonly body: PanelBody };

function writeIsland(input: DashboardInput, drawn: readonly DrawnPanel[], voice: Voice): Safe {
  return islandToMarkup({
    v: 1,
    dashboard_id: input.definition.dashboardId,
    version: input.version,
    ttl_s: input.ttlS,
    as_of: input.asOfMs === undefined ? null : new Date(input.asOfMs).toISOString(),
    locale: voice.locale,
    timezone: voice.timezone,
    panels: drawn.map(
      ({ id, kind, body: { error, columns } }): IslandPanel => ({
        id,
        kind,
        ...(error !== "" && { error }),
        ...(columns !== undefined && { columns }),
      }),
    ),
  });
}

function describeUpdate(
  { asOfMs, panels }: DashboardInput,
  bodies: readonly PanelBody[],
  voice: Voice,
): DashboardView["updated"] {
  if (asOfMs === undefined || !isWritable(asOfMs)) return undefined;
  const isPartial = bodies.some(({ error }) => error !== "");
  const isStale = panels.some((data) => data?.ok === true && data.stale);
  const mood = isPartial ? "bad" : isStale ? "warn" : "good";
  const text = isPartial ? "Incomplete, updated" : isStale ? "Delayed, updated" : "Updated";
  return { mood, text, iso: new Date(asOfMs).toISOString(), clock: formatClock(asOfMs, voice) };
}

/** A range reads as it is; any other filter needs its name. */
function describeFilters({ definition, filters }: DashboardInput): DashboardView["filters"] {
  const ranges = new Set(definition.filters.filter(({ type }) => type === "range").map(({ name }) => name));
  return filters.map(({ name, title, text }) => ({ title: title || name, text, isRange: ranges.has(name) }));
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
