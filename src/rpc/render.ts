import { createHash } from "node:crypto";
import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { ByteCache } from "../cache/byte-cache.ts";
import { noSharedCache, type SharedCache } from "../cache/shared-cache.ts";
import type { Binding } from "../definition/filter-value.ts";
import { type ResolvedFilters, resolveFilters } from "../definition/filters.ts";
import { type FilterValues, meetFilters } from "../definition/meet-filters.ts";
import { resolveOfferFilters } from "../definition/offer-filters.ts";
import { panelIds } from "../definition/panel.ts";
import type { Clock } from "../definition/range.ts";
import { choicesToControls, type FilterChoice } from "../definition/viewer-filters.ts";
import { reasonOf, toFault } from "../errors/answer.ts";
import { fault } from "../errors/fault.ts";
import type { Bulkhead } from "../limit/bulkhead.ts";
import { createCallers } from "../limit/callers.ts";
import type { Holding, Holdings } from "../limit/holdings.ts";
import type { DashboardInput, Presentation, Renderer } from "../render/dashboard.ts";
import type { PanelData } from "../render/panel.ts";
import { frameBytes } from "../source/frame-bytes.ts";
import type { SourceOutcome, SourceRunner } from "../source/runner.ts";
import { offeredOptions, offeringSources, shownSources, smallestTtlS } from "./asked-sources.ts";
import type { LoadedDefinition } from "./definitions.ts";
import { drawInTurns } from "./draw-in-turns.ts";
import { agedSince, settleFreshness } from "./freshness.ts";
import { settlePresentation, type WantedPresentation } from "./presentation.ts";
import { type ReaderRights, settleChoices } from "./reader-choices.ts";
import { type RenderedDashboard, renderedBytes } from "./rendered.ts";
import { shareRender } from "./shared-renders.ts";

/** Renders saved versions. */
export type DashboardRendering = {
  /**
   * Returns the dashboard, made now or kept from when its data was last read. Throws INVALID_FILTER
   * and INVALID_REQUEST for what was asked, DEPENDENCY_DOWN when no source answers, OVERLOADED.
   */
  render(tenant: string, loaded: LoadedDefinition, wanted: WantedRender): Promise<RenderedDashboard>;
};

/** What to render a version with. */
type WantedRender = WantedPresentation &
  ReaderRights & {
    /** The values that are asked for. */
    readonly filters: FilterValues;
    /** Aborts when the caller has left. A render that has begun goes on, for it is kept. */
    readonly signal?: AbortSignal;
  };

/** What a render's bytes depend on besides its version and data. */
type Asked = Pick<DashboardInput, "presentation"> & {
  readonly filters: ResolvedFilters;
  /**
   * What the period before is read with, for rows that were read at that time; undefined where there is none, and
   * where the reader is confined to a span, which that period lies outside of.
   */
  readonly previousAt: ((nowMs: number) => Binding | undefined) | undefined;
  readonly choices: readonly FilterChoice[];
  /** What the choices' options are read with; undefined where no datasource offers any. */
  readonly offer: ResolvedFilters | undefined;
  /** Of the connections that the data is read by. */
  readonly revisions: string;
  readonly clock: Clock;
  /**
   * When the store last said that the version is the active one, where that is longer ago than the dashboard's ttl:
   * it may have another by now. Undefined otherwise.
   */
  readonly unconfirmedSinceMs: number | undefined;
};

/** What a datasource answered. */
type Answered = { readonly datasource: Datasource; readonly outcome: SourceOutcome };

/** How long a page that misses something is kept: soon enough for the source's return to show. */
const partialTtlMs = 5_000;

