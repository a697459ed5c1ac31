import type { SQL } from "drizzle-orm";
import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { Connection } from "./connection.ts";
import { and, asc, eq, gt, gte, isNotNull, isNull, lt, sql } from "./drizzle.ts";
import { epochMs } from "./epoch-ms.ts";
import { definitions, drafts } from "./schema.ts";
import { queryTenant } from "./tenant-query.ts";

/** How a dashboard stands: in use, never published, or taken out of use. */
export type DefinitionStatus = "active" | "draft" | "archived";

/** Which dashboards are wanted. */
export type DefinitionsWanted = {
  /** Undefined for the active ones and the drafts. */
  readonly status: DefinitionStatus | undefined;
  /** How their ids begin; empty for any. */
  readonly prefix: string;
  /** The last id of the page before; undefined for the first page. */
  readonly after: string | undefined;
  readonly limit: number;
};

/** A dashboard in a list. */
export type DefinitionSummary = {
  readonly dashboardId: string;
  /** Its title; the draft's where nothing was published. */
  readonly title: string;
  readonly status: DefinitionStatus;
  /** The active version, an archived dashboard's last one, 0 where nothing was published. */
  readonly version: number;
  /** The draft's revision; 0 where there is none. */
  readonly revision: number;
  /** When a version or the draft was last saved. */
  readonly updateTimeMs: number;
};

/** Lists dashboards in the order of their ids' bytes: digits, upper case, `_`, lower case. */
export async function listDefinitions(
  connection: Connection,
  tenant: string,
  wanted: DefinitionsWanted,
): Promise<readonly DefinitionSummary[]> {
  return queryTenant(connection, tenant, (db) => selectDefinitions(db, tenant, wanted));
}

/** Builds the query of `listDefinitions`. */
export function selectDefinitions(db: PostgresJsDatabase, tenant: string, wanted: DefinitionsWanted) {
  const { status, prefix, after, limit } = wanted;
  const id = sql`${definitions.dashboardId} collate "C"`;
  const draft = db
    .select({ revision: drafts.revision })
    .from(drafts)
    .where(and(eq(drafts.tenantId, tenant), eq(drafts.dashboardId, definitions.dashboardId)));
  return db
    .select({
      dashboardId: definitions.dashboardId,
      title: definitions.title,
      status: sql<DefinitionStatus>`case when ${definitions.archivedAt} is not null then 'archived'
        when ${definitions.currentVersion} = 0 then 'draft' else 'active' end`,
      version: definitions.currentVersion,
      revision: sql<number>`coalesce(${draft}, 0)`,
      updateTimeMs: epochMs(definitions.updatedAt),
    })
    .from(definitions)
    .where(
      and(
        eq(definitions.tenantId, tenant),
        hasStatus(status),
        // A range and not LIKE, which row security keeps away from indexes. No id holds a `~`, nor what comes after it.
        prefix === "" ? undefined : and(gte(id, prefix), lt(id, `${prefix}~`)),
        after === undefined ? undefined : gt(id, after),
      ),
    )
    .orderBy(asc(id))
    .limit(limit);
}

function hasStatus(status: DefinitionStatus | undefined): SQL | undefined {
  if (status === "archived") return isNotNull(definitions.archivedAt);
  const published = status && (status === "draft" ? eq : gt)(definitions.currentVersion, 0);
  return and(isNull(definitions.archivedAt), published);
}
