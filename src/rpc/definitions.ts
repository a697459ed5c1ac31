import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { ByteCache, CacheKey } from "../cache/byte-cache.ts";
import type { News } from "../cache/news.ts";
import { parseStoredDefinition } from "../definition/canonical.ts";
import { type FilterSpecs, filterSpecs } from "../definition/filters.ts";
import { createNarrowedFinder, createUnboundPanelFinder, type NarrowedBy } from "../definition/unbound-panels.ts";
import { fault } from "../errors/fault.ts";
import type { Store } from "../store/store.ts";
import { smallestTtlS } from "./asked-sources.ts";
import { createLastAnswers } from "./last-answers.ts";

/** A saved version, parsed, with what every render of it needs. */
export type LoadedDefinition = {
  readonly definition: Definition;
  readonly version: number;
  /** How long ago the store said that it is the active one, in milliseconds; 0 for one that was asked for by number. */
  readonly ageMs: number;
  readonly filters: FilterSpecs;
  /** Returns the ids of the panels that a filter might not narrow. */
  readonly unboundPanels: (filter: string) => readonly string[];
  readonly narrowedBy: NarrowedBy;
  /** The smallest ttl of the datasources that are shown and of those that they read, in seconds. */
  readonly ttlS: number;
};

/** Loads saved versions. */
export type Definitions = {
  /**
   * Returns the version, or the active one. Throws NOT_FOUND, also for an archived dashboard; an
   * absence is never remembered.
   */
  load(tenant: string, dashboardId: string, version: number | undefined): Promise<LoadedDefinition>;
  /** Whether the dashboard has an active version: it was published, and is not archived. */
  isInUse(tenant: string, dashboardId: string): Promise<boolean>;
  /** As `load`, where it is kept and the store said a moment ago which is active; undefined otherwise. */
  atHand(tenant: string, dashboardId: string, version: number | undefined): LoadedDefinition | undefined;
  /** Says that another version is active now, or none, so that this is seen at once. */
  changed(tenant: string, dashboardId: string): void;
};

/** What the loader needs. */
export type DefinitionsOptions = {
  readonly store: Pick<Store, "getVersion" | "getActiveVersion" | "getActiveVersions">;
  /** Keeps parsed versions, fairly between tenants. */
  readonly cache: ByteCache;
  readonly news: News;
  readonly elapsedMs: () => number;
};

/**
 * Bytes of memory for each character of JSON, as measured for inline cells of one digit: each is a message
 * of its own. Longer cells take less a character, so that the cache holds no more than it counts.
 */
const bytesPerChar = 65;

/**
 * Creates the loader. A version never changes, so it is kept as long as there is room; which one is
 * active is asked anew every second, and while the store is down the last answer serves for ten minutes.
 */
export function createDefinitions({ store, cache, news, elapsedMs }: DefinitionsOptions): Definitions {
  const active = createLastAnswers({
    ask: (tenant, dashboardId) => store.getActiveVersion(tenant, dashboardId),
    askAll: (dashboards) => store.getActiveVersions(dashboards),
    freshMs: 1_000,
    staleMs: 600_000,
    max: 100_000,
    elapsedMs,
  });
  news.hear("dashboard", active.forget);
  return {
    async load(tenant, dashboardId, wanted) {
      const current = await active.getWithAge(tenant, dashboardId);
      if (current === undefined) throw notFound();
      const version = wanted ?? current.value;
      const loaded = await cache.getOrLoad(keyOf(tenant, dashboardId, version), async () => {
        const stored = await store.getVersion(tenant, dashboardId, version);
        if (stored === undefined) throw notFound();
        const value = toLoaded(parseStoredDefinition(stored.json), version);
        return { value, ttlMs: Number.POSITIVE_INFINITY, bytes: stored.json.length * bytesPerChar };
      });
      return wanted === undefined ? { ...loaded, ageMs: current.ageMs } : loaded;
    },
    isInUse: async (tenant, dashboardId) => (await active.get(tenant, dashboardId)) !== undefined,
    atHand(tenant, dashboardId, wanted) {
      const current = active.atHand(tenant, dashboardId);
      if (current === undefined) return undefined;
      const loaded = cache.get<LoadedDefinition>(keyOf(tenant, dashboardId, wanted ?? current.value));
      return loaded === undefined || wanted !== undefined ? loaded : { ...loaded, ageMs: current.ageMs };
    },
    changed: (tenant, dashboardId) => news.tell("dashboard", tenant, dashboardId),
  };
}

function keyOf(tenant: string, dashboardId: string, version: number): CacheKey {
  return { tenant, key: JSON.stringify(["definition", dashboardId, version]) };
}

/** Returns a definition with what is worked out once for every render of it. */
export function toLoaded(definition: Definition, version: number): LoadedDefinition {
  const narrowedBy = createNarrowedFinder(definition);
  return {
    definition,
    version,
    ageMs: 0,
    filters: filterSpecs(definition),
    unboundPanels: createUnboundPanelFinder(definition, narrowedBy),
    narrowedBy,
    ttlS: smallestTtlS(definition),
  };
}

/** The one answer for what does not exist and for what is another tenant's. */
export function notFound(): Error {
  return fault("NOT_FOUND", "no such dashboard or version");
}
