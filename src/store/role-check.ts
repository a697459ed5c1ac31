import { fault } from "../errors/fault.ts";
import type { Pool } from "./pool.ts";

type RoleRow = {
  readonly modern: boolean;
  readonly member: boolean;
  readonly bypasses: boolean;
  readonly owns: boolean;
};

/**
 * Holds the database to what the isolation of tenants stands on: statements run as `dash_app`, which
 * neither bypasses row security nor owns a table. Fails, saying what to change, when that is not so.
 */
export async function checkRole(pool: Pool): Promise<void> {
  const [role] = await pool.use(
    "",
    5000,
    ({ sql }) => sql<RoleRow[]>`
      select current_setting('server_version_num')::int >= 150000 as modern,
        pg_has_role(current_user, oid, 'member') as member,
        rolsuper or rolbypassrls as bypasses,
        exists (select from pg_class where relnamespace = 'public'::regnamespace and relowner = r.oid) as owns
      from pg_roles r where rolname = 'dash_app'`,
  );
  if (role?.modern === false) throw refused("PostgreSQL 15 or newer is needed");
  if (!role?.member) throw refused("grant the role dash_app to the role that DATABASE_URL logs in as");
  if (role.bypasses) throw refused("the role dash_app must neither be a superuser nor bypass row security");
  if (role.owns) throw refused("the role dash_app must not own tables");
}

function refused(message: string) {
  return fault("DEPENDENCY_DOWN", message);
}
