import type { Sql } from "postgres";
import { fault } from "../../errors/fault.ts";
import { connect } from "../connection.ts";

/** The database of an embedded server. */
export const databaseName = "dashboards";

/** Its owner, and the role that the service logs in as. */
export const roles = { owner: "dash_owner", app: "dash_app" } as const;

/** The role that the owner becomes to purge a tenant. */
const purgeRole = "dash_purge";

/** The databases that no other role of the server has business in. */
const ours = [databaseName, "postgres", "template1"];

/**
 * Makes the database, its owner (no superuser, so that row security holds for it as in production)
 * and the role that the service logs in as, unless they are there, and closes it to every other role.
 * Fails if the server is set up to lose what it has acknowledged.
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
    const [purger] = await sql`select from pg_roles where rolname = ${purgeRole}`;
    if (purger === undefined) {
      await sql.unsafe(`create role ${purgeRole} nologin; grant ${purgeRole} to ${roles.owner}`);
    }
    const [there] = await sql`select from pg_database where datname = ${databaseName}`;
    if (there === undefined) await sql.unsafe(`create database ${databaseName} owner ${roles.owner}`);
    await keepOthersOut(sql);
  } finally {
    await connection.end();
  }
}

/** By PostgreSQL's default everybody may connect to every database; so it is in data folders of earlier releases. */
async function keepOthersOut(sql: Sql): Promise<void> {
  const open = await sql`
    select datname from pg_database
    where datname in ${sql(ours)} and exists (
      select from aclexplode(coalesce(datacl, acldefault('d', datdba)))
      where grantee = 0 and privilege_type = 'CONNECT')`;
  if (open.length === 0) return;
  const names = open.map(({ datname }) => datname).join(", ");
  // In one message, which is one transaction: closed for everybody, nobody would open it again.
  await sql.unsafe(`
    revoke connect on database ${names} from public;
    grant connect on database ${databaseName} to ${Object.values(roles).join(", ")}`);
}
