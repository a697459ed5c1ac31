/**
 * A service over rows that it did not write itself, as another release leaves them in a database that
 * both use: the text is kept as it is given, whether or not this release would have let it in.
 */
import { definitionDigest } from "../src/definition/canonical.ts";
import { startTestService, type TestService } from "./service.ts";
import { createTestDatabase, onConnection } from "./store/database.ts";

/** The tenant that the rows belong to; it is the one that `TestService.post` calls as. */
const tenant = "acme";

/** A service, and its rows. */
export type StoredService = TestService & {
  /** Writes a dashboard's first version, or the draft of one that has none. */
  store(dashboardId: string, json: string, as?: "version" | "draft"): Promise<void>;
  /** Returns a version's text as it stands in the database. */
  read(dashboardId: string, version: number): Promise<string | undefined>;
};

/** Starts one. Close it, or the process stays up. */
export async function startStoredService(): Promise<StoredService> {
  const { url, ownerUrl, superuserUrl } = await createTestDatabase();
  const service = await startTestService({ DATABASE_URL: url, DATABASE_MIGRATE_URL: ownerUrl });
  return {
    ...service,
    store: (dashboardId, json, as = "version") =>
      onConnection(superuserUrl, async ({ sql }) => {
        const digest = definitionDigest(json);
        const version = as === "version" ? 1 : 0;
        await sql`insert into definitions (tenant_id, dashboard_id, current_version, digest, title)
          values (${tenant}, ${dashboardId}, ${version}, ${version === 1 ? digest : ""}, 'Title')`;
        await (as === "version"
          ? sql`insert into versions (tenant_id, dashboard_id, version, content, digest, author)
              values (${tenant}, ${dashboardId}, 1, ${json}, ${digest}, 'ann')`
          : sql`insert into drafts
              (tenant_id, dashboard_id, content, digest, title, author, note, revision, base_version)
              values (${tenant}, ${dashboardId}, ${json}, ${digest}, 'Title', 'ann', '', 1, 0)`);
      }),
    read: (dashboardId, version) =>
      onConnection(superuserUrl, async ({ sql }) => {
        const [row] = await sql<{ content: string }[]>`select content from versions
          where tenant_id = ${tenant} and dashboard_id = ${dashboardId} and version = ${version}`;
        return row?.content;
      }),
  };
}
