import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { runTenantCommand } from "../../src/command/tenant-command.ts";
import { UsageError } from "../../src/command/tenant-usage.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";
import { countRows, fillTenant } from "../store/tenant-rows.ts";

const test = suite("the command for tenants");
const script = join(import.meta.dirname, "../../src/command/tenant.ts");
const database = await createTestDatabase();
const folder = await mkdtemp(join(tmpdir(), "tenant-command-"));
const filesDir = join(folder, "files");
const env = { DATABASE_MIGRATE_URL: database.ownerUrl, FILES_DIR: filesDir };
test.after(() => rm(folder, { recursive: true }));

for (const tenant of ["acme", "bolt", "coda"]) {
  await fillTenant(database.superuserUrl, tenant);
  await mkdir(join(filesDir, tenant, "sales"), { recursive: true });
  await writeFile(join(filesDir, tenant, "sales", "a.csv"), `region\n${tenant}\n`);
}

type Result = { readonly code: number; readonly out: string; readonly err: string };

/** Runs the command here: a process of its own for each takes longer than all of it. */
async function run(line: string, more: Record<string, string> = env): Promise<Result> {
  const [out, err]: [string[], string[]] = [[], []];
  const end = await runTenantCommand(line.split(" "), {
    env: more,
    say: (text) => out.push(`${text}\n`),
    progress: (text) => err.push(`${text}\n`),
  }).catch((error: Error) => error);
  const code = end === undefined ? 0 : end instanceof UsageError ? 2 : 1;
  return { code, out: out.join(""), err: err.join("") + (end?.message ?? "") };
}

/** Runs it in a process of its own, in an environment that holds nothing but what is given. */
function runProcess(line: string, more: Record<string, string> = env): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...line.split(" ")], { env: more }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

/** Waits until the process says it on standard error, or ends. */
async function says(child: ChildProcess, text: string): Promise<void> {
  let said = "";
  for await (const chunk of child.stderr!.setEncoding("utf8")) {
    said += chunk;
    if (said.includes(text)) return;
  }
}

const asSuperuser = (statement: string) => onConnection(database.superuserUrl, ({ sql }) => sql.unsafe(statement));
const ended = "suspended_at = now() - interval '1 minute'";

test("all tenants are listed in the order of their names, also those that are a name only, page after page", async () => {
  await asSuperuser(`insert into tenants (tenant_id, suspended_at)
    select 'many-' || lpad(i::text, 3, '0'), '2026-11-01T00:00:00Z' from generate_series(1, 220) i`);
  await asSuperuser(`insert into connections (tenant_id, name, revision, updated_by, deleted_at)
    values ('dune', 'gone', 1, 'ann', now())`);
  const [table, lines] = await Promise.all([run("list"), run("list --json")]);
  assert.equal([table.code, table.err, lines.code, lines.err], [0, "", 0, ""]);
  const listed = lines.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const names = listed.map(({ tenant }) => tenant);
  assert.equal(names, ["acme", "bolt", "coda", "dune", ...names.slice(4)]);
  assert.is(new Set(names).size, 224);
  const { tenant, suspended_at, ...rest } = listed[1];
  assert.equal([tenant, suspended_at], ["bolt", null]);
  assert.equal(rest, {
    ...{ dashboards: 2, versions: 3, stored_bytes: 9, links: 1, connections: 1 },
    limits: { dashboards: 50, bytes: 2 ** 30 },
  });
  assert.is(listed[4].suspended_at, "2026-11-01T00:00:00.000Z");
  const [head, , second] = table.out.split("\n");
  assert.match(head!, /^TENANT +DASHBOARDS +STORED +VERSIONS +LINKS +CONNECTIONS +SUSPENDED SINCE$/);
  assert.match(second!, /^bolt +2 of 50 +9 bytes of 1 GiB +3 +1 +1$/);
  await asSuperuser("delete from tenants where tenant_id like 'many-%'");
});

