import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DuckdbFileSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { locateFiles } from "../../src/source/duckdb/files.ts";
import { suite } from "../harness.ts";
import { createFolders, failureOf } from "./duckdb-fixture.ts";

const test = suite("duckdb files");
const folders = createFolders();
const acme = join(folders.filesDir, "acme");
test.after(() => folders.remove());

const locate = (path: string, tenant = "acme") =>
  locateFiles(folders.filesDir, tenant, [create(DuckdbFileSchema, { path })]);

test("a file is found by its path in the tenant's folder", async () => {
  mkdirSync(join(acme, "2024"));
  writeFileSync(join(acme, "2024/Plan-A.JSONL"), "{}");
  const { folder, files } = await locate("2024/Plan-A.JSONL");
  const [file] = files;
  assert.is(file?.path, join(folder, "2024/Plan-A.JSONL"));
  assert.is(file?.view, "plan_a");
  assert.is(file?.format, "json");
  assert.is(file?.sizeBytes, 2);
});

test("a file that has changed differs by size or time", async () => {
  writeFileSync(join(acme, "changing.csv"), "a\n1\n");
  const before = await locate("changing.csv");
  writeFileSync(join(acme, "changing.csv"), "a\n1\n2\n");
  assert.not.equal(await locate("changing.csv"), before);
});

test("a link within the folder is followed", async () => {
  symlinkSync("t.csv", join(acme, "inside.csv"));
  const { files } = await locate("inside.csv");
  assert.match(files[0]?.path ?? "", /acme.t\.csv$/);
});

symlinkSync("../other/secret.csv", join(acme, "leaving.csv"));
symlinkSync("../other", join(acme, "leaving"));
symlinkSync(acme, join(folders.filesDir, "acme2"));
mkdirSync(join(acme, "folder.csv"));

for (const path of [
  "leaving.csv",
  "leaving/secret.csv",
  "../other/secret.csv",
  "../../../../../../etc/passwd.csv",
  "/etc/passwd",
  join(folders.filesDir, "other/secret.csv"),
  "..\\other\\secret.csv",
  "missing.csv",
  "folder.csv",
  "t.csv\0.parquet",
  "t.duckdb",
  "http://127.0.0.1/x.csv",
  "",
]) {
  test(`the path ${JSON.stringify(path)} is refused`, async () => {
    assert.is((await failureOf(locate(path))).failure, "source_failed");
  });
}

for (const tenant of ["..", ".", "", "acme/../other", "nobody-we-know"]) {
  test(`the tenant ${JSON.stringify(tenant)} has no folder`, async () => {
    assert.is((await failureOf(locate("secret.csv", tenant))).failure, "source_failed");
  });
}

test("a tenant's folder may be a link of the operator's", async () => {
  assert.is((await locate("t.csv", "acme2")).files.length, 1);
});

test("a file that is removed is no longer found", async () => {
  writeFileSync(join(acme, "passing.csv"), "a\n");
  await locate("passing.csv");
  rmSync(join(acme, "passing.csv"));
  assert.is((await failureOf(locate("passing.csv"))).message, "no such file");
});

test.run();
