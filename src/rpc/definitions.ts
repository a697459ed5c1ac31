import { LRUCache } from "lru-cache";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { parseStoredDefinition } from "../definition/canonical.ts";
import { type FilterSpecs, filterSpecs } from "../definition/filters.ts";
import { reasonOf, toFault } from "../errors/answer.ts";
import { fault } from "../errors/fault.ts";
import type { Store } from "../store/store.ts";
import { inTime } from "./in-time.ts";

/** A saved version, parsed, with what every render of it needs. */
export type LoadedDefinition = {
  readonly definition: Definition;
  readonly version: number;
  readonly filters: FilterSpecs;
};

/** Loads saved versions, each parsed once. */
export type Definitions = {
  /** Returns the version, or the active one. Throws NOT_FOUND; an absence is never remembered. */
  load(tenant: string, dashboardId: string, version: number | undefined): Promise<LoadedDefinition>;
  /** Says which version is active now, so that a save is seen at once where it was made. */
  activated(tenant: string, dashboardId: string, version: number): void;
};

/** How long another process's save may go unseen here. */
const pointerFreshMs = 1_000;

/** How long a pointer serves while the store is down; longer than that and it says so. */
const pointerStaleMs = 600_000;

/**
 * Creates the loader. Versions never change, so they are kept as long as there is room; which one is
 * active is asked anew every second, and while the store is down the last answer serves, without a
 * long wait.
 */
export function createDefinitions(options: {
  readonly store: Pick<Store, "getVersion" | "getActiveVersion">;
  readonly now: () => number;
  /** Characters of JSON to keep; the default is 32 Mi, some thousand dashboards. */
  readonly maxChars?: number;
}): Definitions {
  const { store, now, maxChars = 33_554_432 } = options;
  const versions = new LRUCache<string, { loaded: LoadedDefinition; chars: number }>({
    maxSize: maxChars,
    sizeCalculation: (entry) => entry.chars,
  });
  const pointers = new LRUCache<string, { version: number; atMs: number }>({ max: 100_000 });
  const asking = new Map<string, Promise<number | undefined>>();

  // A read that began before a save of this process ended must not hide that save.
  const remember = (key: string, version: number) => {
    pointers.set(key, { version: Math.max(version, pointers.get(key)?.version ?? 0), atMs: now() });
  };

  const ask = (tenant: string, dashboardId: string, key: string) =>
    once(asking, key, async () => {
      const version = await store.getActiveVersion(tenant, dashboardId);
      if (version === undefined) pointers.delete(key);
      else remember(key, version);
      return version;
    });

  const activeVersion = async (tenant: string, dashboardId: string) => {
    const key = JSON.stringify([tenant, dashboardId]);
    const known = pointers.get(key);
    const ageMs = known === undefined ? Number.POSITIVE_INFINITY : now() - known.atMs;
    if (ageMs < pointerFreshMs) return known!.version;
    const asked = ask(tenant, dashboardId, key);
    if (ageMs >= pointerStaleMs) return asked;
    try {
      return await inTime(asked, known!.version);
    } catch (error) {
      if (reasonOf(toFault(error)) === "DEPENDENCY_DOWN") return known!.version;
      throw error;
    }
  };

  return {
    async load(tenant, dashboardId, wanted) {
      const version = wanted ?? (await activeVersion(tenant, dashboardId));
      if (version === undefined) throw notFound();
      const key = JSON.stringify([tenant, dashboardId, version]);
      const kept = versions.get(key);
      if (kept !== undefined) return kept.loaded;
      const stored = await store.getVersion(tenant, dashboardId, version);
      if (stored === undefined) throw notFound();
      const definition = parseStoredDefinition(stored.json);
      const loaded = { definition, version, filters: filterSpecs(definition) };
      versions.set(key, { loaded, chars: stored.json.length + 500 });
      return loaded;
    },
    activated(tenant, dashboardId, version) {
      remember(JSON.stringify([tenant, dashboardId]), version);
    },
  };
}

/** The one answer for what does not exist and for what is another tenant's. */
export function notFound(): Error {
  return fault("NOT_FOUND", "no such dashboard or version");
}

/** Asks once however many wait for the same answer. */
function once<T>(asking: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const under = asking.get(key);
  if (under !== undefined) return under;
  const asked = ask().finally(() => asking.delete(key));
  asking.set(key, asked);
  return asked;
}
