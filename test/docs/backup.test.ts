import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { createDataFolder, type RunningService } from "../process.ts";
import { type BarePostgres, startBarePostgres } from "../store/bare-postgres.ts";
import { onConnection } from "../store/database.ts";
import { findPostgresPrograms } from "../store/postgres-programs.ts";
import { parseSections, readDocument } from "./markdown.ts";

/** A backup and a restore by what docs/runbook.md says, as it stands there but for the server's address. */
const test = suite("the backup of docs/runbook.md");
const name =
  "a restored service has all that the one had that was backed up: versions, drafts, links, secrets, request ids, log";
const programs = findPostgresPrograms();

if ("reason" in programs) test.skip(name, programs.reason);
else test(name, () => drill(programs.folder));

test.run();

async function drill(bin: string): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const work = mkdtempSync(join(tmpdir(), "dash-backup-"));
  opened.defer(() => rmSync(work, { recursive: true, force: true }));
  // The keys stay where they are, as in a backup of the files beside the dump.
  const keys = createDataFolder();
  opened.defer(keys.remove);
  const warehouse = createServer((request, response) => {
    const isKnown = request.headers.authorization === `Bearer ${secret}`;
    response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" }).end("[]");
  });
  warehouse.listen(0, "127.0.0.1");
  await once(warehouse, "listening");
  opened.defer(() => void warehouse.close());
  const host = `127.0.0.1:${(warehouse.address() as AddressInfo).port}`;
  const start = ({ urlOf }: BarePostgres) =>
    keys.start({
      DATABASE_URL: urlOf("dashboards_service", "change-me-2", "dashboards"),
      DATABASE_MIGRATE_URL: urlOf("dashboards_owner", "change-me-1", "dashboards"),
      PUBLIC_URL: "https://links.test",
      ALLOWED_HOSTS: host,
    });
  const stop = async (service: RunningService) => {
    service.signal("SIGTERM");
    assert.is(await service.ended, 0);
  };
  const [one, other] = await Promise.all([startBarePostgres(bin), startBarePostgres(bin)]);
  opened.defer(async () => void (await Promise.all([one.close(), other.close()])));
  for (const each of [one, other]) await runSql(each, "The first start", "postgres");

  const before = await start(one);
  const token = `Bearer ${await keys.token({ scopes })}`;
  await fill(before, token, host);
  const there = await observe(before, token);
  await runSql(one, "Backup", "dashboards");
  // While it serves, as backups are made.
  await runShell(bin, work, one, "Backup");
  await stop(before);
  const rows = await countRows(one);

  await runShell(bin, work, other, "Restore");
  const after = await start(other);
  assert.equal(await countRows(other), rows);
  assert.equal(await observe(after, token), there);
  await stop(after);
}

const scopes = ["dashboards:render", "dashboards:publish", "dashboards:share", "connections:write"];
const secret = "not-in-any-dump-in-the-clear";

/** Everything that is kept is there at least once. */
async function fill({ post }: RunningService, authorization: string, host: string): Promise<void> {
  const call = async (path: string, body: JsonObject) => {
    const answer = await post(path, body, { authorization });
    assert.is(answer.status, 200, await answer.clone().text());
  };
  await call("/connections", { name: "warehouse", http: { url: `http://${host}` }, secret: { bearer_token: secret } });
  for (const title of ["First", "Second"]) await call("/definitions", definition("ops", title));
  await call("/definitions", { ...definition("ops", "Third"), draft: true });
  await call("/definitions", definition("gone", "Archived"));
  await call("/definitions/gone:restore", { version: 1 });
}

const definition = (id: string, title: string): JsonObject => ({
  dashboard_id: id,
  layout: { title, panels: [{ text: { markdown: `It is the ${title}` } }] },
  datasources: [],
});

/** What callers, viewers and connections find. Calls with a request id have their effect at the first time only. */
async function observe({ url, post, get }: RunningService, authorization: string): Promise<readonly string[]> {
  const once = async (path: string, body: JsonObject, key: string) =>
    (await post(path, body, { authorization, "x-request-id": key })).text();
  const saved = await once("/definitions", definition("ops", "Fourth"), "saved");
  const shared = await once("/share", { dashboard_id: "ops", expires_in_s: 3_600 }, "shared");
  const page = await fetch(`${url}${new URL(JSON.parse(shared).url).pathname}`);
  const tested = (await (await post("/connections/warehouse:test", {}, { authorization })).json()) as { ok: boolean };
  assert.equal([page.status, tested.ok], [200, true], JSON.stringify(tested));
  const paths = [
    "/definitions",
    "/definitions/ops?version=1",
    "/definitions/ops?draft=true",
    "/definitions/ops/versions",
  ];
  const read = await Promise.all([...paths, "/shares"].map(async (path) => (await get(path)).text()));
  const connections = await fetch(`${url}/api/v1/data-consumption/dashboards/connections`, {
    headers: { authorization },
  });
  // How often a link was opened is written down a second later.
  read.push(read.pop()!.replace(/,"opens":\d+|,"last_opened_at":"[^"]+"/g, ""));
  return [saved, shared, /<title>.*?<\/title>/.exec(await page.text())![0], ...read, await connections.text()];
}

/** How many rows each table has, in all partitions, for who sees them all. */
function countRows({ superuserUrl }: BarePostgres): Promise<readonly string[]> {
  return onConnection(superuserUrl("dashboards"), async ({ sql }) => {
    const tables = await sql<{ name: string }[]>`
      select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname in ('public', 'drizzle') order by 1`;
    const counts = [];
    for (const { name: table } of tables) {
      const [row] = await sql.unsafe(`select count(*)::int as n from ${table}`);
      counts.push(`${table} ${row!.n}`);
    }
    return counts;
  });
}

function blockOf(title: string, language: string): string {
  const sections = parseSections(readDocument("docs/runbook.md"));
  return sections.find((section) => section.title === title)!.blocks.find((block) => block.language === language)!.text;
}

function runSql({ superuserUrl }: BarePostgres, title: string, database: string): Promise<void> {
  return onConnection(superuserUrl(database), async ({ sql }) => {
    for (const statement of blockOf(title, "sql").split(";")) if (statement.trim() !== "") await sql.unsafe(statement);
  });
}

/** Runs the document's command, at this server and with its passwords. */
async function runShell(bin: string, cwd: string, server: BarePostgres, title: string): Promise<void> {
  const passwords: Record<string, string> = {
    postgres: new URL(server.superuserUrl("postgres")).password,
    dashboards_backup: "change-me-3",
  };
  const command = blockOf(title, "sh").replace(
    /postgres:\/\/(\w+):\.\.\.@db:5432/g,
    (_, role: string) => `postgres://${role}:${passwords[role]}@${server.address}`,
  );
  assert.match(command, server.address);
  await promisify(execFile)("bash", ["--norc", "-euc", command], { cwd, env: { PATH: `${bin}:/usr/bin:/bin` } });
}
