import type { CountingCache } from "../cache/byte-cache.ts";
import type { AdmissionLoad } from "../limit/admission.ts";
import type { BulkheadLoad } from "../limit/bulkhead.ts";
import type { DuckdbLoad } from "../source/duckdb/pool.ts";
import type { PoolLoad } from "../store/pool.ts";
import type { Metric, Sample } from "./metric.ts";

/** How the service's parts stand; each is asked when somebody scrapes. */
export type Loads = {
  readonly admission: () => AdmissionLoad;
  readonly renders: () => BulkheadLoad;
  readonly cache: Pick<CountingCache, "counts" | "maxBytes">;
  readonly database: () => PoolLoad;
  readonly duckdb: () => DuckdbLoad;
};

/** Returns the metrics of what there is to do, and of what is held for it. */
export function loadMetrics({ admission, renders, cache, database, duckdb }: Loads): readonly Metric[] {
  const byUse = (count: "hits" | "misses" | "evictions" | "bytes") =>
    function* (): Generator<Sample, void, void> {
      for (const [use, counts] of cache.counts()) yield { labels: { use }, value: counts[count] };
    };
  return [
    gauge("dashboards_admission_in_flight", "Requests that are at work.", () => admission().inFlight),
    gauge("dashboards_admission_waiting", "Requests that wait for their beginning.", () => admission().waiting),
    counter(
      "dashboards_admission_refused_total",
      "Requests that were refused unread, because too much was asked.",
      () => admission().refused,
    ),
    states("dashboards_renders", "Renders that read their sources or draw, and those that wait for room.", () => {
      const { running, waiting } = renders();
      return { running, waiting };
    }),
    counter(
      "dashboards_renders_refused_total",
      "Renders that were refused, because too many ran or waited.",
      () => renders().refused,
    ),
    {
      name: "dashboards_cache_hits_total",
      help: "Values that were found in the cache in memory, stale ones included.",
      type: "counter",
      read: byUse("hits"),
    },
    {
      name: "dashboards_cache_misses_total",
      help: "Values that had to be loaded, or loaded anew.",
      type: "counter",
      read: byUse("misses"),
    },
    {
      name: "dashboards_cache_evictions_total",
      help: "Values that made room for others before their time.",
      type: "counter",
      read: byUse("evictions"),
    },
    {
      name: "dashboards_cache_bytes",
      help: "Bytes in the cache in memory, bookkeeping included.",
      type: "gauge",
      read: byUse("bytes"),
    },
    gauge("dashboards_cache_max_bytes", "The bound on all uses of the cache together.", () => cache.maxBytes),
    states("dashboards_database_connections", "Connections to the database, by whether they are at work.", () => {
      const { busy, idle } = database();
      return { busy, idle };
    }),
    gauge("dashboards_database_waiting", "Calls that wait for a connection to the database.", () => database().waiting),
    counter(
      "dashboards_database_refused_total",
      "Calls that got no connection to the database in time.",
      () => database().refused,
    ),
    states("dashboards_duckdb_processes", "DuckDB processes, by whether they run a query.", () => {
      const { busy, idle } = duckdb();
      return { busy, idle };
    }),
    gauge("dashboards_duckdb_waiting", "Queries that wait for a DuckDB process.", () => duckdb().waiting),
  ];
}

function gauge(name: string, help: string, value: () => number): Metric {
  return { name, help, type: "gauge", read: () => [{ value: value() }] };
}

function counter(name: string, help: string, value: () => number): Metric {
  return { ...gauge(name, help, value), type: "counter" };
}

function states(name: string, help: string, values: () => Readonly<Record<string, number>>): Metric {
  const read = () => Object.entries(values()).map(([state, value]) => ({ labels: { state }, value }));
  return { name, help, type: "gauge", read };
}
