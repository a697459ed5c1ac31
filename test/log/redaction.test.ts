import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { parseConfig } from "../../src/config/config.ts";
import { startHangUp, startWebService } from "../contract/upstreams.ts";
import { suite } from "../harness.ts";
import { createDataFolder, type RunningService } from "../process.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";

/** The service as it is run, at its most talkative, through what succeeds and what fails: nothing secret is written. */
const test = suite("log: nothing secret is written");

const folder = createDataFolder();
const database = await createTestDatabase();
const canaries = new Map<string, string>();
const web = await startWebService((_, response) => {
  response.writeHead(500).end(JSON.stringify({ error: canary("a source's answer") }));
});
const hangUp = await startHangUp();
test.after(async () => {
  await web.close();
  await hangUp.close();
  await folder.remove();
});

/** Returns a text that must not be written, the same for the same name. */
function canary(what: string): string {
  const text = canaries.get(what) ?? `cnry${randomBytes(9).toString("hex")}`;
  canaries.set(what, text);
  return text;
}

/** Remembers what was made elsewhere and must not be written either. */
function secret(what: string, text: string): string {
  canaries.set(what, text);
  return text;
}

const scopes = ["dashboards:render", "dashboards:publish", "dashboards:share", "connections:write"];
const api = "/api/v1/data-consumption/dashboards";
const table = (datasource: string) => ({ title: canary("a title"), datasource, table: {} });
const requestId = `kept-${randomBytes(6).toString("hex")}`;

let service: RunningService;
let headers: Record<string, string>;
const statuses: number[] = [];

