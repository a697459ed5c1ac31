import { createHash } from "node:crypto";
import { onConnection } from "../../store/database.ts";

/** How to log in to one of a tenant's databases, which stand beside the service's own on the same server. */
export type Login = { readonly database: string; readonly user: string; readonly password: string };

/** A tenant's databases, with the same rows. */
export type Warehouse = {
  /** As an operator should: the role may read, is bounded, and may not call what tells of others or lasts. */
  readonly careful: Login;
  /** As many do: the role owns everything in its database, so that nothing but the service holds it back. */
  readonly careless: Login;
  /** A digest of all that a query could have changed. */
  state(): Promise<string>;
  /** Bytes of the databases and of what queries have spilled. */
  diskBytes(): Promise<number>;
};

/** The setting that row-level security reads, and the table under it. */
export const rowSecurity = { setting: "app.tenant", table: "secured_sales" } as const;

const logins = {
  careful: { database: "attack_warehouse", user: "attack_reader", password: "CANARY_SECRET_of_the_reader" },
  careless: { database: "attack_careless", user: "attack_owner", password: "CANARY_SECRET_of_the_owner" },
} as const satisfies Record<string, Login>;

/** Makes the databases and their roles. */
export async function makeWarehouse(superuserUrl: string): Promise<Warehouse> {
  const urlOf = ({ database }: Login) => superuserUrl.replace(/\/[^/]*$/, `/${database}`);
  const { careful, careless } = logins;
  await onConnection(superuserUrl, async ({ sql }) => {
    for (const { user, password, database } of [careful, careless]) {
      await sql.unsafe(`create role ${user} login password '${password}'`);
      await sql.unsafe(`alter role ${user} set ${rowSecurity.setting} = 'A'`);
      await sql.unsafe(`create database ${database}`);
      await sql.unsafe(`revoke all on database ${database} from public`);
      await sql.unsafe(`grant connect on database ${database} to ${user}`);
    }
    await sql.unsafe(`alter role ${careful.user} set temp_file_limit = '64MB'`);
    await sql.unsafe(`alter database ${careless.database} owner to ${careless.user}`);
  });
  await onConnection(urlOf(careful), ({ sql }) => sql.unsafe(tables + grants(careful.user) + revocations));
  await onConnection(urlOf(careless), ({ sql }) => sql.unsafe(tables + ownership(careless.user)));
  const digest = (login: Login) =>
    onConnection(urlOf(login), async ({ sql }) => {
      const parts = [
        await sql`select * from sales order by id`,
        await sql`select * from sentinel`,
        await sql`select * from secured_sales order by 1, 2`,
        await sql`select last_value, is_called from sales_id_seq`,
        await sql`select relname, relkind from pg_class where relnamespace = 'public'::regnamespace order by 1`,
        await sql`select proname from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
        await sql`select extname from pg_extension order by 1`,
        await sql`select rolname, rolsuper, rolconfig from pg_roles order by 1`,
      ];
      return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
    });
  return {
    careful,
    careless,
    state: async () => `${await digest(careful)} ${await digest(careless)}`,
    diskBytes: () =>
      onConnection(superuserUrl, async ({ sql }) => {
        const [row] = await sql<{ bytes: string }[]>`
          select pg_database_size(${careful.database}) + pg_database_size(${careless.database})
            + coalesce((select sum(size) from pg_ls_tmpdir()), 0) as bytes`;
        return Number(row!.bytes);
      }),
  };
}

const tables = `
  create table sales (id serial primary key, region text, label text, amount numeric, day date, tag text);
  insert into sales (region, label, amount, day, tag) values
    ('EU', 'row-EU-1', 10, '2026-01-01', 'a'), ('EU', 'row-EU-2', 20, '2026-01-02', 'b'),
    ('US', 'row-US-1', 30, '2026-01-01', 'a'), ('IN', 'row-IN-1', 40, '2026-01-02', 'b');
  create table sentinel as select 'untouched' as word;
  create table ${rowSecurity.table} (tenant text, label text);
  insert into ${rowSecurity.table} values ('A', 'row-RL-1'), ('B', 'CANARY_B');
  alter table ${rowSecurity.table} enable row level security;
  create policy own on ${rowSecurity.table} using (tenant = current_setting('${rowSecurity.setting}'));
`;

const grants = (user: string) => `grant select on sales, ${rowSecurity.table} to ${user};`;

const ownership = (user: string) => `
  alter table sales owner to ${user};
  alter table sentinel owner to ${user};
  alter table ${rowSecurity.table} owner to ${user};
`;

const functions = [
  ...["set_config", "pg_notify", "pg_sleep", "pg_sleep_for", "pg_sleep_until", "pg_terminate_backend"],
  ...["pg_cancel_backend", "nextval", "setval", "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema"],
  ...["table_to_xml", "cursor_to_xml", "database_to_xml", "schema_to_xml", "ts_stat", "lo_create", "lo_creat"],
  ...["lo_open", "lo_unlink", "lo_put", "lo_from_bytea", "pg_export_snapshot"],
];

const revocations = `
  revoke all on pg_stat_activity, pg_settings, pg_user, pg_roles from public;
  do $$
  declare each regprocedure;
  begin
    for each in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace
      and (proname in (${functions.map((name) => `'${name}'`).join(", ")}) or proname like 'pg_%advisory%')
    loop execute format('revoke execute on function %s from public', each); end loop;
  end $$;
`;
