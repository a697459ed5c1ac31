import type { FilterValues } from "../definition/meet-filters.ts";
import { fault } from "../errors/fault.ts";
import type { PageAssets } from "../render/dashboard.ts";
import type { LoadedDefinition } from "./definitions.ts";
import { asSaved, settlePresentation } from "./presentation.ts";
import type { DashboardRendering } from "./render.ts";
import type { RenderedDashboard } from "./rendered.ts";
import { snapshotToBytes } from "./snapshot-bytes.ts";

/**
 * Draws what a link that fixes these filters shows now, as bytes to keep. Throws as a render does, and DEPENDENCY_DOWN
 * or INVALID_DEFINITION where panels lack their data, naming them: nobody wants to keep that for ever.
 */
export type TakeSnapshot = (
  tenant: string,
  loaded: LoadedDefinition,
  fixed: FilterValues,
  signal: AbortSignal,
) => Promise<Uint8Array>;

/** Creates the taking of snapshots. */
export function createTakeSnapshot(options: {
  readonly rendering: Pick<DashboardRendering, "render">;
  readonly assets: Pick<PageAssets, "origin" | "style">;
  readonly now: () => number;
}): TakeSnapshot {
  const { rendering, assets, now } = options;
  return async (tenant, loaded, fixed, signal) => {
    const layout = loaded.definition.layout!;
    const wanted = { ...asSaved, filters: {}, fixed, viewerFilters: [], isKept: true, signal };
    const rendered = await rendering.render(tenant, loaded, wanted);
    refuseLacking(rendered);
    const { url, integrity } = assets.style;
    return snapshotToBytes({
      html: rendered.html,
      title: layout.title,
      presentation: settlePresentation(asSaved, layout),
      asOfMs: Math.min(...rendered.panels.flatMap(({ asOfMs }) => asOfMs ?? []), now()),
      style: { path: url.slice(assets.origin.length), integrity },
    });
  };
}

function refuseLacking({ panels }: RenderedDashboard): void {
  const lacking = panels.filter(({ error }) => error !== "");
  if (lacking.length === 0) return;
  const details = lacking.map(({ id, error }) => ({ field: `panels.${id}`, description: error }));
  if (lacking.some(({ error }) => error.startsWith("source_"))) {
    const message = "a snapshot shows all panels, and some have no data just now: see details, and try again";
    throw fault("DEPENDENCY_DOWN", message, { details, retryAfterMs: 5_000 });
  }
  const message = "a snapshot shows all panels, and some cannot be drawn as they are saved: see details";
  throw fault("INVALID_DEFINITION", message, { details });
}
