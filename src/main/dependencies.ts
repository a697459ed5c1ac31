import { type CountingCache, createByteCache } from "../cache/byte-cache.ts";
import type { Config } from "../config/config.ts";
import { createRateLimiter } from "../limit/gcra.ts";
import type { Log } from "../log/log.ts";
import { type ConnectionLookup, createConnectionLookup } from "../rpc/connections.ts";
import type { Secrets } from "../secret/secrets.ts";
import type { ShareKeys } from "../share/share-keys.ts";
import { createDuckdbPool, type MeasuredDuckdbPool } from "../source/duckdb/pool.ts";
import { openStore, type Store } from "../store/store.ts";
import type { OpenCompanions } from "./companions.ts";
import { createConnectors } from "./connectors.ts";
import { openSecretKeys, openShareKeys } from "./keys.ts";
import { openReplicas, type Replicas } from "./replicas.ts";
import { createSources, type Sources } from "./sources.ts";
import type { Witness } from "./witness.ts";

/** What the service stands on. Its disposal closes all of it, what was opened last first. */
export type Dependencies = AsyncDisposable & {
  readonly shareKeys: () => ShareKeys;
  readonly secrets: Secrets;
  readonly replicas: Replicas;
  readonly store: Store;
  /** In this process, under one bound for renders, rows and parsed versions. */
  readonly cache: CountingCache;
  readonly lookup: ConnectionLookup;
  readonly duckdb: Pick<MeasuredDuckdbPool, "load">;
  readonly sources: Sources;
};

/** What they are opened with. */
export type DependenciesOptions = {
  readonly now: () => number;
  readonly elapsedMs: () => number;
  readonly openCompanions: OpenCompanions;
  readonly witness: Pick<Witness, "onRead" | "watchStore">;
  readonly log: Log;
  readonly progress: ((line: string) => void) | undefined;
};

/** Opens keys, Redis, the database and the sources. What was opened is closed when one of them cannot be. */
export async function openDependencies(
  config: Config,
  { now, elapsedMs, openCompanions, witness, log, progress }: DependenciesOptions,
): Promise<Dependencies> {
  const { cacheMaxBytes, dataDir, production: strict } = config;
  await using opened = new AsyncDisposableStack();
  const { shareKeys, close: closeShareKeys } = await openShareKeys({
    file: config.shareKeysFile,
    strict,
    dataDir,
    log,
  });
  opened.defer(closeShareKeys);
  const { secrets, close: closeSecrets } = await openSecretKeys({ file: config.secretsKeysFile, strict, dataDir, log });
  opened.defer(closeSecrets);
  const replicas = await openReplicas({ config, limiter: createRateLimiter({ now: elapsedMs }), secrets, now, log });
  opened.defer(replicas.close);
  const opening = openStore({
    url: config.databaseUrl,
    migrateUrl: config.databaseMigrateUrl,
    dataDir,
    strict,
    auditMonths: config.auditRetentionMonths,
    log,
    ...(progress && { progress }),
  });
  const store = witness.watchStore(await opening);
  opened.defer(store.close);
  const lookup = createConnectionLookup({ store, secrets, news: replicas.news, elapsedMs });

  const cache = createByteCache({ maxBytes: cacheMaxBytes, now });
  const duckdb = createDuckdbPool({
    filesDir: config.filesDir,
    maxChildren: 4,
    maxChildrenPerTenant: 2,
    idleMs: 300_000,
    graceMs: 1_000,
    log,
  });
  opened.defer(duckdb.close);
  const companions = await openCompanions({ server: store.server, duckdb });
  opened.defer(companions.close);
  const connectors = createConnectors([...config.allowedHosts, ...companions.allowedHosts]);
  const { shared } = replicas;
  const sources = createSources({
    ...{ duckdb, connectors, findConnection: lookup.find, shared, now, log },
    cache: cache.of("sources"),
    onRead: witness.onRead,
  });
  opened.defer(sources.close);

  const all = opened.move();
  const parts = { shareKeys, secrets, replicas, store, cache, lookup, duckdb, sources };
  return { ...parts, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
