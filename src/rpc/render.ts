import type { ByteCache } from "../cache/byte-cache.ts";
import { noSharedCache, type SharedCache } from "../cache/shared-cache.ts";
import { reasonOf, toFault } from "../errors/answer.ts";
import { fault } from "../errors/fault.ts";
import type { Bulkhead } from "../limit/bulkhead.ts";
import { createCallers } from "../limit/callers.ts";
import type { Holdings } from "../limit/holdings.ts";
import type { Renderer } from "../render/dashboard.ts";
import type { SourceRunner } from "../source/runner.ts";
import { type AskedRender, settleRender, type WantedRender } from "./asked-render.ts";
import type { LoadedDefinition } from "./definitions.ts";
import { createDrawInTurns } from "./draw-in-turns.ts";
import { type OnDrawn, renderFresh } from "./fresh-render.ts";
import { type RenderedDashboard, renderedBytes } from "./rendered.ts";
import { createSettling } from "./settled-renders.ts";
import { shareRender } from "./shared-renders.ts";

/** Renders saved versions. */
export type DashboardRendering = {
  /**
   * Returns the dashboard, made now or kept from when its data was last read. Throws INVALID_FILTER
   * and INVALID_REQUEST for what was asked, DEPENDENCY_DOWN when no source answers, OVERLOADED.
   */
  render(tenant: string, loaded: LoadedDefinition, wanted: WantedRender): Promise<RenderedDashboard>;
  /** Returns what `render` would of a version that nobody saved, and neither looks for it among what is kept nor keeps it. */
  renderUnsaved(tenant: string, loaded: LoadedDefinition, wanted: WantedRender): Promise<RenderedDashboard>;
  /** Returns what `render` would, where it is kept and the same was asked for a moment ago; undefined otherwise. */
  atHand(tenant: string, loaded: LoadedDefinition, wanted: WantedRender): RenderedDashboard | undefined;
};

/**
 * Creates the rendering: filters, then sources side by side, then HTML, kept while it is fresh. The bulkhead
 * bounds how many renders wait for sources or draw, and the holdings how many bytes of rows they have meanwhile.
 */
export function createDashboardRendering(options: {
  readonly sources: SourceRunner;
  readonly renderer: Renderer;
  readonly cache: ByteCache;
  /** Where replicas have each other's renders; nowhere unless told. */
  readonly shared?: SharedCache;
  readonly bulkhead: Bulkhead;
  readonly holdings: Holdings;
  readonly now: () => number;
  /** Told of each dashboard that was drawn; nobody unless told. */
  readonly onDrawn?: OnDrawn | undefined;
}): DashboardRendering {
  const { sources, cache, shared = noSharedCache, bulkhead, holdings, now } = options;
  const drawInTurns = createDrawInTurns();
  const settling = createSettling();
  const callers = createCallers(() => fault("CANCELED", "the caller went away"));
  let unsaved = 0;

  const make = (tenant: string, loaded: LoadedDefinition, asked: AskedRender, abandoned: AbortSignal) => {
    const work = async () => {
      using held = holdings.open(tenant);
      return await renderFresh({ tenant, loaded, asked, held, abandoned }, { ...options, drawInTurns });
    };
    return bulkhead.run(tenant, work, undefined, abandoned);
  };

  return {
    atHand(tenant, loaded, wanted) {
      const settled = settling.atHand(loaded, wanted, now());
      if (settled === undefined) return undefined;
      const revisions = sources.revisions(tenant, loaded.definition.datasources);
      if (typeof revisions !== "string") return undefined;
      return cache.get<RenderedDashboard>({ tenant, key: settled.key(revisions) });
    },

    async render(tenant, loaded, wanted) {
      const settled = settling.settle(loaded, wanted, now());
      const revisions = await sources.revisions(tenant, loaded.definition.datasources);
      const key = { tenant, key: settled.key(revisions) };
      const kept = cache.get<RenderedDashboard>(key);
      if (kept !== undefined) return kept;
      using caller = callers.join(JSON.stringify([tenant, key.key]), wanted.signal);
      const load = () =>
        cache.getOrLoad(key, async () => {
          const value = await shareRender(shared, key, now, () =>
            make(tenant, loaded, settled.asked, caller.abandoned),
          );
          return { value, ttlMs: value.freshUntilMs - now(), bytes: renderedBytes(value) };
        });
      try {
        return await load();
      } catch (error) {
        // What others have left before it was done is no answer to one who came meanwhile.
        if (caller.abandoned.aborted || reasonOf(toFault(error)) !== "CANCELED") throw error;
        return await load();
      }
    },

    async renderUnsaved(tenant, loaded, wanted) {
      const asked = settleRender(loaded, wanted, now());
      unsaved += 1;
      // Each has one caller.
      using caller = callers.join(`unsaved ${unsaved}`, wanted.signal);
      return await make(tenant, loaded, asked, caller.abandoned);
    },
  };
}
