import type { Case, UpstreamReply } from "../corpus.ts";
import type { Variables } from "../variables.ts";
import type { HttpUpstream, SeenRequest } from "./http-upstream.ts";

/** What a case has for its own. */
export type Prepared = {
  /** Its dashboards, and the names of its connections: SQL_CONNECTION and OWN_CONNECTION. */
  readonly variables: Variables;
  /** The upstream that its dashboards' HTTP connection leads to, where they have one. */
  readonly upstream: HttpUpstream | undefined;
  /** How often its upstreams were asked, be it in vain. */
  readonly timesAsked: () => number;
  /** Sets how the upstream of an id answers, `ds_http` or `ds_grpc`. */
  answerWith(id: string, reply: UpstreamReply): Promise<void>;
};

/** A moment since which contacts are looked for. */
export type Mark = {
  readonly pid: number;
  readonly attempts: number;
  readonly caught: number;
  readonly asked: number;
  readonly denied: number;
  readonly failed: number;
};

/** What stands around a service that reads other systems, seen past the service. */
export type Around = {
  /** Makes what a case needs. */
  prepare(attack: Case): Promise<Prepared>;
  /** What the upstream at the usual place, http://sink.test/, was asked. */
  readonly usualRequests: readonly SeenRequest[];
  /** A digest of the warehouse, the files and the folder for whatever a query may write. */
  effects(): Promise<string>;
  /** Bytes that the warehouse, the service's data and that folder take. */
  diskBytes(): Promise<number>;
  /** Text that no page may show: folders. */
  readonly folders: readonly string[];
  mark(): Promise<Mark>;
  /** Says what was contacted since then and had not to be. The names of `hosts` may be looked up. */
  contactedSince(mark: Mark, hosts: readonly string[]): Promise<string | undefined>;
  /** Reads the settings of a connection's session, or of a DuckDB engine, through a dashboard made for that. */
  readSettings(of: { readonly connection: string } | "duckdb" | "duckdb_settings"): Promise<string>;
  /** Starts the service anew, with more variables in its environment. */
  restart(env: Readonly<Record<string, string>>): Promise<void>;
};
