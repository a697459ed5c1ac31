import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { runTenantCommand } from "../../src/command/tenant-command.ts";
import { usage } from "../../src/command/tenant-usage.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";
import { fillTenant } from "../store/tenant-rows.ts";
import { codesOf, parseSections, readDocument } from "./markdown.ts";

/** What docs/runbook.md has an operator run for tenants, line by line, and what docs/data-model.md says of an export. */
const test = suite("the tenants of docs/runbook.md");

const database = await createTestDatabase();
const folder = await mkdtemp(join(tmpdir(), "docs-tenants-"));
const env = { DATABASE_MIGRATE_URL: database.ownerUrl, FILES_DIR: join(folder, "files") };
await fillTenant(database.superuserUrl, "acme");
await mkdir(join(folder, "files", "acme"), { recursive: true });
await writeFile(join(folder, "files", "acme", "sales.csv"), "region,orders\nIN,10\n");
test.after(() => rm(folder, { recursive: true }));

const linesOf = (title: string) =>
  parseSections(readDocument("docs/runbook.md"))
    .find((section) => section.title === title)!
    .blocks.filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.trim().split("\n"));

/** Runs a line that is the command, with its file in the test's folder. Returns what it says. */
async function run(line: string): Promise<string> {
  const [, args] = /^npm run -s tenant -- (.+)$/.exec(line)!;
  const said: string[] = [];
  const words = args!.split(" ").map((word) => (word.endsWith(".gz") ? join(folder, word) : word));
  await runTenantCommand(words, { env, say: (text) => said.push(text), progress: () => {} });
  return said.join("\n");
}

test("tenants are listed, their quotas set, and they are suspended, as it says", async () => {
  const [table, json] = await Promise.all(linesOf("Tenants").map(run));
  assert.match(table!, /^acme +2 of 50/m);
  assert.is(JSON.parse(json!).tenant, "acme");
  const limits = [];
  for (const line of linesOf("Quotas")) limits.push(/(of \d+) .* (of .+ GiB)/.exec(await run(line))!.slice(1));
  assert.equal(limits, [
    ["of 50", "of 1 GiB"],
    ["of 2000", "of 5 GiB"],
    ["of 1000", "of 1 GiB"],
  ]);
  const said = [];
  for (const line of linesOf("Suspending a tenant")) said.push(await run(line));
  assert.equal(said, ["acme is suspended", "acme is no longer suspended"]);
});

const shell = (command: string) => promisify(execFile)("bash", ["-c", command], { cwd: folder });
const hasJq = await shell("jq --version").then(
  () => true,
  () => false,
);

test("an export has the kinds of lines that it says", async () => {
  await run(linesOf("Exporting a tenant")[0]!);
  const text = gunzipSync(await readFile(join(folder, "acme.ndjson.gz"))).toString();
  const { rows } = parseSections(readDocument("docs/data-model.md")).find(
    ({ title }) => title === "How a tenant is exported",
  )!.tables[0]!;
  const documented = rows.map(([kind]) =>
    [...codesOf(kind!)[0]!.matchAll(/(?<=[{ ])"(\w+)"(?=[:,}])/g)].map(([, name]) => name).join(),
  );
  const found = text
    .trim()
    .split("\n")
    .map((each) => JSON.parse(each))
    .map((each) => [...Object.keys(each), ...Object.keys(each.end ?? {})].join());
  assert.equal([...new Set(found)], documented);
});

if (hasJq) {
  test("an export is read as it says", async () => {
    const [, versions, file] = linesOf("Exporting a tenant");
    assert.equal((await shell(versions!)).stdout, '{}\n{}\n{"é":1}\n');
    await shell(file!);
    assert.is(await readFile(join(folder, "sales.csv"), "utf8"), "region,orders\nIN,10\n");
  });
} else {
  test.skip("an export is read as it says", "there is no jq");
}

test("a tenant is purged as it says", async () => {
  await onConnection(database.superuserUrl, ({ sql }) => sql`update tenants set suspended_at = '2026-01-01'`);
  const [line] = linesOf("Purging a tenant");
  assert.match(await run(line!), "acme is purged");
});

test("every command is in the runbook", () => {
  const named = [...usage.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!);
  const runbook = readDocument("docs/runbook.md");
  assert.equal([...new Set(named)], ["list", "limits", "suspend", "resume", "export", "purge"]);
  for (const name of named) assert.match(runbook, `npm run -s tenant -- ${name}`);
});

test.run();
