import type { ByteCache } from "../cache/byte-cache.ts";
import type { SharedCache } from "../cache/shared-cache.ts";
import { createStaleCache } from "../cache/stale-cache.ts";
import type { Log } from "../log/log.ts";
import { createConnectionGuard } from "../source/connection-guard.ts";
import { type ConnectionTest, createConnectionTest } from "../source/connection-test.ts";
import type { Connectors } from "../source/connectors.ts";
import type { DuckdbPool } from "../source/duckdb/pool.ts";
import type { FindConnection } from "../source/read-connection.ts";
import { createSourceRunner, type SourceRunner } from "../source/runner.ts";
import type { OnRead } from "../source/source-read-seen.ts";

/** Everything that reads tenants' data. */
export type Sources = {
  readonly runner: SourceRunner;
  readonly testConnection: ConnectionTest["test"];
  /** Ends what runs, and closes the connectors. */
  close(): Promise<void>;
};

/**
 * How long a datasource may take: a page that reads twice, to compare two periods, still has time to be drawn
 * within the 10 s of a render. Most of it is for waiting, when many pages come at once.
 */
const sourceTimeoutsMs = { sql: 4_500, service: 4_500, derived: 6_000 };

/** How long new rows are waited for where older ones can be shown: most queries take less, and no page flickers. */
const sourcePatienceMs = 300;

/** Creates the sources. */
export function createSources({
  duckdb,
  connectors,
  findConnection,
  cache,
  shared,
  now,
  onRead,
  log,
}: {
  readonly duckdb: DuckdbPool;
  readonly connectors: Connectors;
  readonly findConnection: FindConnection;
  readonly cache: ByteCache;
  readonly shared: SharedCache;
  readonly now: () => number;
  readonly onRead?: OnRead | undefined;
  readonly log: Log;
}): Sources {
  const runner = createSourceRunner({
    duckdb,
    connectors,
    findConnection,
    // Twelve panels by one connection take two turns, two of a tenant's connections may hang before a third one
    // feels it, and four tenants of that kind leave the others as they were. All renders that a tenant may have at
    // once may wait with a dozen panels each.
    guard: createConnectionGuard({
      ...{ perConnection: 8, perTenant: 16, total: 64, maxWaiting: 1_000 },
      ...{ failures: 5, restMs: 10_000 },
    }),
    cache: createStaleCache({ cache, shared, now, patienceMs: sourcePatienceMs }).ask,
    now,
    onRead,
    log,
    timeoutsMs: sourceTimeoutsMs,
    maxRows: 10_000,
    maxBytes: 4 * 1024 * 1024,
  });
  const connectionTest = createConnectionTest({ connectors, duckdb, log });
  return {
    runner,
    testConnection: connectionTest.test,
    async close() {
      connectionTest.close();
      await runner.close();
      await Promise.all(Object.values(connectors).map((connector) => connector.close()));
    },
  };
}
