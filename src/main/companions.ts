import type { AllowedHost } from "../config/allowed-hosts.ts";
import type { DuckdbPool } from "../source/duckdb/pool.ts";
import type { EmbeddedServer } from "../store/embedded/database.ts";

/** What runs in this process beside the service, for as long as it does, so that connections may lead there. */
export type Companions = {
  /** Where that is, beside the hosts that the configuration allows. */
  readonly allowedHosts: readonly AllowedHost[];
  close(): Promise<void>;
};

/** What a companion may use. */
type CompanionTools = {
  /** Undefined where the database is elsewhere. */
  readonly server: EmbeddedServer | undefined;
  readonly duckdb: DuckdbPool;
};

/** Opens companions, once the database is there and before anybody can ask for anything. */
export type OpenCompanions = (tools: CompanionTools) => Promise<Companions>;
