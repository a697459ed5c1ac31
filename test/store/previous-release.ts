import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type { Connection } from "../../src/store/connection.ts";
import { createTestDatabase, emptyDatabase, onConnection, type TestDatabase } from "./database.ts";

/** Creates a database as the release left it whose last migration is given, without a row. */
export async function createPreviousDatabase(lastTag = "0003_functions"): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await emptyDatabase(database);
  const migrationsFolder = await mkdtemp(join(tmpdir(), "dash-previous-"));
  try {
    await cp(fileURLToPath(new URL("../../src/store/migrations", import.meta.url)), migrationsFolder, {
      recursive: true,
    });
    const journalFile = join(migrationsFolder, "meta", "_journal.json");
    const journal = JSON.parse(await readFile(journalFile, "utf8")) as { entries: { tag: string }[] };
    const entries = journal.entries.filter(({ tag }) => tag <= lastTag);
    await writeFile(journalFile, JSON.stringify({ ...journal, entries }));
    await onConnection(database.ownerUrl, ({ sql }) => migrate(drizzle({ client: sql }), { migrationsFolder }));
  } finally {
    await rm(migrationsFolder, { recursive: true });
  }
  return database;
}

/** What a replica of the previous release does to the database, statement for statement, on its connection. */
export function createPreviousReplica({ sql }: Connection, tenant: string) {
  const inCall = async <T>(work: () => Promise<T>): Promise<T> => {
    await sql.unsafe("begin isolation level read committed");
    await sql`select * from open_call(${tenant}, ${"Save"}, ${null}, ${2000})`;
    const result = await work();
    await sql.unsafe("commit");
    return result;
  };
  return {
    save: (id: string, json: string, expected: number | null = null) =>
      inCall(async () => {
        const [saved] = await sql<{ outcome: string; version: number }[]>`select * from save_definition(
          ${tenant}, ${id}, ${json}, ${`digest of ${json}`}, ${"Title"}, ${"ann"}, ${expected})`;
        return { ...saved! };
      }),
    share: (shareId: string, id: string, expiresAt: string) =>
      inCall(
        () => sql`insert into "shares" ("tenant_id", "share_id", "dashboard_id", "version", "filters", "expires_at",
            "revoked_at", "opens", "last_opened_at", "created_by", "created_at")
          values (${tenant}, ${shareId}, ${id}, ${1}, ${"{}"}, ${expiresAt}, default, default, default, ${"ann"}, default)`,
      ),
    async getVersion(id: string, version: number | null) {
      const [row] = await sql<
        { version: number; active: boolean; content: string; digest: string; author: string; create_time_ms: number }[]
      >`select * from get_version(${tenant}, ${id}, ${version})`;
      return row && { ...row };
    },
    async getActiveVersion(id: string) {
      const [row] = await sql<{ version: number }[]>`select get_active_version(${tenant}, ${id}) as version`;
      return row?.version;
    },
    async getShare(shareId: string) {
      const [row] = await sql`select * from get_share(${tenant}, ${shareId})`;
      return row && { ...row };
    },
  };
}
