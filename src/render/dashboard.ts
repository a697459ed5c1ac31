import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { countOf } from "../chart/count.ts";
import { createEffort } from "../chart/effort.ts";
import { createVoices, type Voice } from "../chart/intl.ts";
import { type Safe, trustMarkup } from "../chart/safe.ts";
import { formatTime } from "../chart/time-format.ts";
import type { FilterControl } from "../definition/viewer-filters.ts";
import { createMarkdown } from "../page/markdown.ts";
import { type AssetRef, createPages } from "../page/pages.ts";
import { createClicks } from "./clicks.ts";
import { digestOf } from "./digest.ts";
import { drawFilterForm, type FilterForm } from "./filter-form.ts";
import { describeFilters, describeUpdate, type ShownFilter } from "./header.ts";
import { islandToMarkup } from "./island.ts";
import { type RenderLimits, renderLimits } from "./limits.ts";
import { describeLook } from "./look.ts";
import type { PanelData } from "./panel.ts";
import { type DrawnPanel, drawPanels } from "./panels.ts";
import type { Place } from "./place.ts";
import { spokenSpan } from "./words.ts";

/** How a dashboard is shown; `locale` and `timezone` that are unknown read as `en-US` and `UTC`. */
export type Presentation = {
  readonly theme: "auto" | "light" | "dark";
  readonly locale: string;
  readonly timezone: string;
  /** An embed when absent, because most are. */
  readonly place?: Place;
};

/** The files that HTML links to, at addresses that are whole: a dashboard stands in pages of other origins. */
export type PageAssets = {
  /** What serves them, and brands' style sheets. */
  readonly origin: string;
  readonly style: AssetRef;
  readonly shareStyle: AssetRef;
  readonly fontStyle: AssetRef;
  readonly script: AssetRef;
};

/** What a dashboard is made of. */
export type DashboardInput = {
  readonly definition: Definition;
  readonly version: number;
  /** In the order of `layout.panels`. */
  readonly panels: readonly PanelData[];
  /** The filters that are set, in words. */
  readonly filters: readonly ShownFilter[];
  /** The filters that a reader may change; none when absent. */
  readonly controls?: readonly FilterControl[];
  readonly presentation: Presentation;
  /** When the oldest data was read; undefined when there is none. */
  readonly asOfMs: number | undefined;
  readonly ttlS: number;
};

/** A dashboard's HTML, which is one `<div>`, and how each panel fared, in reading order. */
type DrawnDashboard = {
  readonly html: string;
  readonly panels: readonly { readonly id: string; readonly error: string }[];
};

/** What a share link's page is made of. */
type SharePageInput = {
  readonly title: string;
  /** A dashboard's `html`. */
  readonly fragment: string;
  readonly expiresAtMs: number;
  readonly presentation: Presentation;
  /** For a fragment that never changes: when its data was read, and the style sheet that it was drawn for. */
  readonly kept?: { readonly asOfMs: number; readonly style: AssetRef };
};

/** Makes HTML. The same input gives the same bytes. */
export type Renderer = {
  /**
   * Draws a dashboard within the renderer's limits: a panel for which there is no room says so. It
   * yields between panels, so that whoever drives it can let others have a turn.
   */
  drawDashboard(input: DashboardInput): Generator<undefined, DrawnDashboard>;
  /** Draws a dashboard in one go. */
  renderDashboard(input: DashboardInput): DrawnDashboard;
  /** Returns a whole document around a dashboard. */
  renderSharePage(input: SharePageInput): string;
  /** Returns a whole document that says one thing, such as that a link is dead. */
  renderNotice(input: { readonly title: string; readonly message: string }): string;
};

/** Creates the renderer. Throws on templates that are missing or wrong. */
export function createRenderer(options: {
  /** The text of src/page/files/*.eta by name. */
  readonly templates: Readonly<Record<string, string>>;
  readonly assets: PageAssets;
  readonly limits?: RenderLimits;
}): Renderer {
  const { assets, limits = renderLimits } = options;
  const pages = createPages(options.templates);
  const voices = createVoices();
  const markdown = createMarkdown();

  function* drawDashboard(input: DashboardInput): Generator<undefined, DrawnDashboard> {
    const { definition, presentation, controls = [] } = input;
    const { place = "embed" } = presentation;
    const voice = voices(presentation);
    const form = drawFilterForm(controls, place, limits.maxHtmlChars / formShare);
    const writePage = createPageWriter(input, voice, form);
    const panels = yield* drawPanels(definition, input.panels, {
      voice,
      markdown,
      frame: pages.panel,
      roomChars: limits.maxHtmlChars - writePage([]).length,
      effort: createEffort(limits.maxCells),
      place,
      clicks: createClicks(place, controls),
    });
    const html = String(writePage(panels));
    return { html, panels: panels.map(({ id, error }) => ({ id, error })) };
  }

  /** Prepares all of a page but its panels, because a page without them is written first: it tells how much room they have. */
  function createPageWriter(
    input: DashboardInput,
    voice: Voice,
    form: FilterForm,
  ): (panels: readonly DrawnPanel[]) => Safe {
    const { definition, presentation, version, ttlS, asOfMs } = input;
    const { place = "embed" } = presentation;
    const { title, description } = definition.layout!;
    const island = {
      v: 2 as const,
      dashboard_id: definition.dashboardId,
      version,
      ttl_s: ttlS,
      as_of: asOfMs === undefined ? null : new Date(asOfMs).toISOString(),
      locale: voice.locale,
      timezone: voice.timezone,
    };
    const look = describeLook(definition.layout!, presentation.theme, place, voice, assets);
    const filters = describeFilters(definition, input.filters, place, form.names);
    // All of the header but its status, which changes with every update.
    const header = JSON.stringify([
      look.owner,
      title,
      description,
      filters,
      describeUpdate(asOfMs, [], [], place, voice) === undefined,
    ]);
    const headerHash = digestOf(header, form.form);
    return (panels) =>
      pages.dashboard({
        ...look,
        title,
        description,
        headerHash,
        updated: describeUpdate(asOfMs, input.panels, panels, place, voice),
        filters,
        form: form.form,
        formWaits: place === "embed",
        panels: panels.map(({ section }) => section),
        footer: {
          left: `${countOf(panels.length, "panel", voice)} · ${place === "kept" ? "kept as it was" : `cached for ${spokenSpan(ttlS)}`}`,
          right: `All times in ${voice.timezone}`,
        },
        island:
          place === "still"
            ? undefined
            : islandToMarkup(
                island,
                panels.map(({ island }) => island),
              ),
      });
  }

  function renderSharePage({ title, fragment, expiresAtMs, presentation, kept }: SharePageInput): string {
    const voice = voices(presentation);
    const toInstant = (epochMs: number) => ({
      iso: new Date(epochMs).toISOString(),
      text: `${formatTime(epochMs, true, "minute", voice)} (${voice.timezone})`,
    });
    return String(
      pages.share({
        ...assets,
        style: kept?.style ?? assets.style,
        theme: presentation.theme,
        title: title || "Dashboard",
        fragment: trustMarkup(fragment),
        asOf: kept && toInstant(kept.asOfMs),
        expires: toInstant(expiresAtMs),
      }),
    );
  }

  return {
    drawDashboard,
    renderDashboard(input) {
      const steps = drawDashboard(input);
      let step = steps.next();
      while (!step.done) step = steps.next();
      return step.value;
    },
    renderSharePage,
    renderNotice: (notice) => String(pages.notice({ ...assets, ...notice })),
  };
}

/** A form may take that part of a dashboard's characters: lists of options must not crowd out the data. */
const formShare = 8;