async function send(method: string, path: string, body?: JsonObject | string, more: Record<string, string> = {}) {
  const answer = await fetch(`${service.url}${path}`, {
    method,
    headers: { ...headers, ...more },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  statuses.push(answer.status);
  return { status: answer.status, text: await answer.text() };
}

test.before(async () => {
  secret("a password of the database", new URL(database.url).password);
  service = await folder.start({
    LOG_LEVEL: "debug",
    DATABASE_URL: database.url,
    DATABASE_MIGRATE_URL: database.ownerUrl,
    REDIS_URL: `redis://user:${canary("a password of Redis")}@127.0.0.1:${hangUp.port}/0`,
    ALLOWED_HOSTS: `127.0.0.1:${web.port},127.0.0.1:${hangUp.port}`,
  });
  const token = secret("a bearer token", await folder.token({ scopes }));
  secret("the signature of a bearer token", token.split(".")[2]!);
  headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    cookie: `session=${canary("a cookie")}`,
    "x-api-key": canary("a header"),
    "user-agent": canary("a user agent"),
    referer: `https://host.test/?${canary("a referrer")}`,
  };
});

test("what succeeds", async () => {
  const connection = { http: { url: `http://127.0.0.1:${web.port}/${canary("a path of a connection")}` } };
  const named = { bearer_token: canary("a connection's token"), headers: { "x-key": canary("a connection's header") } };
  assert.is((await send("POST", `${api}/connections`, { name: "web", ...connection, secret: named })).status, 200);
  const postgres = { host: "127.0.0.1", port: hangUp.port, database: "d", user: canary("a user"), tls: "off" };
  const password = { password: canary("a connection's password") };
  assert.is((await send("POST", `${api}/connections`, { name: "pg", postgres, secret: password })).status, 200);
  mkdirSync(join(folder.path, "files", "acme"), { recursive: true });
  writeFileSync(join(folder.path, "files", "acme", "t.csv"), `plan,n\n${canary("a row")},1\n`);
  const sql = `select plan, n from t where plan <> '${canary("SQL that works")}' [[and plan = :plan]]`;
  const saved = await send("POST", `${api}/definitions`, {
    dashboard_id: "ops",
    filters: [{ name: "plan", type: "string" }],
    layout: { title: canary("a title"), panels: [table("files")] },
    datasources: [{ id: "files", duckdb: { files: [{ path: "t.csv" }], query: sql } }],
  });
  assert.is(saved.status, 200, saved.text);
  const filters = { plan: canary("a filter's value") };
  const rendered = await send("POST", `${api}/render`, { dashboard_id: "ops", filters }, { "x-request-id": requestId });
  assert.is(rendered.status, 200, rendered.text);
  const share = { dashboard_id: "ops", expires_in_s: 600, viewer_filters: ["plan"] };
  const { pathname } = new URL(`${(JSON.parse((await send("POST", `${api}/share`, share)).text) as JsonObject).url}`);
  secret("the token of a link", pathname.slice(3));
  const opened = await send("GET", `${pathname}?plan=${canary("a query of a link")}`);
  assert.is(opened.status, 200);
  assert.is((await send("GET", `${api}/definitions?prefix=${canary("a query")}`)).status, 200);
});

test("what callers do wrong", async () => {
  await send("POST", `${api}/render`, `{"dashboard_id": "${canary("broken JSON")}`);
  await send("POST", `${api}/render`, { dashboard_id: "ops", [canary("an unknown field")]: 1 });
  await send("POST", `${api}/render`, { dashboard_id: "ops", filters: { [canary("an unknown filter")]: 1 } });
  await send("POST", `${api}/render`, { dashboard_id: canary("an unknown id") });
  await send("GET", `/${canary("an unknown path")}?${canary("its query")}`);
  await send("GET", `/s/${canary("a token of no link")}`);
  const { authorization: _, ...anonymous } = headers;
  await send("POST", `${api}/render`, {}, { authorization: `Bearer ${canary("a bad token")}` });
  await send("POST", `${api}/render`, {}, { authorization: `Basic ${btoa(canary("a user and a password"))}` });
  const [head, body] = canaries.get("a bearer token")!.split(".");
  const forged = `Bearer ${head}.${body}.${canary("a forged signature")}`;
  await fetch(`${service.url}${api}/definitions`, { headers: { ...anonymous, authorization: forged } });
  await send("POST", `${api}/share`, { dashboard_id: "ops" }, { "x-request-id": `"${canary("a bad request id")}"` });
  const client = createClient(DashboardsService, createGrpcTransport({ baseUrl: service.url }));
  const metadata = { headers: { authorization: forged, cookie: headers.cookie! } };
  await client.render({ dashboardId: canary("an id by gRPC") }, metadata).catch(() => {});
  await client
    .render({ dashboardId: canary("an unknown id by gRPC") }, { headers: { authorization: headers.authorization! } })
    .catch(() => {});
  assert.equal(
    [400, 401, 404].filter((status) => !statuses.includes(status)),
    [],
  );
});

test("what sources do wrong", async () => {
  const query = (what: string) => `select ${canary(what)} from "${canary("a table")}" where x = :plan`;
  const datasources = [
    { id: "broken", duckdb: { files: [{ path: "t.csv" }], query: query("SQL that fails") } },
    { id: "web", http: { connection: "web", path: "/x", query: { q: ":plan" } } },
    { id: "pg", sql: { connection: "pg", query: query("SQL that is not sent") } },
    { id: "gone", duckdb: { files: [{ path: `${canary("a file")}.csv` }], query: "select 1" } },
  ];
  const panels = datasources.map(({ id }) => table(id));
  const saved = await send("POST", `${api}/definitions`, { dashboard_id: "bad", layout: { panels }, datasources });
  assert.is(saved.status, 200, saved.text);
  const filters = { plan: canary("a value for a source that fails") };
  assert.is((await send("POST", `${api}/render`, { dashboard_id: "bad", filters })).status, 503);
  for (const name of ["web", "pg"]) await send("POST", `${api}/connections/${name}:test`, {});
});

test("what the database does wrong", async () => {
  const save = (what: string) =>
    send("POST", `${api}/definitions`, {
      dashboard_id: "ops",
      layout: { title: canary(what), panels: [] },
      datasources: [],
    });
  const asSuperuser = (statement: string, url = database.superuserUrl) =>
    onConnection(url, ({ sql }) => sql.unsafe(statement).then(() => {}));
  // The driver's message quotes the statement, and the server's the row.
  await asSuperuser("alter table versions add constraint refuses check (content = '') not valid");
  assert.is((await save("a title that breaks a constraint")).status, 500);
  await asSuperuser("alter table versions drop constraint refuses");
  await asSuperuser("alter table shares rename to shares_gone");
  assert.is((await send("GET", `${api}/shares`)).status, 500);
  await asSuperuser("alter table shares_gone rename to shares");
  const elsewhere = database.superuserUrl.replace(/[^/]*$/, "postgres");
  const name = new URL(database.url).pathname.slice(1);
  await asSuperuser(`alter database ${name} allow_connections false`, elsewhere);
  await asSuperuser(
    `select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '${name}'`,
    elsewhere,
  );
  assert.is((await save("a title while the database is away")).status, 503);
  // What was known of the link serves for a second.
  await sleep(1_100);
  const link = await send("GET", `/s/${canaries.get("the token of a link")}`);
  assert.is(link.status, 503, link.text.slice(0, 2_000));
});

test("nothing of it is in the output, whose lines are there", async () => {
  service.signal("SIGTERM");
  await service.ended;
  const output = service.output();
  for (const [what, text] of canaries) {
    const at = output.indexOf(text);
    assert.is(at, -1, `${what}: ${output.slice(Math.max(0, at - 200), at + 100)}`);
    assert.not.ok(output.includes(Buffer.from(text).toString("base64url").slice(2, -4)), `${what}, encoded`);
  }
  assert.ok(canaries.size > 35);
  assert.ok(output.includes(requestId), "request ids are in the log, so that the search would have found the rest");
  const messages = new Set(output.split("\n").flatMap((line) => /"msg":"([^"]*)"/.exec(line)?.[1] ?? []));
  const expected = ["request", "call refused", "call failed", "link failed", "a source gave no rows"];
  assert.equal(
    expected.filter((message) => !messages.has(message)),
    [],
  );
});

test("a start that fails says nothing of the passwords that it was given", async () => {
  const password = canary("a password of a database that is not there");
  const refused = folder.launch({
    LOG_LEVEL: "debug",
    DATABASE_URL: `postgres://service:${password}@127.0.0.1:1/none`,
    REDIS_URL: `redis://:${password}@127.0.0.1:1`,
  });
  assert.is(await refused.ended, 1);
  assert.match(refused.output(), "the database is not available");
  assert.not.ok(refused.output().includes(password));
  const misspelt = { DATABASE_URL: `postgre://service:${password}@db/x`, REDIS_URL: `http://:${password}@x` };
  assert.throws(
    () => parseConfig(misspelt, folder.path),
    ({ message }: Error) =>
      ["DATABASE_URL", "REDIS_URL"].every((name) => message.includes(name)) && !message.includes(password),
  );
});

test.run();
