/** The dashboard of all sources, in a service that starts as `npm start` does it, beside the systems that it reads. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import * as assert from "uvu/assert";
import { parseConfig } from "../../src/config/config.ts";
import { createLog } from "../../src/log/log.ts";
import { createDemo } from "../../src/main/demo.ts";
import { type Service, startService } from "../../src/main/service.ts";
import { ensureWarehouse } from "../../src/store/embedded/warehouse.ts";
import { suite } from "../harness.ts";
import { classesOf, type Element, findAll, parseMarkup } from "../markup.ts";
import { createDataFolder } from "../process.ts";
import { onConnection } from "../store/database.ts";
import { createProxy, type Proxy as Way } from "../store/proxy.ts";

type Rendered = {
  readonly html: string;
  readonly partial: boolean;
  readonly panels: readonly { readonly id: string; readonly error: string }[];
};

const test = suite("the demo's dashboard of all sources");
const folder = createDataFolder();
const said: string[] = [];
let wildlife: Way;
let socket: string;
let service = await start();
test.after(async () => {
  await service.close();
  await folder.remove();
});

test("every panel has its data", async () => {
  const { partial, panels } = await render({});
  assert.equal(
    panels.filter(({ error }) => error !== ""),
    [],
  );
  assert.is(partial, false);
  assert.ok(panels.length >= 10);
});

test("a row that is joined across PostgreSQL, HTTP and gRPC is what the files themselves give", async () => {
  const { html } = await render({ period: "2001-03-01/2001-06-01", state: "TX" });
  const [shown] = rowsOf(html, "Where planes hit birds").filter(([airport]) => airport === "DFW");
  const [expected] = await askFiles(`
    with flights as (
      select count(*) as flights
      from '${dataFile("flights-3m.parquet")}'
      where origin = 'DFW' and date >= '2001-03-01' and date < '2001-06-01'
    ), strikes as (
      select count(*) as strikes
      from '${dataFile("birdstrikes.csv")}'
      where "Airport Name" = 'DALLAS/FORT WORTH INTL ARPT'
        and "Flight Date" >= '2001-03-01' and "Flight Date" < '2001-06-01'
    )
    select
      (select city from '${dataFile("airports.csv")}' where iata = 'DFW'),
      strikes::varchar, format('{:,}', flights), printf('%.1f', 100000 * strikes / flights)
    from flights, strikes`);
  assert.equal(shown, ["DFW", ...expected!]);
});

test("a state that is none gives a page without rows, and without errors", async () => {
  assert.is((await render({ state: "ZZ" })).partial, false);
});

test("the states that a reader may choose come from the web service", async () => {
  const page = await render({});
  const root = parseMarkup(page.html);
  assert.ok(findAll(root, ({ tag, attributes }) => tag === "option" && attributes.value === "TX").length > 0);
});

test("with one system gone the page is there, and its panels alone say so", async () => {
  await wildlife.shut();
  const { html, partial, panels } = await render({ state: "CA" });
  await wildlife.open();
  assert.is(partial, true);
  const failed = panels.flatMap(({ id, error }) => (error === "" ? [] : [`${id}: ${error}`]));
  assert.equal(failed, [
    "bird-strikes: source_unavailable",
    "bird-strike-rate: source_unavailable",
    "when-it-happens: source_unavailable",
    "by-day-or-by-night: source_unavailable",
    "where-planes-hit-birds: source_unavailable",
    "on-the-map: source_unavailable",
  ]);
  assert.is(html.split("This is out of reach just now").length - 1, failed.length);
});

test("the warehouse's reader reads its table, and nothing else", async () => {
  await onConnection(await readerUrl("demo_warehouse"), async ({ sql }) => {
    const [all] = await sql`select sum(flights)::int as flights from flights_by_day`;
    assert.is(all!.flights, 3_000_000);
    // So that what is refused is refused for want of a right.
    await sql`set default_transaction_read_only = off`;
    for (const attempt of [
      "delete from flights_by_day",
      "create table mine (a int)",
      "create temp table mine (a int)",
      "set role demo_owner",
      "set session authorization dash_app",
      "select pg_read_file('/etc/passwd')",
      "copy flights_by_day to program 'id'",
      "do $$ begin end $$",
      "select set_config('statement_timeout', '0', false)",
      "set temp_file_limit = -1",
      "select pg_advisory_lock(1)",
      "select pg_notify('a', 'b')",
      "select pg_sleep(1)",
      "select pg_terminate_backend(1)",
      "select query_to_xml('select 1', true, true, '')",
      "select lo_create(0)",
      "select * from pg_stat_activity",
      "select * from pg_settings",
      "select * from pg_authid",
    ]) {
      assert.is(await codeOf(sql.unsafe(attempt)), "42501", attempt);
    }
  });
});

test("the reader reaches no other database, the service's roles not the warehouse", async () => {
  for (const database of ["dashboards", "postgres", "template1"]) {
    assert.is(await codeOf(onConnection(await readerUrl(database), async () => {})), "42501", database);
  }
  const password = await readFile(join(folder.path, "postgres", "password"), "utf8");
  for (const role of ["dash_app", "dash_owner"]) {
    const refused = onConnection(urlOf(role, password, "demo_warehouse"), async () => {});
    assert.is(await codeOf(refused), "42501", role);
  }
});

test("the reader's password opens no other role, and only its owner can read it", async () => {
  const file = join(folder.path, "postgres", "demo-reader-password");
  const password = await readFile(file, "utf8");
  assert.is((await stat(file)).mode & 0o077, 0);
  for (const role of ["postgres", "dash_owner", "dash_app"]) {
    assert.is(await codeOf(onConnection(urlOf(role, password, "dashboards"), async () => {})), "28P01", role);
  }
});

test("a warehouse whose loading breaks off is whole the next time, or not there", async () => {
  const superuserUrl = urlOf("postgres", await readFile(join(folder.path, "postgres", "password"), "utf8"), "postgres");
  const names = { database: "other_warehouse", owner: "other_owner", reader: "other_reader", password: "other" };
  const other = { ...names, table: "things", shape: "a int", edition: "1" };
  const make = (rows: Iterable<string>) =>
    ensureWarehouse({ superuserUrl, socket }, other, async () => Readable.from(rows));
  const count = () =>
    onConnection(urlOf(names.reader, names.password, names.database), async ({ sql }) => {
      const [row] = await sql`select count(*)::int as count from things`;
      return row!.count;
    });
  await make(breakOff()).then(
    () => assert.unreachable(),
    ({ message }) => assert.is(message, "broke off"),
  );
  assert.is(await codeOf(count()), "42501");
  await make(["1\n", "2\n", "3\n"]);
  assert.is(await count(), 3);
  await make(breakOff());
  assert.is(await count(), 3);
});

test("a second start counts nothing again, and leads what was saved to where the systems are now", async () => {
  const password = await readFile(join(folder.path, "postgres", "password"), "utf8");
  // As a data folder of an earlier release has it.
  await onConnection(urlOf("postgres", password, "postgres"), ({ sql }) =>
    sql.unsafe("grant connect on database dashboards to public"),
  );
  await service.close();
  assert.is(said.filter((line) => line.includes("counting")).length, 1);
  service = await start();
  assert.is(said.filter((line) => line.includes("counting")).length, 1);
  const { partial } = await render({ state: "IL" });
  assert.is(partial, false);
  assert.is(await codeOf(onConnection(await readerUrl("dashboards"), async () => {})), "42501");
});

test.run();

/** Starts the service with its demo, but for a way to the gRPC service that can be cut. */
async function start(): Promise<Service> {
  const config = parseConfig({ PORT: "0", RATE_PER_SECOND: "1000", RATE_BURST: "1000" }, folder.path);
  const demo = createDemo(config, (line) => said.push(line));
  const started = await startService(config, { log: createLog("silent") }, async (tools) => {
    socket = tools.server!.socket;
    const { allowedHosts, close } = await demo.open(tools);
    const isWildlife = ({ host }: { host: string }) => host === "demo-wildlife";
    const { leadsTo } = allowedHosts.find(isWildlife)!;
    wildlife = await createProxy(`tcp://127.0.0.1:${(leadsTo as { port: number }).port}`);
    const port = Number(new URL(wildlife.url).port);
    const detour = { host: "127.0.0.1", port };
    return {
      allowedHosts: allowedHosts.map((each) => (isWildlife(each) ? { ...each, leadsTo: detour } : each)),
      close: async () => {
        await wildlife.close();
        await close();
      },
    };
  });
  await demo.seed(started);
  return started;
}