test("quotas are set and taken back, suspensions made and ended, and the audit log has who did it", async () => {
  const set = await run("limits coda --dashboards 7 --bytes 1.5MiB --json");
  assert.equal(JSON.parse(set.out).limits, { dashboards: 7, bytes: 1_572_864 });
  const [suspended, again, back, resumed, unknown] = [
    await run("suspend coda"),
    await run("suspend coda"),
    await run("limits coda --default"),
    await run("resume coda"),
    await run("suspend codda"),
  ];
  assert.match(back.out, /coda +2 of 1000 +9 bytes of 1 GiB .* \d{4}-\d\d-\d\dT/);
  assert.equal(
    [suspended.out, again.out, resumed.out],
    ["coda is suspended\n", "coda was suspended already\n", "coda is no longer suspended\n"],
  );
  assert.equal([unknown.out, unknown.err], ["codda is suspended\n", "codda: nothing is kept of this tenant yet\n"]);
  const log = await asSuperuser(`select action, changed, subject ~ '^operator .' and subject_tenant is null as by
    from audit_log where tenant_id = 'coda' and kind = 'tenant' and subject <> 'operator' order by at`);
  assert.equal(
    log.map(({ action, changed, by }) => [action, changed, by]),
    [
      ["limits", true, true],
      ["suspend", true, true],
      ["suspend", false, true],
      ["limits", true, true],
      ["resume", true, true],
    ],
  );
});

test("an export is everything of a tenant and nothing of another, in one file for its owner alone", async () => {
  const out = join(folder, "bolt.ndjson.gz");
  await symlink("/etc/passwd", join(filesDir, "bolt", "link.csv"));
  const exported = await run(`export bolt --out ${out}`);
  assert.equal([exported.code, exported.out], [0, "bolt was exported, with 1 files\n"]);
  assert.match(exported.err, "bolt: link.csv is no plain file: left out");
  assert.is((await stat(out)).mode & 0o777, 0o600);
  const text = gunzipSync(await readFile(out)).toString();
  assert.not.match(text, /acme|coda|root:/);
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const [head, ...body] = lines;
  assert.equal([head.format, head.format_version, head.tenant], ["dashboards-tenant", 1, "bolt"]);
  const rows = Map.groupBy(
    body.filter(({ table }) => table !== undefined),
    ({ table }) => table as string,
  );
  const { idempotency_keys: _, ...counts } = await countRows(database.superuserUrl, "bolt");
  assert.equal(Object.fromEntries([...rows].map(([table, { length }]) => [table, length])), counts);
  assert.equal(body.at(-1), { end: { rows: counts, files: 1 } });
  const at = (table: string) => body.findIndex((line) => line.table === table);
  assert.ok(at("definitions") < at("versions") && at("versions") < at("shares"), "what is referred to comes first");
  assert.is(rows.get("versions")!.find(({ row }) => row.version === 2).row.content, '{"é":1}');
  assert.is(rows.get("connections")![0].row.secret, "sealed of bolt");
  const live = rows.get("shares")!.find(({ row }) => row.share_id === "bolt-live").row;
  assert.equal([live.frame_ancestors, live.opens, live.revoked_at], [["https://a.example"], 0, null]);
  const file = body.filter((line) => line.file === "sales/a.csv");
  assert.is(Buffer.from(file.map(({ base64 = "" }) => base64).join(""), "base64").toString(), "region\nbolt\n");
  assert.is(file.at(-1).bytes, 12);
});

