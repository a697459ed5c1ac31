import { readPageFiles } from "../src/main/assets.ts";
import { createRenderer, type DashboardInput } from "../src/render/dashboard.ts";
import { type Chart, definitionOf, frameOf } from "./charts.ts";

const asOfMs = Date.UTC(2026, 5, 18);

/** How the dashboards are shown. */
export const presentation = { theme: "auto", locale: "en-US", timezone: "Europe/Berlin" } as const;

/** Creates what draws dashboards as the service does, from their frames to HTML. It throws where a panel is not drawn. */
export function createRender(): (input: DashboardInput) => string {
  const { templates, refs } = readPageFiles();
  const renderer = createRenderer({ templates, assets: refs("https://dashboards.example") });
  return (input) => {
    const { html, panels } = renderer.renderDashboard(input);
    const failed = panels.find(({ error }) => error !== "");
    if (failed !== undefined) throw new Error(`panel ${failed.id} was not drawn: ${failed.error}`);
    return html;
  };
}

/** Returns the dashboard of charts, with what their sources answered. */
export function toInput(charts: readonly Chart[]): DashboardInput {
  const panels = charts.map((chart) => ({
    ok: true as const,
    frame: frameOf(chart),
    previous: undefined,
    asOfMs,
    stale: false,
  }));
  const definition = definitionOf(charts);
  return { definition, version: 1, panels, filters: [], presentation, asOfMs, ttlS: 300 };
}
