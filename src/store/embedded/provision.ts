import { fault } from "../../errors/fault.ts";
import { connect } from "../connection.ts";

/** The database of an embedded server. */
export const databaseName = "dashboards";

/** Its owner, and the role that the service logs in as. */
export const roles = { owner: "dash_owner", app: "dash_app" } as const;

/**
 * Makes the database, its owner (no superuser, so that row security holds for it as in production)
 * and the role that the service logs in as, unless they are there. Fails if the server is set up to
 * lose what it has acknowledged.
 */
export async function provision(superuserUrl: string, password: string): Promise<void> {
  const connection = await connect(superuserUrl, { session: false, withinMs: 5000 });
  const { sql } = connection;
  try {
    const unsafe = await sql`
      select name from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting <> 'on'`;
    if (unsafe.length > 0)
      throw fault("DEPENDENCY_DOWN", "the embedded PostgreSQL runs without safe writes: restart it");

    for (const role of Object.values(roles)) {
      const [there] = await sql`select from pg_roles where rolname = ${role}`;
      if (there === undefined) await sql.unsafe(`create role ${role} login password '${password}'`);
    }
    const [there] = await sql`select from pg_database where datname = ${databaseName}`;
    if (there === undefined) await sql.unsafe(`create database ${databaseName} owner ${roles.owner}`);
  } finally {
    await connection.end();
  }
}