/** A range up to now ends at a whole minute: what is read for it is as recent as it says, and its ends read well. */
const longestRoundS = 60;

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
}): DashboardRendering {
  const { sources, renderer, cache, shared = noSharedCache, bulkhead, holdings, now } = options;
  const callers = createCallers(() => fault("CANCELED", "the caller went away"));

  return {
    async render(tenant, loaded, wanted) {
      const { definition } = loaded;
      const settled = settlePresentation(wanted, definition.layout!);
      const presentation: Presentation = wanted.viewerFilters === undefined ? settled : { ...settled, place: "page" };
      const ttlS = smallestTtlS(definition);
      const clock = { nowMs: now(), timezone: settled.timezone, roundS: Math.min(longestRoundS, ttlS) };
      const { held = {}, fixed = {}, filters } = wanted;
      const met = meetFilters({ held, fixed, asked: filters });
      const resolveAt = (nowMs: number) => resolveFilters(loaded.filters, met, { ...clock, nowMs });
      const { choices, isChangeable, isSpanConfined } = settleChoices(loaded, wanted, met);
      const asked = {
        presentation,
        filters: resolveAt(clock.nowMs),
        previousAt: isSpanConfined ? undefined : (nowMs: number) => resolveAt(nowMs).previous,
        choices,
        offer: choices.some(({ spec }) => spec.optionsFrom !== undefined)
          ? resolveOfferFilters(loaded.filters, met, isChangeable, clock)
          : undefined,
        revisions: await sources.revisions(tenant, definition.datasources),
        clock,
        // Whole milliseconds: it becomes a time of the answer, and a message has no fractions of a nanosecond.
        unconfirmedSinceMs: loaded.ageMs < ttlS * 1000 ? undefined : Math.floor(clock.nowMs - loaded.ageMs),
      };
      const key = { tenant, key: renderKey(loaded, asked) };
      const kept = cache.get<RenderedDashboard>(key);
      if (kept !== undefined) return kept;
      using caller = callers.join(JSON.stringify([tenant, key.key]), wanted.signal);
      const load = () =>
        cache.getOrLoad(key, async () => {
          const make = async () => {
            using held = holdings.open(tenant);
            return await renderFresh(tenant, loaded, asked, held, caller.abandoned);
          };
          const value = await shareRender(shared, key, now, () =>
            bulkhead.run(tenant, make, undefined, caller.abandoned),
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
  };

  async function renderFresh(
    tenant: string,
    { definition, version }: LoadedDefinition,
    { presentation, filters, previousAt, choices, offer, clock, unconfirmedSinceMs }: Asked,
    held: Holding,
    abandoned: AbortSignal,
  ): Promise<RenderedDashboard> {
    const layout = definition.layout!;
    const compared = new Set(layout.panels.filter(compares).map((panel) => panel.datasource));
    const ask = async (datasource: Datasource, binding: Binding): Promise<Answered> => {
      const { timezone } = presentation;
      const query = { tenant, datasource, binding, timezone, datasources: definition.datasources, abandoned };
      const outcome = await sources.run(query);
      if (outcome.ok) held.add(frameBytes(outcome.frame));
      return { datasource, outcome };
    };
    const [current, offers] = await Promise.all([
      Promise.all(shownSources(definition).map((datasource) => ask(datasource, filters.binding))),
      Promise.all(offeringSources(definition, choices).map((datasource) => ask(datasource, offer!.binding))),
    ]);
    refuseCutOff([...current, ...offers], abandoned);
    refuseWhenAllFailed(current);
    // Rows that are kept may be of a while ago: what comes before is what came before them, not before now.
    const previous = await Promise.all(
      current.flatMap(({ datasource, outcome }) => {
        const binding = outcome.ok && compared.has(datasource.id) ? previousAt?.(outcome.asOfMs) : undefined;
        return binding === undefined ? [] : [ask(datasource, binding)];
      }),
    );

    refuseCutOff(previous, abandoned);
    const isStale = unconfirmedSinceMs !== undefined;
    const shown = current.map(({ datasource, outcome }) => ({
      datasource,
      outcome: agedSince(outcome, unconfirmedSinceMs),
    }));
    const outcomes = outcomesById(shown);
    const earlier = outcomesById(previous);
    const panels = layout.panels.map((panel) =>
      toPanelData(outcomes.get(panel.datasource), compares(panel) ? earlier.get(panel.datasource) : undefined),
    );
    const { asOfMs, untilMs } = settleFreshness(
      [...shown, ...previous, ...offers].map(({ outcome }) => outcome),
      now(),
      isStale,
    );
    const ttlS = Math.max(1, Math.ceil((untilMs - now()) / 1000));
    const drawn = await drawInTurns(
      renderer.drawDashboard({
        definition,
        version,
        panels,
        filters: filters.shown,
        controls: choicesToControls(choices, clock, offeredOptions(choices, outcomesById(offers))),
        presentation,
        asOfMs,
        ttlS,
      }),
    );
    const ids = panelIds(layout);
    const states = drawn.panels.map((state) => {
      const data = panels[ids.indexOf(state.id)];
      return {
        id: state.id,
        error: state.error,
        asOfMs: data?.ok === true ? data.asOfMs : undefined,
        stale: isStale || (data?.ok === true && data.stale),
      };
    });
    // Only what a source failed at can be better soon: a panel that is too large stays so.
    const mayRecover =
      states.some((state) => state.error.startsWith("source_")) ||
      [...previous, ...offers].some(({ outcome }) => !outcome.ok);
    return {
      html: drawn.html,
      digest: createHash("sha256").update(drawn.html).digest("hex"),
      freshUntilMs: mayRecover ? Math.min(untilMs, now() + partialTtlMs) : untilMs,
      partial: states.some((state) => state.error !== ""),
      whole: !isStale && [...current, ...previous, ...offers].every(({ outcome }) => outcome.ok && !outcome.stale),
      panels: states,
    };
  }
}

function compares({ kind }: Panel): boolean {
  return kind.case === "stat" && kind.value.compare === "previous_period";
}

/** An injective name of everything that the bytes of a render depend on, within its tenant. */
function renderKey(loaded: LoadedDefinition, asked: Asked): string {
  const { presentation, filters, previousAt, choices, offer, revisions, unconfirmedSinceMs } = asked;
  const { definition, version } = loaded;
  const { theme, locale, timezone, place } = presentation;
  const controls = choices.map(({ spec, chosen }) => [spec.name, chosen, spec.optionsFrom !== undefined]);
  const shown = [filters.key, filters.shown, controls];
  // The words of two filters can differ where their values are the same: a span said in two ways.
  const data = [version, revisions, ...shown, offer?.key, previousAt !== undefined, unconfirmedSinceMs !== undefined];
  const parts = ["render", definition.dashboardId, ...data, theme, locale, timezone, place];
  // Filters can be long; their digest names them as well and keeps the cache's own books small.
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** What was cut off because everybody had left is not drawn: it would be kept for those who come next. */
function refuseCutOff(answers: readonly Answered[], abandoned: AbortSignal): void {
  if (answers.some(({ outcome }) => !outcome.ok)) abandoned.throwIfAborted();
}

function refuseWhenAllFailed(answers: readonly Answered[]): void {
  if (answers.length === 0 || answers.some(({ outcome }) => outcome.ok)) return;
  throw fault("DEPENDENCY_DOWN", "none of the dashboard's datasources answered: try again, and check their queries", {
    retryAfterMs: partialTtlMs,
  });
}

function outcomesById(answers: readonly Answered[]): ReadonlyMap<string, SourceOutcome> {
  return new Map(answers.map(({ datasource, outcome }) => [datasource.id, outcome]));
}

/** A panel that compares is as old as the older of the two that it shows. */
function toPanelData(outcome: SourceOutcome | undefined, earlier: SourceOutcome | undefined): PanelData {
  if (outcome === undefined) return undefined;
  if (!outcome.ok) return { ok: false, error: outcome.failure };
  const { frame, asOfMs, stale } = outcome;
  if (earlier?.ok !== true) return { ok: true, frame, previous: undefined, asOfMs, stale };
  return {
    ok: true,
    frame,
    previous: earlier.frame,
    asOfMs: Math.min(asOfMs, earlier.asOfMs),
    stale: stale || earlier.stale,
  };
}