async function render(filters: Record<string, string>): Promise<Rendered> {
  const scopes = ["dashboards:render"];
  const token = await service.issuer!.mint({ tenant: "demo", subject: "tester", scopes, expiresInS: 600 });
  const answer = await fetch(`${service.url}/api/v1/data-consumption/dashboards/render`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ dashboard_id: "sources", filters }),
  });
  assert.is(answer.status, 200);
  return (await answer.json()) as Rendered;
}

/** Returns the texts of a table's cells, of the panel with that title. */
function rowsOf(html: string, title: string): string[][] {
  const table = findAll(
    parseMarkup(html),
    (element) => classesOf(element).includes("dj-rows") && element.attributes["aria-label"] === title,
  );
  const rows = table.flatMap((each) => findAll(each, ({ tag }) => tag === "tbody")).flatMap(({ children }) => children);
  return rows.flatMap((row) => (typeof row === "string" ? [] : [row.children.map(textOf)]));
}

function textOf(node: Element | string): string {
  return typeof node === "string" ? node : node.children.map(textOf).join("");
}

function* breakOff(): Generator<string> {
  yield "1\n";
  throw new Error("broke off");
}

async function askFiles(sql: string): Promise<string[][]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const answer = await connection.runAndReadAll(sql);
  connection.closeSync();
  return answer.getRowsJson() as string[][];
}

function dataFile(name: string): string {
  return fileURLToPath(new URL(`../data/${name}`, import.meta.resolve("vega-datasets")));
}

async function readerUrl(database: string): Promise<string> {
  return urlOf("demo_reader", await readFile(join(folder.path, "postgres", "demo-reader-password"), "utf8"), database);
}

function urlOf(role: string, password: string, database: string): string {
  return `postgres://${role}:${password}@${encodeURIComponent(join(socket, ".."))}:5432/${database}`;
}

async function codeOf(attempt: Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    const { code, cause } = error as { code: unknown; cause?: { code: string } };
    return cause?.code ?? String(code);
  }
}
