import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { createEffort } from "../chart/effort.ts";
import { createVoices, type Voice } from "../chart/intl.ts";
import { type Safe, trustMarkup } from "../chart/safe.ts";
import { formatTime } from "../chart/time-format.ts";
import { createMarkdown } from "../page/markdown.ts";
import { type AssetRef, createPages } from "../page/pages.ts";
import { describeFilters, describeUpdate, type ShownFilter } from "./header.ts";
import { islandToMarkup } from "./island.ts";
import { type RenderLimits, renderLimits } from "./limits.ts";
import type { PanelData } from "./panel.ts";
import { type DrawnPanel, drawPanels } from "./panels.ts";
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
  readonly filters: readonly ShownFilter[];
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
  readonly assets: { readonly style: AssetRef; readonly shareStyle: AssetRef };
  readonly limits?: RenderLimits;
}): Renderer {
  const { assets, limits = renderLimits } = options;
  const pages = createPages(options.templates);
  const voices = createVoices();
  const markdown = createMarkdown();

  function* drawDashboard(input: DashboardInput): Generator<undefined, DrawnDashboard> {
    const { definition, presentation } = input;
    const voice = voices(presentation);
    const around = writePage(input, voice, []);
    const panels = yield* drawPanels(definition, input.panels, {
      voice,
      markdown,
      frame: pages.panel,
      roomChars: limits.maxHtmlChars - around.length,
      effort: createEffort(limits.maxCells),
    });
    const html = String(writePage(input, voice, panels));
    return { html, panels: panels.map(({ id, error }) => ({ id, error })) };
  }

  function writePage(input: DashboardInput, voice: Voice, panels: readonly DrawnPanel[]): Safe {
    const { definition, presentation, version, ttlS, asOfMs } = input;
    const { title, description } = definition.layout!;
    const island = {
      v: 1 as const,
      dashboard_id: definition.dashboardId,
      version,
      ttl_s: ttlS,
      as_of: asOfMs === undefined ? null : new Date(asOfMs).toISOString(),
      locale: voice.locale,
      timezone: voice.timezone,
    };
    return pages.dashboard({
      theme: presentation.theme,
      style: assets.style,
      title,
      description,
      updated: describeUpdate(asOfMs, input.panels, panels, voice),
      filters: describeFilters(definition, input.filters),
      panels: panels.map(({ section }) => section),
      footer: {
        left: `${countOf(panels.length, "panel")} · cached for ${spokenSpan(ttlS)}`,
        right: `All times in ${voice.timezone}`,
      },
      island: islandToMarkup(
        island,
        panels.map(({ island }) => island),
      ),
    });
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
