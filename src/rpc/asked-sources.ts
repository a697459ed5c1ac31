import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { readingOrder } from "../definition/reading-order.ts";
import { defaultTtlS, ttlSOf } from "../definition/ttl.ts";
import type { FilterChoice, FilterOption } from "../definition/viewer-filters.ts";
import { frameToOptions } from "../render/offered-options.ts";
import type { SourceOutcome } from "../source/runner.ts";

/** Returns the datasources that some panel shows; besides what these read, no other is asked for a panel. */
export function shownSources({ layout, datasources }: Definition): readonly Datasource[] {
  const shown = new Set(layout!.panels.map((panel) => panel.datasource));
  return datasources.filter(({ id }) => shown.has(id));
}

/** Returns the smallest ttl of the datasources that are shown and of those that they read, in seconds. */
export function smallestTtlS(definition: Definition): number {
  const { datasources } = definition;
  const ttls = shownSources(definition)
    .flatMap((shown) => readingOrder(shown, datasources) ?? [shown])
    .map(ttlSOf);
  return ttls.length > 0 ? Math.min(...ttls) : defaultTtlS;
}

/** Returns the datasources that offer options for what the reader may choose. */
export function offeringSources({ datasources }: Definition, choices: readonly FilterChoice[]): readonly Datasource[] {
  const ids = new Set(choices.map(({ spec }) => spec.optionsFrom?.datasource));
  return datasources.filter(({ id }) => ids.has(id));
}

/** Returns what they offer, by filter; nothing for a filter whose datasource failed. */
export function offeredOptions(
  choices: readonly FilterChoice[],
  outcomes: ReadonlyMap<string, SourceOutcome>,
): ReadonlyMap<string, readonly FilterOption[]> {
  return new Map(
    choices.flatMap(({ spec }) => {
      const outcome = outcomes.get(spec.optionsFrom?.datasource ?? "");
      return outcome?.ok === true ? [[spec.name, frameToOptions(outcome.frame, spec)] as const] : [];
    }),
  );
}
