import type { Connection } from "./connection.ts";

/** How often a link was opened since it was last told. */
export type ShareOpens = {
  readonly tenant: string;
  readonly shareId: string;
  readonly opens: number;
  readonly lastOpenedAtMs: number;
};

/**
 * Adds to the counts of links, all of them or, when it fails, none, so that it may be tried again. The
 * time of the last opening is never set back. A link that does not exist is passed over.
 */
export async function countOpens({ sql, destroy }: Connection, opens: readonly ShareOpens[]): Promise<void> {
  // Always in the same order, so that two processes never wait for each other in a circle.
  const tenants = [...Map.groupBy(opens, ({ tenant }) => tenant)].sort(([a], [b]) => (a < b ? -1 : 1));
  try {
    await sql.unsafe("begin");
    for (const [tenant, links] of tenants) {
      const rows = links.map((link) => [link.shareId, link.opens, link.lastOpenedAtMs]);
      await sql`select count_opens(${tenant}, ${JSON.stringify(rows)}::text::jsonb)`;
    }
    await sql.unsafe("commit");
  } catch (error) {
    await sql.unsafe("rollback").catch(destroy);
    throw error;
  }
}
