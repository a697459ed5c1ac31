import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import type { Frame } from "../../src/frame/frame.ts";
import { SourceError } from "../../src/source/source-error.ts";
import type { SqlQuestion } from "../../src/source/sql-question.ts";
import { suite } from "../harness.ts";
import { boundsOfMs, connectTo, createWarehouse, inShort } from "./postgres-fixture.ts";

const test = suite("PostgreSQL source under attack");

const folder = await mkdtemp(join(tmpdir(), "dash-pg-attack-"));
const warehouse = await createWarehouse();
const connector = connectTo(warehouse.address);
const connection = warehouse.connection();

// What a careless owner grants: a function that deletes for whoever calls it.
await warehouse.run(`
  create function wipe() returns int language plpgsql security definer as $$
    begin delete from sales; return 1; end $$;
  grant usage on sequence sales_id_seq to ${warehouse.user};
  grant execute on function wipe() to ${warehouse.user}`);

test.after(async () => {
  await connector.close();
  await warehouse.close();
  await rm(folder, { recursive: true });
});

const variables: Readonly<Record<string, string>> = {
  TMP: folder,
  TENANT_GUC: "app.tenant_id",
  RLS_TABLE: "secrets",
  COLS_1600: Array.from({ length: 1600 }, (_, at) => `1 as c${at + 1}`).join(", "),
};

type Part = string | { readonly repeat: string; readonly n: number };
type Case = { readonly id: string; readonly steps: readonly { readonly inject?: { readonly SQL: Part | Part[] } }[] };

const corpus = JSON.parse(readFileSync(join(import.meta.dirname, "../attack/cases/12-ds-postgres.json"), "utf8"));
const listed = (corpus.cases as Case[]).flatMap(({ id, steps }) =>
  steps.flatMap(({ inject }) => (inject === undefined ? [] : [[id, toSql(inject.SQL)] as const])),
);

/** What is refused when it is saved, but must be held here as well; and what is no query at all. */
const own = [
  "select wipe()",
  "select 1) as q, (select wipe()",
  "select 1) as q; commit; select wipe() from (select 1",
  "select 1) as q; commit; delete from sales; select * from (select 1",
  "select set_config('transaction_read_only', 'off', false), wipe()",
  "select set_config('transaction_read_only', 'off', true) from (select wipe()) as w",
  "select set_config('default_transaction_read_only', 'off', false)",
  "select set_config('role', 'postgres', false), wipe()",
  "select set_config('session_authorization', 'postgres', false)",
  "select set_config('search_path', 'pg_temp', false), set_config('TimeZone', 'Asia/Tokyo', false)",
  "select pg_advisory_lock(1), pg_advisory_lock_shared(2), pg_try_advisory_lock(3)",
  "select pg_terminate_backend(pg_backend_pid())",
  "select pg_terminate_backend(pid), pg_cancel_backend(pid) from pg_stat_activity",
  "select lo_create(0), lo_import('/etc/passwd')",
  "select pg_export_snapshot()",
  "select currval('sales_id_seq')",
  "select setval('sales_id_seq', 1)",
  "select 1 \0; delete from sales",
  "select 1; select 2",
  ...["commit", "rollback", "commit and chain", "begin", "abort", "savepoint s", "set role postgres", "reset all"],
  ...["listen x", "lock table sales", "declare c cursor with hold for select 1", "fetch c", "vacuum", "discard all"],
  ...["copy sales to stdout", "copy sales from stdin", "call nothing()", "deallocate all", "execute p", "checkpoint"],
  ...["show all", "explain select 1", "set transaction read write", "load 'x'", "", ")", "--", "/*", "$$", "'"],
].map((sql, at) => [`own-${at}`, sql] as const);

test("the corpus is there", () => {
  assert.ok(listed.length >= 40);
});

test("no payload changes anything, is in the next one's way, outlives its time or says what it should not", async () => {
  const before = await state();
  const clean = await sessionState();
  for (const [id, sql] of [...listed, ...own]) {
    const startMs = performance.now();
    const outcome = await connector.read(connection, asItIs(sql), boundsOfMs(400)).catch((error: unknown) => error);
    assert.ok(performance.now() - startMs < 2000, `${id} took too long`);
    assert.ok(outcome instanceof SourceError || !(outcome instanceof Error), `${id} failed with ${outcome}`);
    const told = outcome instanceof SourceError ? outcome.message : cellsOf(outcome as Frame);
    assert.not.match(told, /canary-of-the-warehouse|root:|726f6f743a|SCRAM-SHA-256/, `${id} tells a secret`);
    if (outcome instanceof SourceError) assert.not.match(outcome.message, /sales|secrets|\/|"/, `${id} is quoted`);
    assert.equal(await sessionState(), clean, `${id} left its session unclean`);
  }
  assert.equal(await state(), before);
  assert.equal(await readdir(folder), []);
});

test("what a payload holds open is let go with it", async () => {
  const frame = await connector.read(
    connection,
    asItIs("select pg_advisory_lock(7), pg_backend_pid() as pid"),
    boundsOfMs(400),
  );
  const pid = frame.columns[1]!.values[0];
  await sessionState();
  assert.equal([...(await warehouse.run(`select * from pg_locks where locktype = 'advisory' and pid = ${pid}`))], []);
});

/** The text as the server gets it, without what refuses much of it beforehand. */
function asItIs(sql: string): SqlQuestion {
  const clauses = [{ optional: false, pieces: [sql], names: [] }];
  return { template: { clauses, placeholders: [], lines: new Map() }, binding: {} };
}

function toSql(parts: Part | Part[]): string {
  const text = [parts].flat().map((part) => (typeof part === "string" ? part : part.repeat.repeat(part.n)));
  return text.join("").replace(/\$\{(\w+)\}/g, (_, name: string) => variables[name]!);
}

function cellsOf({ columns }: Frame): string {
  return columns.flatMap(({ values }) => [...values]).join(" ");
}

/** What the next query of the connection finds. */
async function sessionState() {
  const question = asItIs(`
    select current_user::text, session_user::text, current_setting('search_path') as path,
      current_setting('statement_timeout') as timeout, current_setting('TimeZone') as zone,
      current_setting('transaction_read_only') as read_only, current_setting('default_transaction_read_only') as standard,
      (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks,
      (select count(*) from pg_prepared_statements) as prepared, (select count(*) from pg_cursors) as cursors,
      (select count(*) from pg_listening_channels()) as channels, pg_my_temp_schema()::text as temp,
      (select count(*) from sales) as sales`);
  return inShort(await connector.read(connection, question, boundsOfMs(1000)));
}

/** What is in the database. */
async function state() {
  return warehouse.run(`
    select (select sum(amount) from sales) as amount, (select count(*) from sales) as sales,
      (select last_value from sales_id_seq) as next,
      (select string_agg(relname, ' ' order by relname) from pg_class where relnamespace = 'public'::regnamespace) as tables,
      (select count(*) from pg_class where relpersistence = 't') as temporary, (select count(*) from pg_proc) as functions,
      (select string_agg(extname, ' ' order by extname) from pg_extension) as extensions,
      (select count(*) from pg_largeobject_metadata) as large_objects, (select count(*) from pg_prepared_xacts) as prepared`);
}

test.run();
