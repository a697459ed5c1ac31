import { fault } from "../errors/fault.ts";
import type { Pool } from "./pool.ts";

type AppRow = {
  readonly modern: boolean;
  readonly member: boolean;
  readonly bypasses: boolean;
  readonly owns: boolean;
};

type LoginRow = {
  readonly superuser: boolean;
  readonly bypasses: boolean;
  readonly makes_roles: boolean;
  readonly owns: boolean;
  readonly reaches: boolean;
};

/**
 * Holds the database to what the isolation of tenants stands on: statements run as `dash_app`, which
 * neither bypasses row security nor owns a table. Where `strict`, as in production, the same holds for the role that
 * DATABASE_URL logs in as and for every role that it could become; in development one login may serve both, by
 * switching roles. Fails, saying what to change, when that is not so.
 */
export async function checkRole(pool: Pool, strict: boolean): Promise<void> {
  await checkAppRole(pool);
  if (strict) await checkLogin(pool);
}

async function checkAppRole(pool: Pool): Promise<void> {
  const [role] = await pool.use(
    "",
    5000,
    ({ sql }) => sql<AppRow[]>`
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

/** What the login is, and what it could become by SET ROLE, which nothing that it runs could be kept from. */
async function checkLogin(pool: Pool): Promise<void> {
  const [login] = await pool.use(
    "",
    5000,
    ({ sql }) => sql<LoginRow[]>`
      with owners as (
        select datdba as oid from pg_database where datname = current_database()
        union select relowner from pg_class where relnamespace = 'public'::regnamespace
      )
      select l.rolsuper as superuser, l.rolbypassrls as bypasses, l.rolcreaterole as makes_roles,
        exists (select from owners o where o.oid = l.oid) as owns,
        exists (
          select from pg_roles r where pg_has_role(l.oid, r.oid, 'member')
            and (r.rolsuper or r.rolbypassrls or r.rolname = 'dash_purge' or r.oid in (select oid from owners))
        ) as reaches
      from pg_roles l where l.rolname = session_user`,
  );
  const { superuser, bypasses, makes_roles, owns, reaches } = login!;
  if (superuser) throw refusedLogin("is a superuser: alter role ... nosuperuser, or name another one");
  if (bypasses) throw refusedLogin("bypasses row security: alter role ... nobypassrls");
  if (owns) throw refusedLogin("owns the database or tables: name one that owns nothing, and was granted dash_app");
  if (makes_roles) throw refusedLogin("may make and grant roles: alter role ... nocreaterole");
  if (reaches) {
    throw refusedLogin("is a member of a role that owns tables, bypasses row security or purges: revoke that role");
  }
}

function refusedLogin(problem: string) {
  return refused(`the role that DATABASE_URL logs in as ${problem}`);
}

function refused(message: string) {
  return fault("DEPENDENCY_DOWN", message);
}
