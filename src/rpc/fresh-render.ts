import { hash } from "node:crypto";
import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Binding } from "../definition/filter-value.ts";
import { panelIds } from "../definition/panel.ts";
import { choicesToControls } from "../definition/viewer-filters.ts";
import { fault } from "../errors/fault.ts";
import type { Holding } from "../limit/holdings.ts";
import type { Renderer } from "../render/dashboard.ts";
import type { PanelData } from "../render/panel.ts";
import { frameBytes } from "../source/frame-bytes.ts";
import type { SourceOutcome, SourceRunner } from "../source/runner.ts";
import type { AskedRender } from "./asked-render.ts";
import { offeredOptions, offeringSources, shownSources } from "./asked-sources.ts";
import type { LoadedDefinition } from "./definitions.ts";
import type { DrawInTurns } from "./draw-in-turns.ts";
import { agedSince, settleFreshness } from "./freshness.ts";
import type { RenderedDashboard } from "./rendered.ts";

/** What a datasource answered. */
type Answered = { readonly datasource: Datasource; readonly outcome: SourceOutcome };

/** How long a page that misses something is kept: soon enough for the source's return to show. */
const partialTtlMs = 5_000;

/** Is told of each dashboard that was drawn: how long that took, its waits for turns included. */
export type OnDrawn = (drawn: { readonly ms: number }) => void;

/** What is rendered, and for whom. */
export type FreshRender = {
  readonly tenant: string;
  readonly loaded: LoadedDefinition;
  readonly asked: AskedRender;
  /** Counts the rows that it holds. */
  readonly held: Holding;
  /** Aborts when nobody waits for it any more. */
  readonly abandoned: AbortSignal;
};

/**
 * Reads what a dashboard shows, from sources side by side, and draws it. Throws DEPENDENCY_DOWN where none answers,
 * what the signal says where it was abandoned before all had, and what the holding throws.
 */
export async function renderFresh(
  { tenant, loaded, asked, held, abandoned }: FreshRender,
  {
    sources,
    renderer,
    drawInTurns,
    now,
    onDrawn,
  }: {
    readonly sources: SourceRunner;
    readonly renderer: Renderer;
    readonly drawInTurns: DrawInTurns;
    readonly now: () => number;
    readonly onDrawn?: OnDrawn | undefined;
  },
): Promise<RenderedDashboard> {
  const { definition, version } = loaded;
  const { presentation, filters, previousAt, choices, offer, clock, unconfirmedSinceMs } = asked;
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
  const drawnFromMs = performance.now();
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
  onDrawn?.({ ms: performance.now() - drawnFromMs });
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
    digest: hash("sha256", drawn.html, "hex"),
    freshUntilMs: mayRecover ? Math.min(untilMs, now() + partialTtlMs) : untilMs,
    partial: states.some((state) => state.error !== ""),
    whole: !isStale && [...current, ...previous, ...offers].every(({ outcome }) => outcome.ok && !outcome.stale),
    panels: states,
  };
}

function compares({ kind }: Panel): boolean {
  return kind.case === "stat" && kind.value.compare === "previous_period";
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
