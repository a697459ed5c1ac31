import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { formatKeyFile } from "../../src/keys/key-file.ts";
import { rotateSecretKeys } from "../../src/secret/rotate-secret-keys.ts";
import { kidOf, openSecret, sealSecret } from "../../src/secret/seal.ts";
import { createSecretKeys, parseSecretKeys } from "../../src/secret/secret-keys.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";

const test = suite("the command that rotates the keys of secrets");
const folder = await mkdtemp(join(tmpdir(), "rotate-secrets-"));
const file = join(folder, "keys.json");
const script = join(import.meta.dirname, "../../src/command/rotate-secrets.ts");
const database = await createTestDatabase();
const canary = "canary-5f1c";
const tenants = ["acme", "bolt"];
const perTenant = 20;

test.after(() => rm(folder, { recursive: true }));

/** Runs the command in an environment that holds nothing but what is given. */
function run(args: readonly string[] = [], env: Record<string, string> = {}) {
  const url = { DATABASE_URL: database.url, DATABASE_MIGRATE_URL: database.ownerUrl, SECRETS_KEYS_FILE: file };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { env: { ...url, ...env } }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

const readKeys = async () => parseSecretKeys(await readFile(file, "utf8"));

/** As the superuser, whom row security does not hold. */
const sealedRows = () =>
  onConnection(
    database.superuserUrl,
    ({ sql }) => sql<{ tenant: string; name: string; secret: string }[]>`
      select tenant_id as tenant, name, secret from connections where secret is not null`,
  );

const secretOf = (tenant: string, name: string) => Buffer.from(`${canary} ${tenant} ${name}`);

/** Every secret is there, and opens with the keys of the file. */
async function assertAllOpen(): Promise<Set<string>> {
  const keys = await readKeys();
  const rows = await sealedRows();
  assert.is(rows.length, tenants.length * perTenant);
  for (const { tenant, name, secret } of rows) {
    const opened = await openSecret(secret, { tenant, name }, keys);
    assert.is(Buffer.from(opened).toString(), secretOf(tenant, name).toString());
  }
  return new Set(rows.map(({ secret }) => kidOf(secret)!));
}

test.beforeEach(async () => {
  await writeFile(file, createSecretKeys(randomBytes(32)));
  const keys = await readKeys();
  const places = tenants.flatMap((tenant) =>
    Array.from({ length: perTenant }, (_, at) => ({ tenant, name: `c${at}` })),
  );
  const rows = await Promise.all(
    places.map(async (place) => ({
      ...place,
      sealed: await sealSecret(secretOf(place.tenant, place.name), place, keys),
    })),
  );
  await onConnection(database.superuserUrl, async ({ sql }) => {
    await sql`delete from connections`;
    await sql`
      insert into connections (tenant_id, name, kind, settings, secret, revision, updated_by)
      select r->>'tenant', r->>'name', 'http', '{}', r->>'sealed', 1, 'ann'
      from jsonb_array_elements(${JSON.stringify(rows)}::text::jsonb) r`;
  });
});

test("three runs change the key of every tenant's secrets, each saying what it did and what comes next, and no secret", async () => {
  const added = await run();
  assert.equal([added.code, added.err], [0, ""]);
  assert.match(added.out, "k2 was added as the next key: secrets are still sealed with k1.");
  assert.equal(await assertAllOpen(), new Set(["k1"]));

  const switched = await run(["--now"]);
  assert.equal([switched.code, switched.err], [0, ""]);
  assert.match(switched.out, "k2 is the current key");
  assert.match(switched.out, "40 secrets were sealed anew.");
  assert.equal(await assertAllOpen(), new Set(["k2"]));
  assert.equal([...(await readKeys()).keys.keys()], ["k1", "k2"], "a replica may still seal with k1");

  const done = await run(["--now"]);
  assert.equal([done.code, done.err], [0, ""]);
  assert.match(done.out, "0 secrets were sealed anew.");
  assert.match(done.out, "k1 was dropped");
  assert.match(done.out, "The rotation is complete.");
  const keys = await readKeys();
  assert.equal([keys.current, [...keys.keys.keys()], keys.retired.size], ["k2", ["k2"], 0]);
  await assertAllOpen();

  for (const { out, err } of [added, switched, done]) {
    for (const bytes of keys.keys.values()) assert.not.match(out + err, Buffer.from(bytes).toString("base64url"));
    assert.not.match(out + err, canary);
    assert.not.match(out + err, /eyJ/);
  }
  assert.equal(await readdir(folder), ["keys.json"]);
});

test("killed while it seals, it leaves every secret one that opens, and the next run goes on", async () => {
  const added = { random32: new Uint8Array(randomBytes(32)), nowMs: Date.now(), isKnownEverywhere: false };
  await writeFile(file, formatKeyFile(rotateSecretKeys(await readKeys(), added).file));
  const env = { DATABASE_MIGRATE_URL: database.ownerUrl, SECRETS_KEYS_FILE: file };
  const child = spawn(process.execPath, [script, "--now"], { env });
  const ended = once(child, "exit");
  while ((await readKeys()).current !== "k2" && child.exitCode === null) await sleep(2);
  child.kill("SIGKILL");
  await ended;
  await assertAllOpen();
  assert.match((await run(["--now"])).out, "The rotation is complete.");
  assert.equal(await assertAllOpen(), new Set(["k2"]));
});

test("what is wrong is said on standard error, the exit code is 2, and nothing has changed", async () => {
  const before = await readFile(file, "utf8");
  const wrong: [args: string[], env: Record<string, string>, message: string][] = [
    [["--file", script, "--now"], {}, "secret keys: not JSON"],
    [[], { DATABASE_MIGRATE_URL: database.url }, "log in as the owner of the database"],
    [[], { DATABASE_MIGRATE_URL: "postgres://u:pw-canary@127.0.0.1:1/none" }, "the database is not available"],
  ];
  const runs = await Promise.all(wrong.map(async ([args, env, message]) => ({ ...(await run(args, env)), message })));
  for (const { code, out, err, message } of runs) {
    assert.equal([code, out], [2, ""], message);
    assert.match(err, message);
    assert.match(err, "usage: npm run -s rotate-secrets");
    assert.not.match(err, "pw-canary");
  }
  assert.equal([await readFile(file, "utf8"), await readdir(folder)], [before, ["keys.json"]]);
});

test.run();
