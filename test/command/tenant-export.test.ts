import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { exportTenant } from "../../src/command/tenant-export.ts";
import { readTenantRows } from "../../src/store/tenants-export.ts";
import { connectAsOwner } from "../../src/store/tenants-owner.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";
import { countRows, fillTenant } from "../store/tenant-rows.ts";

const test = suite("the export of a tenant");
const database = await createTestDatabase();
const owner = await connectAsOwner(database.ownerUrl);
const root = await mkdtemp(join(tmpdir(), "tenant-export-"));
const folder = join(root, "acme");
await fillTenant(database.superuserUrl, "acme");
test.after(async () => {
  await owner.end();
  await rm(root, { recursive: true });
});

const wanted = (out: string, signal = new AbortController().signal) => ({
  ...{ tenant: "acme", folder, out: join(root, out), progress: () => {}, signal },
  actor: { subject: "operator ann", subjectTenant: undefined, requestId: undefined },
});

test("rows are as they were at one moment, whatever is saved meanwhile", async () => {
  const { idempotency_keys: _, ...before } = await countRows(database.superuserUrl, "acme");
  const counts: Record<string, number> = {};
  await readTenantRows(owner, "acme", async (rows) => {
    for await (const { table } of rows) {
      if (Object.keys(counts).length === 0) {
        await onConnection(database.superuserUrl, async ({ sql }) => {
          await sql`insert into versions (tenant_id, dashboard_id, version, content, digest, author)
            values ('acme', 'ops', 3, '{}', 'd', 'ann')`;
          await sql`delete from drafts`;
        });
      }
      counts[table] = (counts[table] ?? 0) + 1;
    }
  });
  assert.equal(counts, before);
  assert.is((await countRows(database.superuserUrl, "acme")).versions, before.versions! + 1);
});

test("a file of any size is the pieces of it, one after the other", async () => {
  const bytes = randomBytes(2_000_001);
  await mkdir(folder);
  await writeFile(join(folder, "large.parquet"), bytes);
  await writeFile(join(folder, "empty.csv"), "");
  await exportTenant(owner, wanted("whole.gz"));
  const lines = gunzipSync(await readFile(join(root, "whole.gz")))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const pieces = lines.filter(({ file, base64 }) => file === "large.parquet" && base64 !== undefined);
  assert.ok(pieces.length > 1);
  // As one would do it with a shell: one text after the other, and decoded in one go.
  const whole = Buffer.from(pieces.map(({ base64 }) => base64).join(""), "base64");
  assert.ok(whole.equals(bytes));
  const ends = lines.filter(({ modified_at }) => modified_at !== undefined).map(({ file, bytes }) => [file, bytes]);
  assert.equal(ends, [
    ["empty.csv", 0],
    ["large.parquet", 2_000_001],
  ]);
});

test("one that is ended, or fails, leaves no file; one that runs keeps out another to the same file", async () => {
  const stop = new AbortController();
  const message = async (work: Promise<unknown>) => String(await work.catch((error: Error) => error.message));
  const ended = exportTenant(owner, wanted("ended.gz", stop.signal));
  stop.abort();
  assert.is(await message(ended), "ended: nothing was exported");
  await writeFile(join(root, "busy.gz.part"), "");
  assert.match(await message(exportTenant(owner, wanted("busy.gz"))), "another export to this file is under way");
  assert.match(await message(exportTenant(owner, wanted("no/where.gz"))), "cannot be written: ENOENT");
  assert.equal((await readdir(root)).sort(), ["acme", "busy.gz.part", "whole.gz"]);
});

test.run();
