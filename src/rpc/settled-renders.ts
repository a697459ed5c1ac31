import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { FilterValues } from "../definition/meet-filters.ts";
import { type AskedRender, renderKey, settleRender, type WantedRender } from "./asked-render.ts";
import type { LoadedDefinition } from "./definitions.ts";

/** What is wanted of a version, settled. */
type SettledRender = {
  readonly asked: AskedRender;
  /** As `renderKey`. */
  key(revisions: string): string;
};

/** Settles what is wanted of a version at a moment. Throws as `settleRender`. */
export type SettleRender = (loaded: LoadedDefinition, wanted: WantedRender, nowMs: number) => SettledRender;

/** What was settled for a message, and what it holds for. */
type Last = {
  readonly settled: SettledRender;
  readonly held: FilterValues | undefined;
  readonly sinceMs: number;
  readonly untilMs: number;
};

/** Most versions are asked for in a few ways; more would take memory that nobody counts. */
const mostOfVersion = 4;

/**
 * Creates the settling, which remembers what it settled last of a version for each message that is kept. All that depends on
 * the time goes by a clock that is rounded, and the time since the store confirmed the version matters only where that is
 * long ago.
 */
export function createSettling(): SettleRender {
  const known = new WeakMap<Definition, Map<object, Last>>();
  return (loaded, wanted, nowMs) => {
    const { message, held, fixed, viewerFilters } = wanted;
    // What a link adds is in no message.
    const isInMessage = message !== undefined && fixed === undefined && viewerFilters === undefined;
    if (!isInMessage || loaded.ageMs >= loaded.ttlS * 1000) return settle(loaded, wanted, nowMs);
    const lasts = known.get(loaded.definition) ?? new Map<object, Last>();
    const last = lasts.get(message);
    if (last !== undefined && last.held === held && nowMs >= last.sinceMs && nowMs < last.untilMs) {
      return last.settled;
    }
    const settled = settle(loaded, wanted, nowMs);
    const roundMs = settled.asked.clock.roundS * 1000;
    const sinceMs = Math.floor(nowMs / roundMs) * roundMs;
    lasts.delete(message);
    if (lasts.size >= mostOfVersion) lasts.delete(lasts.keys().next().value!);
    known.set(loaded.definition, lasts.set(message, { settled, held, sinceMs, untilMs: sinceMs + roundMs }));
    return settled;
  };
}

function settle(loaded: LoadedDefinition, wanted: WantedRender, nowMs: number): SettledRender {
  const asked = settleRender(loaded, wanted, nowMs);
  let last: { readonly revisions: string; readonly key: string } | undefined;
  return {
    asked,
    key(revisions) {
      if (last?.revisions !== revisions) last = { revisions, key: renderKey(loaded, asked, revisions) };
      return last.key;
    },
  };
}
