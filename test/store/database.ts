/**
 * Databases for tests. One server serves the whole test process: an embedded one in a temporary
 * folder, or the one at TEST_DATABASE_URL (as a superuser), so that the same suites pass on both. Use
 * it by top-level await, and close what you open:
 *
 *     const database = await createTestDatabase();
 *     const store = await database.openStore();
 *     test.after(() => store.close());
 *
 * Databases and server go by themselves when the process ends.
 */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../../src/log/log.ts";
import { type Connection, connect } from "../../src/store/connection.ts";
import { openEmbeddedDatabase } from "../../src/store/embedded/database.ts";
import { takeOwnerLock } from "../../src/store/embedded/owner-lock.ts";
import { readPostmaster } from "../../src/store/embedded/postmaster.ts";
import { stopServer } from "../../src/store/embedded/server.ts";
import { migrateDatabase } from "../../src/store/migrate.ts";
import { openStore, type Store } from "../../src/store/store.ts";

/** A database of one's own, migrated and empty. */
export type TestDatabase = {
  /** Logs in as the service does: as a role that owns nothing. */
  readonly url: string;
  /** Logs in as the owner, who is no superuser. */
  readonly ownerUrl: string;
  /** Logs in as a superuser. */
  readonly superuserUrl: string;
  /** Opens a store on it. Close it, or the process stays up. */
  openStore(): Promise<Store>;
};

type Server = {
  /** A migrated database that is copied. */
  readonly template: string;
  readonly owner: string;
  urlOf(role: "service" | "owner" | "superuser", database: string): string;
  stop(): Promise<void>;
};

/** Copies the template, which takes some 30 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  server ??= startServer();
  const { template, owner, urlOf } = await server;
  const database = uniqueName();
  await onConnection(urlOf("superuser", "postgres"), ({ sql }) =>
    sql.unsafe(`create database ${database} template ${template} owner ${owner} strategy wal_log`),
  );
  const url = urlOf("service", database);
  const ownerUrl = urlOf("owner", database);
  return {
    url,
    ownerUrl,
    superuserUrl: urlOf("superuser", database),
    openStore: () => openStore({ url, migrateUrl: ownerUrl, dataDir: "", prepare: true, log: createLog("silent") }),
  };
}

/** Takes everything away again, as if nothing had ever been migrated. */
export async function emptyDatabase({ superuserUrl }: TestDatabase): Promise<void> {
  await onConnection(superuserUrl, async ({ sql }) => {
    await sql`drop schema drizzle cascade`;
    await sql`drop schema public cascade`;
    await sql`create schema public authorization pg_database_owner`;
    await sql`grant usage on schema public to public`;
  });
}

/** Runs the work on a connection that ends with it. */
export async function onConnection<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(url, { session: false, withinMs: 5000 });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

/** Makes a name that no other test process uses. */
function uniqueName(): string {
  return `dash_test_${process.pid}_${randomBytes(4).toString("hex")}`;
}

const folderPrefix = "dash-test-";

let server: Promise<Server> | undefined;

async function startServer(): Promise<Server> {
  const external = process.env.TEST_DATABASE_URL;
  const started = external === undefined ? await startEmbedded() : await reachExternal(external);
  process.once("beforeExit", () => started.stop());
  return started;
}

async function startEmbedded(): Promise<Server> {
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), folderPrefix));
  const log = createLog("silent");
  const { url, ownerUrl, superuserUrl, close } = await openEmbeddedDatabase({ folder, log, progress: () => {} });
  const postmaster = await readPostmaster(join(folder, "data"));
  const cutDown = () => {
    process.kill(postmaster!.pid, "SIGQUIT");
    // Nothing but this moment to let it go: the event loop has stopped.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once("exit", cutDown);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

  await migrateDatabase(ownerUrl);
  const urls = { service: url, owner: ownerUrl, superuser: superuserUrl };
  return {
    template: "dashboards",
    owner: "dash_owner",
    urlOf: (role, database) => withDatabase(urls[role], database),
    async stop() {
      await close();
      await rm(folder, { recursive: true });
      process.off("exit", cutDown);
    },
  };
}

/** Ends the servers of test processes that were killed, some time ago: a younger one may just be starting. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!name.startsWith(folderPrefix) || Date.now() - (await stat(folder)).mtimeMs < 600_000) continue;
    try {
      const unlock = takeOwnerLock(join(folder, "owner.lock"));
      const postmaster = await readPostmaster(join(folder, "data"));
      if (postmaster !== undefined) await stopServer(postmaster);
      unlock();
      await rm(folder, { recursive: true });
    } catch {
      // It lives, or it is another user's.
    }
  }
}

async function reachExternal(superuserUrl: string): Promise<Server> {
  const [template, owner, service] = [uniqueName(), uniqueName(), uniqueName()];
  const password = randomBytes(16).toString("hex");
  const urlOf: Server["urlOf"] = (role, database) => {
    const url = new URL(superuserUrl);
    if (role !== "superuser") Object.assign(url, { username: role === "owner" ? owner : service, password });
    return withDatabase(url.href, database);
  };
  await onConnection(superuserUrl, async ({ sql }) => {
    await sql.unsafe(`create role ${owner} login createrole password '${password}'`);
    const [purger] = await sql`select from pg_roles where rolname = 'dash_purge'`;
    if (purger === undefined) await sql`create role dash_purge nologin`;
    await sql.unsafe(`grant dash_purge to ${owner}`);
    await sql.unsafe(`create role ${service} login password '${password}'`);
    await sql.unsafe(`create database ${template} owner ${owner}`);
  });
  await migrateDatabase(urlOf("owner", template));
  await onConnection(superuserUrl, ({ sql }) => sql.unsafe(`grant dash_app to ${service}`));
  return {
    template,
    owner,
    urlOf,
    stop: () =>
      onConnection(superuserUrl, async ({ sql }) => {
        const databases = await sql<{ datname: string }[]>`
          select datname from pg_database where datname like ${`dash\\_test\\_${process.pid}\\_%`}`;
        for (const { datname } of databases) await sql.unsafe(`drop database ${datname} with (force)`);
        await sql.unsafe(`drop role ${owner}, ${service}`);
      }),
  };
}

function withDatabase(url: string, database: string): string {
  return url.replace(/\/[^/]*$/, `/${database}`);
}
