import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { Connection } from "./connection.ts";
import { and, asc, eq, gt, isNotNull, isNull, sql } from "./drizzle.ts";
import { epochMs } from "./epoch-ms.ts";
import { connections } from "./schema.ts";
import { queryTenant } from "./tenant-query.ts";

/** Which connections are wanted. */
export type ConnectionsWanted = {
  /** The last name of the page before; undefined for the first page. */
  readonly after: string | undefined;
  readonly limit: number;
};

/** A connection in a list: all of it but its secret. */
export type ConnectionSummary = {
  readonly name: string;
  /** Its kind and description as canonical JSON. */
  readonly settingsJson: string;
  readonly hasSecret: boolean;
  readonly revision: number;
  readonly updatedBy: string;
  readonly createTimeMs: number;
  readonly updateTimeMs: number;
};

/** Lists connections in the order of their names' bytes: `-`, digits, upper case, `_`, lower case. */
export async function listConnections(
  connection: Connection,
  tenant: string,
  wanted: ConnectionsWanted,
): Promise<readonly ConnectionSummary[]> {
  return queryTenant(connection, tenant, (db) => selectConnections(db, tenant, wanted));
}

/** Builds the query of `listConnections`. */
export function selectConnections(db: PostgresJsDatabase, tenant: string, { after, limit }: ConnectionsWanted) {
  const name = sql`${connections.name} collate "C"`;
  return db
    .select({
      name: connections.name,
      // Null in deleted rows only.
      settingsJson: sql<string>`${connections.settings}`,
      hasSecret: sql<boolean>`${isNotNull(connections.secret)}`,
      revision: connections.revision,
      updatedBy: connections.updatedBy,
      createTimeMs: epochMs(connections.createdAt),
      updateTimeMs: epochMs(connections.updatedAt),
    })
    .from(connections)
    .where(
      and(
        eq(connections.tenantId, tenant),
        isNull(connections.deletedAt),
        after === undefined ? undefined : gt(name, after),
      ),
    )
    .orderBy(asc(name))
    .limit(limit);
}
