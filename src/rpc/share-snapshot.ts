import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { FilterValues } from "../definition/meet-filters.ts";
import { fault } from "../errors/fault.ts";
import type { PageAssets, Presentation } from "../render/dashboard.ts";
import type { LoadedDefinition } from "./definitions.ts";
import { asSaved, settlePresentation } from "./presentation.ts";
import type { DashboardRendering } from "./render.ts";
import type { RenderedDashboard } from "./rendered.ts";

/** What a link shows for ever. */
export type Snapshot = {
  /** The dashboard, as such a link shows it. */
  readonly html: string;
  readonly title: string;
  readonly presentation: Presentation;
  /** When the oldest of its data was read; when it was made, where it shows none. */
  readonly asOfMs: number;
  /** The style sheet that it was drawn for, by its path and digest: what a later release serves may know it no more. */
  readonly style: { readonly path: string; readonly integrity: string };
};

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

/** Returns a snapshot as bytes: gzipped, what it is beside its HTML as a line of JSON, then the HTML. */
export async function snapshotToBytes({ html, ...rest }: Snapshot): Promise<Uint8Array> {
  return compress(`${JSON.stringify(rest)}\n${html}`);
}

/** Returns what `snapshotToBytes` made bytes of. Throws for other bytes, and for more than any page holds. */
export async function parseSnapshot(bytes: Uint8Array): Promise<Snapshot> {
  const plain = await decompress(bytes, { maxOutputLength: maxPlainBytes });
  const lineEnd = plain.indexOf(0x0a);
  const rest = JSON.parse(plain.toString("utf8", 0, lineEnd)) as Omit<Snapshot, "html">;
  return { ...rest, html: plain.toString("utf8", lineEnd + 1) };
}

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Twice what the 2 Mi characters of a page take at most. */
const maxPlainBytes = 16 * 1024 * 1024;

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
