import { join } from "node:path";
import type { Log } from "../log/log.ts";
import { startAuditSweeping } from "./audit-months.ts";
import { createTurns } from "./call.ts";
import { type ConnectionSummary, type ConnectionsWanted, listConnections } from "./connection-list.ts";
import { getConnection, getConnections, type StoredConnection } from "./connections.ts";
import { type DefinitionSummary, type DefinitionsWanted, listDefinitions } from "./definition-list.ts";
import { getActiveVersion, getActiveVersions, getVersion, type StoredVersion } from "./definitions.ts";
import { getDraft, type StoredDraft } from "./drafts.ts";
import { checkDurability } from "./durability-check.ts";
import { type EmbeddedServer, openEmbeddedDatabase } from "./embedded/database.ts";
import { migrateDatabase } from "./migrate.ts";
import { createOnce, type Once } from "./once.ts";
import { createPool, type Pool, type PoolLoad } from "./pool.ts";
import { type Publication, readPublication } from "./publication.ts";
import { checkRole } from "./role-check.ts";
import { createSaveOnce, type SaveOnce } from "./save-once.ts";
import { listShares, type ShareSummary, type SharesWanted } from "./share-list.ts";
import { countOpens, type ShareOpens } from "./share-opens.ts";
import { getShare, getSnapshot, type StoredShare } from "./shares.ts";
import { startSweeping } from "./sweep.ts";
import { areSuspended, isSuspended } from "./tenants.ts";
import { listVersions, type VersionSummary, type VersionsWanted } from "./version-list.ts";

/**
 * What is kept: definitions, share links, connections and the answers of mutating calls. While the database is out
 * of reach every call fails with DEPENDENCY_DOWN, within a second; the first one after that works.
 */
export type Store = {
  /** Runs a mutating call once per key. Returns the answer's bytes: the effect's, or those stored. */
  readonly once: Once;
  /** As `once` with an effect that saves the next version of a dashboard and nothing else, in one round trip. */
  readonly saveOnce: SaveOnce;
  /** Returns a version of a dashboard, an archived one too; the last one where `version` is undefined. */
  getVersion(tenant: string, dashboardId: string, version: number | undefined): Promise<StoredVersion | undefined>;
  /** Returns the number of a dashboard's active version; undefined for an archived dashboard. */
  getActiveVersion(tenant: string, dashboardId: string): Promise<number | undefined>;
  /** As `getActiveVersion`, of many dashboards of any tenants, in their order. */
  getActiveVersions(
    dashboards: readonly { readonly tenant: string; readonly id: string }[],
  ): Promise<readonly (number | undefined)[]>;
  /** Returns a dashboard's draft, an archived one's too. */
  getDraft(tenant: string, dashboardId: string): Promise<StoredDraft | undefined>;
  /** Returns what publishing a dashboard's draft would begin with, and as many of its links as are wanted. */
  readPublication(tenant: string, dashboardId: string, mostLinks: number): Promise<Publication>;
  /** Lists dashboards in the order of their ids' bytes. */
  listDefinitions(tenant: string, wanted: DefinitionsWanted): Promise<readonly DefinitionSummary[]>;
  /** Lists a dashboard's versions, the newest first, an archived one's too; none for an unknown dashboard. */
  listVersions(tenant: string, dashboardId: string, wanted: VersionsWanted): Promise<readonly VersionSummary[]>;
  /** Returns a share link, expired and revoked ones too. */
  getShare(tenant: string, shareId: string): Promise<StoredShare | undefined>;
  /** Returns what a link shows for ever, as it was kept; undefined where nothing is kept, or no longer. */
  getSnapshot(tenant: string, shareId: string): Promise<Uint8Array | undefined>;
  /** Lists links, the newest first, that are neither revoked nor expired. */
  listShares(tenant: string, wanted: SharesWanted): Promise<readonly ShareSummary[]>;
  /** Returns a connection with its sealed secret, unless it was deleted. */
  getConnection(tenant: string, name: string): Promise<StoredConnection | undefined>;
  /** As `getConnection`, of many connections of any tenants, in their order. */
  getConnections(
    connections: readonly { readonly tenant: string; readonly id: string }[],
  ): Promise<readonly (StoredConnection | undefined)[]>;
  /** Lists connections in the order of their names' bytes. */
  listConnections(tenant: string, wanted: ConnectionsWanted): Promise<readonly ConnectionSummary[]>;
  /** Adds to the counts of links, of any tenants: all of them or none. */
  countOpens(opens: readonly ShareOpens[]): Promise<void>;
  /** Says whether an operator has suspended the tenant. */
  isSuspended(tenant: string): Promise<boolean>;
  /** As `isSuspended`, of many tenants, in their order. */
  areSuspended(tenants: readonly string[]): Promise<readonly boolean[]>;
  /** Resolves when the database answers, however many calls wait for a connection of their own. */
  ping(): Promise<void>;
  /** Returns how its connections are used. */
  load(): PoolLoad;
  /** The embedded server; absent where the database is elsewhere. */
  readonly server?: EmbeddedServer;
  /** Waits for what runs, then disconnects; stops the embedded server. */
  close(): Promise<void>;
};