test("a purge that is killed is gone on with by the next one, which leaves nothing but what the audit log keeps", async () => {
  const other = await countRows(database.superuserUrl, "bolt");
  await asSuperuser(`update tenants set ${ended} where tenant_id = 'acme'`);
  const line = "purge acme --yes-delete-everything-of acme";
  await onConnection(database.superuserUrl, async ({ sql }) => {
    // It cannot get past this row before it is killed.
    await sql.unsafe("begin; select from definitions where tenant_id = 'acme' for update");
    const child = spawn(process.execPath, [script, ...line.split(" ")], { env });
    const exit = once(child, "exit");
    await says(child, "versions: 3 rows deleted");
    child.kill("SIGKILL");
    await exit;
    await sql.unsafe("rollback");
    const locks = () => sql`select from pg_locks where locktype = 'advisory' and objid = 7270004`;
    while ((await locks()).length > 0) await sleep(10);
  });
  const half = await countRows(database.superuserUrl, "acme");
  assert.equal([half.tenants, half.definitions, half.versions], [1, 2, 0]);

  const purged = await run(line);
  assert.equal([purged.code, purged.out.split("\n")[0]], [0, "acme is purged"]);
  assert.match(purged.err, "acme: the folder of files was deleted");
  const left = Object.entries(await countRows(database.superuserUrl, "acme")).filter(([, count]) => count > 0);
  assert.equal(
    left.map(([table]) => table),
    ["audit_log"],
  );
  const [purge] = await asSuperuser(
    "select count(*)::int from audit_log where tenant_id = 'acme' and action = 'purge'",
  );
  assert.is(purge!.count, 1);
  assert.equal(await readdir(filesDir), ["bolt", "coda"]);
  assert.equal(await countRows(database.superuserUrl, "bolt"), other);
  const again = await run(line);
  assert.equal([again.code, again.out], [0, "nothing is kept of acme: nothing was deleted\n"]);
});

test("what is wrong is said on standard error, and nothing has changed", async () => {
  const before = await countRows(database.superuserUrl, "bolt");
  await writeFile(join(folder, "there.gz"), "");
  const gone = { DATABASE_MIGRATE_URL: "postgres://u:pw-canary@127.0.0.1:1/none" };
  const wrong: [line: string, code: number, message: RegExp, env?: Record<string, string>][] = [
    ["lits", 2, /first argument is one of/],
    ["purge bolt", 2, /nothing was deleted. bolt has 2 dashboards, 3 versions, .* --yes-delete-everything-of bolt/],
    [`export bolt --out ${join(folder, "there.gz")}`, 1, /is there already/],
    [`export nobody --out ${join(folder, "nobody.gz")}`, 1, /nothing to export/],
    ["list", 1, /log in as the owner of the database/, { DATABASE_MIGRATE_URL: database.url }],
    ["list", 1, /the database is not available/, gone],
    ["list", 1, /there is no database: set DATABASE_MIGRATE_URL/, { DATA_DIR: folder }],
  ];
  const results = await Promise.all(wrong.map(([line, , , more]) => run(line, more ?? env)));
  for (const [at, [line, code, message]] of wrong.entries()) {
    const { out, err, ...result } = results[at]!;
    assert.equal([result.code, out], [code, ""], `${line}: ${err}`);
    assert.match(err, message);
    assert.not.match(err, "pw-canary");
  }
  assert.equal(await countRows(database.superuserUrl, "bolt"), before);
  assert.equal(
    (await readdir(folder)).filter((name) => name.endsWith(".part")),
    [],
  );
});

test("the process tells what was asked for apart from the rest, and how it ended by its exit code", async () => {
  const gone = { DATABASE_MIGRATE_URL: "postgres://u:pw-canary@127.0.0.1:1/none" };
  const [done, wrong, failed] = await Promise.all([
    runProcess("suspend emu"),
    runProcess("purge emu"),
    runProcess("list", gone),
  ]);
  assert.equal(done, { code: 0, out: "emu is suspended\n", err: "emu: nothing is kept of this tenant yet\n" });
  assert.equal([wrong.code, wrong.out], [2, ""]);
  assert.match(wrong.err, "see npm run -s tenant -- --help");
  assert.equal(failed, {
    ...{ code: 1, out: "" },
    err: "the database is not available: try again in a second (ECONNREFUSED)\n",
  });
});

const socket = /@(%2F[^:/]+)/.exec(database.ownerUrl)?.[1];
const running = socket === undefined ? undefined : dirname(decodeURIComponent(socket));
if (running !== undefined && existsSync(join(running, "owner.lock"))) {
  test("the embedded database is entered while a service runs on it", async () => {
    const dataDir = join(folder, "data");
    await mkdir(dataDir);
    await symlink(running, join(dataDir, "postgres"));
    const listed = await run("list --json", { DATA_DIR: dataDir });
    assert.equal([listed.code, listed.out, listed.err], [0, "", ""]);
  });
} else {
  test.skip("the embedded database is entered while a service runs on it", "the database is another one");
}

test.run();
