import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";
import { codesOf, parseSections, plain, readDocument, type Table } from "./markdown.ts";

/** docs/data-model.md against a migrated database, and against what the calls make of a dashboard. */
const test = suite("docs/data-model.md");

const database = await createTestDatabase();
const service = await startTestService();
test.after(service.close);

const document = readDocument("docs/data-model.md");
const sections = parseSections(document);

/** Asks the database's own catalogue. */
function ask(query: string): Promise<Record<string, string>[]> {
  return onConnection(database.superuserUrl, async ({ sql }) => [
    ...(await sql.unsafe<Record<string, string>[]>(query)),
  ]);
}

test("each table has its columns, with their types, and there is no other table", async () => {
  const columns = await ask(`
    select table_name, column_name, case data_type when 'ARRAY' then substr(udt_name, 2) || '[]' else data_type end as type,
      case is_nullable when 'YES' then 'yes' else 'no' end as nullable
    from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position`);
  const found = Map.groupBy(columns, (column) => column.table_name!);
  const documented = sections.filter(({ tables }) => tables[0]?.head.join() === "column,type,null,what");
  assert.equal(documented.map(({ title }) => title).sort(), [...found.keys()].sort());
  for (const { title, tables } of documented) {
    assert.equal(
      tables[0]!.rows.map(([name, type, nullable]) => [plain(name!), type, nullable]),
      found.get(title)!.map(({ column_name, type, nullable }) => [column_name, type, nullable]),
      title,
    );
  }
});

test("keys and indexes are those that are there", async () => {
  const keys = await ask(`
    select conrelid::regclass::text as table, string_agg(attname, ',' order by array_position(conkey, attnum)) as columns
    from pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey)
    where contype = 'p' and connamespace = 'public'::regnamespace group by conrelid`);
  const { rows } = tableOf("Keys and indexes", 0);
  assert.equal(
    rows.map(([table, columns]) => [plain(table!), codesOf(columns!).join()]).sort(),
    keys.map(({ table, columns }) => [table, columns]).sort(),
  );
  const indexes = await ask(`select indexname from pg_indexes where schemaname = 'public' and indexname not like '%_pk'
    and indexname not like '%_pkey'`);
  assert.equal(
    rows.flatMap(([, , names]) => codesOf(names!.replace(/:[^;]*$/, ""))).sort(),
    indexes.map(({ indexname }) => indexname).sort(),
  );
});

test("the grants are those that were made", async () => {
  const grants = await ask(`
    select table_name as table, privilege_type as may from information_schema.role_table_grants
    where grantee = 'dash_app' and table_schema = 'public' order by 1, 2`);
  const { rows } = tableOf("Roles and row-level security", 1);
  const documented = rows.flatMap(([table, may]) =>
    may!
      .split(";")[0]!
      .split(", ")
      .map((each) => [plain(table!), each]),
  );
  assert.equal(documented.sort(), grants.map(({ table, may }) => [table, may]).sort());
  const columns = await ask(`
    select column_name from information_schema.column_privileges
    where grantee = 'dash_app' and table_name = 'shares' and privilege_type = 'UPDATE'`);
  const [, only] = rows.find(([table]) => plain(table!) === "shares")![1]!.split(";");
  assert.equal([...codesOf(only!)].sort(), columns.map(({ column_name }) => column_name).sort());
});

test("every function is named, and every trigger", async () => {
  const functions = await ask("select distinct proname from pg_proc where pronamespace = 'public'::regnamespace");
  assert.equal(
    tableOf("Functions", 0)
      .rows.flatMap(([names]) => codesOf(names!))
      .sort(),
    functions.map(({ proname }) => proname).sort(),
  );
  const triggers = await ask("select distinct tgname from pg_trigger where not tgisinternal");
  const named = tableOf("Immutability, in short", 0).rows.flatMap(([, by]) => codesOf(by!));
  assert.equal([...named].sort(), triggers.map(({ tgname }) => tgname).sort());
});

const calls: Record<string, (id: string) => Promise<Response>> = {
  save: (id) => service.post("/definitions", content(id, {})),
  "save with draft": (id) => service.post("/definitions", content(id, { draft: true })),
  publish: (id) => service.post(`/definitions/${id}:publish`, {}),
  restore: (id) => service.post(`/definitions/${id}:restore`, {}),
  archive: (id) => send("DELETE", `/definitions/${id}`),
};

/** How a dashboard gets into each state. */
const ways: Record<string, readonly string[]> = {
  nothing: [],
  draft: ["save with draft"],
  active: ["save"],
  "active + draft": ["save", "save with draft"],
  archived: ["save", "archive"],
  "archived + draft": ["save", "save with draft", "archive"],
  "archived draft": ["save with draft", "archive"],
};

const transitions = tableOf("Drafts, versions, statuses", 0);

test("the table of states names each state", () => {
  assert.equal(transitions.rows.map(([from]) => from!).sort(), Object.keys(ways).sort());
});

for (const [row, [from, ...states]] of transitions.rows.entries()) {
  test(`what each call makes of: ${from}`, async () => {
    for (const [column, expected] of states.entries()) {
      const call = plain(transitions.head[column + 1]!);
      const id = `s${row}-${column}`;
      for (const step of ways[from!]!) assert.is((await calls[step]!(id)).status, 200, `${id}: ${step}`);
      assert.is(await stateOf(id), from);
      const { status } = await calls[call]!(id);
      assert.is(status, expected === "-" ? 404 : 200, `${from}: ${call}`);
      assert.is(await stateOf(id), expected === "-" ? from : expected, `${from}: ${call}`);
    }
  });
}

test.run();

function tableOf(title: string, at: number): Table {
  return sections.find((section) => section.title === title)!.tables[at]!;
}

let saves = 0;

/** Another content each time, so that each save has something to save. */
function content(dashboardId: string, more: JsonObject): JsonObject {
  saves += 1;
  return { dashboard_id: dashboardId, layout: { title: `Title ${saves}` }, ...more };
}

async function send(method: string, path: string): Promise<Response> {
  return fetch(`${service.api}${path}`, { method, headers: { authorization: `Bearer ${await service.token({})}` } });
}

async function stateOf(id: string): Promise<string> {
  for (const status of ["active", "draft", "archived"]) {
    const answer = (await (await send("GET", `/definitions?prefix=${id}&status=${status}`)).json()) as JsonObject;
    const [found] = answer.definitions as JsonObject[];
    if (found === undefined) continue;
    assert.is(found.status, status);
    if (status === "archived" && found.version === 0) return "archived draft";
    return found.revision !== 0 && status !== "draft" ? `${status} + draft` : status;
  }
  return "nothing";
}