/** Where the database is, and who is told. */
export type StoreOptions = {
  /** A PostgreSQL, as a role that was granted `dash_app`; undefined for the embedded server. */
  readonly url: string | undefined;
  /** The same database as its owner, past any pooler. Without it `url` migrates, too. */
  readonly migrateUrl: string | undefined;
  /** The folder that the embedded server keeps its data under, in `postgres`. */
  readonly dataDir: string;
  /**
   * Whether statements are prepared, which is faster. The default is false, because it must be where
   * `url` leads to PgBouncer in transaction mode. The embedded server's always are.
   */
  readonly prepare?: boolean;
  /**
   * Whether `url` must log in as a role that owns nothing and bypasses nothing, nor could become one. The default is
   * false, because in development one login serves both.
   */
  readonly strict?: boolean;
  /** For how many months the audit log is kept, 1 at least; for ever by default. */
  readonly auditMonths?: number;
  readonly log: Log;
  /** Told what a first start is doing, a line at a time. */
  readonly progress?: (line: string) => void;
};

/** How long a read may take: a caller would rather hear within a second that it cannot be had. */
const readMs = 900;

/** How long counting may take: nobody waits for it, and many links come at once. */
const countMs = 5000;

/** Opens the store: starts the embedded server if there is no url, migrates, and checks the roles. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, migrateUrl, dataDir, prepare = false, log, progress = () => {} } = options;
  if (url !== undefined) return openAt(url, migrateUrl ?? url, prepare, options, async () => {});

  const embedded = await openEmbeddedDatabase({ folder: join(dataDir, "postgres"), log, progress });
  const store = await openAt(embedded.url, embedded.ownerUrl, true, options, embedded.close);
  return { ...store, server: embedded };
}

async function openAt(
  url: string,
  ownerUrl: string,
  session: boolean,
  { strict = false, auditMonths, log, progress }: Pick<StoreOptions, "strict" | "auditMonths" | "log" | "progress">,
  stopServer: () => Promise<void>,
): Promise<Store> {
  const pool = createPool(url, { session });
  try {
    await migrateDatabase(ownerUrl, progress);
    await checkRole(pool, strict);
    await checkDurability(pool, log);
  } catch (error) {
    await pool.close();
    await stopServer();
    throw error;
  }
  const inTurn = createTurns(pool);
  const stopSweeping = startSweeping(pool, log);
  const stopAuditSweeping = await startAuditSweeping(pool, auditMonths, log);
  return {
    ...reads(pool),
    once: createOnce(inTurn),
    saveOnce: createSaveOnce(inTurn),
    countOpens: (opens) => pool.use("", countMs, (connection) => countOpens(connection, opens)),
    async close() {
      stopSweeping();
      stopAuditSweeping();
      await pool.close();
      await stopServer();
    },
  };
}

function reads(pool: Pool): Omit<Store, "once" | "saveOnce" | "countOpens" | "server" | "close"> {
  return {
    getVersion: (tenant, dashboardId, version) =>
      pool.use(tenant, readMs, (connection) => getVersion(connection, tenant, dashboardId, version)),
    getActiveVersion: (tenant, dashboardId) =>
      pool.glance(readMs, (connection) => getActiveVersion(connection, tenant, dashboardId)),
    getActiveVersions: (dashboards) => pool.glance(readMs, (connection) => getActiveVersions(connection, dashboards)),
    getDraft: (tenant, dashboardId) =>
      pool.use(tenant, readMs, (connection) => getDraft(connection, tenant, dashboardId)),
    readPublication: (tenant, dashboardId, mostLinks) =>
      pool.use(tenant, readMs, (connection) => readPublication(connection, tenant, dashboardId, mostLinks)),
    listDefinitions: (tenant, wanted) =>
      pool.use(tenant, readMs, (connection) => listDefinitions(connection, tenant, wanted)),
    listVersions: (tenant, dashboardId, wanted) =>
      pool.use(tenant, readMs, (connection) => listVersions(connection, tenant, dashboardId, wanted)),
    listShares: (tenant, wanted) => pool.use(tenant, readMs, (connection) => listShares(connection, tenant, wanted)),
    getShare: (tenant, shareId) => pool.use(tenant, readMs, (connection) => getShare(connection, tenant, shareId)),
    getSnapshot: (tenant, shareId) =>
      pool.use(tenant, readMs, (connection) => getSnapshot(connection, tenant, shareId)),
    getConnection: (tenant, name) => pool.use(tenant, readMs, (connection) => getConnection(connection, tenant, name)),
    getConnections: (connections) => pool.glance(readMs, (connection) => getConnections(connection, connections)),
    listConnections: (tenant, wanted) =>
      pool.use(tenant, readMs, (connection) => listConnections(connection, tenant, wanted)),
    isSuspended: (tenant) => pool.glance(readMs, (connection) => isSuspended(connection, tenant)),
    areSuspended: (tenants) => pool.glance(readMs, (connection) => areSuspended(connection, tenants)),
    async ping() {
      await pool.glance(readMs, ({ sql }) => sql`select 1`);
    },
    load: pool.load,
  };
}
