import type { ByteCache } from "../cache/byte-cache.ts";
import type { SharedCache } from "../cache/shared-cache.ts";
import { fault } from "../errors/fault.ts";
import { type BulkheadLoad, createBulkhead } from "../limit/bulkhead.ts";
import { createHoldings } from "../limit/holdings.ts";
import type { Renderer } from "../render/dashboard.ts";
import { createPanelFrames, type PanelFrames } from "../rpc/export-frames.ts";
import type { OnDrawn } from "../rpc/fresh-render.ts";
import { createDashboardRendering, type DashboardRendering } from "../rpc/render.ts";
import type { SourceRunner } from "../source/runner.ts";

/** Creates the rendering, with its bounds on how much is rendered at once and what that holds meanwhile. */
export function createRendering(options: {
  readonly sources: SourceRunner;
  readonly renderer: Renderer;
  readonly cache: ByteCache;
  readonly shared: SharedCache;
  readonly now: () => number;
  readonly onDrawn?: OnDrawn | undefined;
}): DashboardRendering & { readonly load: () => BulkheadLoad; readonly frames: PanelFrames } {
  const refusal = () => fault("OVERLOADED", "too much is being rendered just now: try again", { retryAfterMs: 1000 });
  // Most of them wait for sources, which costs next to nothing; the sources have bounds of their own.
  const bulkhead = createBulkhead({
    ...{ perKey: 64, total: 512, waitMs: 3_000, maxWaiting: 200 },
    // One tenant's waiting must leave room for others'.
    maxWaitingPerKey: 100,
    refusal,
  });
  const holdings = createHoldings({ perKey: 256 * 1024 * 1024, total: 512 * 1024 * 1024, refusal });
  const rendering = createDashboardRendering({ ...options, bulkhead, holdings });
  return { ...rendering, load: bulkhead.load, frames: createPanelFrames({ ...options, bulkhead, holdings }) };
}
