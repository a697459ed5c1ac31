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

/** What is wanted of a version at a moment, settled. */
export type Settling = {
  /** Settles it. Throws as `settleRender`. */
  settle(loaded: LoadedDefinition, wanted: WantedRender, nowMs: number): SettledRender;
  /** Returns what was settled before for the same; undefined where that is not remembered. */
  atHand(loaded: LoadedDefinition, wanted: WantedRender, nowMs: number): SettledRender | undefined;
};

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
export function createSettling(): Settling {
  const known = new WeakMap<Definition, Map<object, Last>>();

  const atHand: Settling["atHand"] = (loaded, wanted, nowMs) => {
    if (!isInMessage(wanted) || loaded.ageMs >= loaded.ttlS * 1000) return undefined;
    const last = known.get(loaded.definition)?.get(wanted.message);
    if (last === undefined || last.held !== wanted.held) return undefined;
    return nowMs >= last.sinceMs && nowMs < last.untilMs ? last.settled : undefined;
  };

  const remember = (loaded: LoadedDefinition, { message, held }: InMessage, settled: SettledRender, nowMs: number) => {
    const roundMs = settled.asked.clock.roundS * 1000;
    const sinceMs = Math.floor(nowMs / roundMs) * roundMs;
    const lasts = known.get(loaded.definition) ?? new Map<object, Last>();
    lasts.delete(message);
    if (lasts.size >= mostOfVersion) lasts.delete(lasts.keys().next().value!);
    known.set(loaded.definition, lasts.set(message, { settled, held, sinceMs, untilMs: sinceMs + roundMs }));
  };

  return {
    atHand,
    settle(loaded, wanted, nowMs) {
      const last = atHand(loaded, wanted, nowMs);
      if (last !== undefined) return last;
      const settled = settle(loaded, wanted, nowMs);
      if (isInMessage(wanted) && loaded.ageMs < loaded.ttlS * 1000) remember(loaded, wanted, settled, nowMs);
      return settled;
    },
  };
}

type InMessage = WantedRender & Required<Pick<WantedRender, "message">>;

/** What a link adds is in no message. */
function isInMessage(wanted: WantedRender): wanted is InMessage {
  return wanted.message !== undefined && wanted.fixed === undefined && wanted.viewerFilters === undefined;
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
