import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, cp, lstat, mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { chooseAccount } from "../../src/store/embedded/account.ts";
import { findPackage, placeBinaries } from "../../src/store/embedded/binaries.ts";
import { openEmbeddedDatabase } from "../../src/store/embedded/database.ts";
import { isAlive, readPostmaster } from "../../src/store/embedded/postmaster.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { suite } from "../harness.ts";
import { actor } from "./change.ts";
import { onConnection } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: the embedded server");
const run = promisify(execFile);
const log = createLog("silent");
const root = await mkdtemp(join(tmpdir(), "dash-embedded-"));
// The server's user has to get through.
await chmod(root, 0o755);
test.after(() => rm(root, { recursive: true }));

const dataDir = join(root, "data");
const postmaster = (folder = dataDir) => readPostmaster(join(folder, "postgres", "data"));
const open = (folder = dataDir, progress = (_: string) => {}) =>
  openStore({ url: undefined, migrateUrl: undefined, dataDir: folder, log, progress });

const contentIn = async (store: Store) => (await store.getVersion("acme", "ops", undefined))?.json;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const refuse = () => Promise.reject(new Error("the effect was asked for again"));

const script = fileURLToPath(new URL("serve.ts", import.meta.url));

/** Starts a service in a process of its own, and returns it with the first line that it writes. */
async function serve(folder: string, account: { uid?: number; gid?: number } = {}): Promise<[ChildProcess, string]> {
  const child = spawn(process.execPath, [script, folder], { ...account, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface(child.stdout)) return [child, line];
  return [child, ""];
}

test("a first start says what it does, a later one is silent, and closing stops the server", async () => {
  const lines: string[] = [];
  const first = await open(dataDir, (line) => lines.push(line));
  const { pid } = (await postmaster())!;
  await first.close();
  assert.ok(lines.length > 0);
  assert.not(isAlive(pid));
  assert.is(await postmaster(), undefined);
  const again = await open(dataDir, assert.unreachable);
  await again.ping();
  await again.close();
});

test("its files and its socket are closed to others", async () => {
  const store = await open();
  const folder = join(dataDir, "postgres");
  for (const name of ["data", "socket", "password"]) {
    assert.is((await stat(join(folder, name))).mode & 0o077, 0, name);
  }
  const { socketFolder } = (await postmaster())!;
  await onConnection(`postgres://postgres@${encodeURIComponent(socketFolder)}:5432/postgres`, async () => {}).then(
    () => assert.unreachable("no password was asked for"),
    () => {},
  );
  await store.close();
});

test("a server that a killed service left is taken over, with what was acknowledged, and stopped", async () => {
  const [service, line] = await serve(dataDir);
  assert.is(line, "ready");
  const orphan = (await postmaster())!;
  service.kill("SIGKILL");
  await once(service, "exit");
  assert.ok(isAlive(orphan.pid));

  const store = await open();
  assert.is((await postmaster())!.pid, orphan.pid);
  assert.match((await contentIn(store))!, "saved by");
  const replay = await store.once({ tenant: "acme", method: "Save", actor, key: "k", fingerprint: "f" }, refuse);
  assert.equal([...replay], [1, 2, 3]);
  await store.close();
  assert.not(isAlive(orphan.pid));
});

test("a second service on the folder is refused while the first one lives", async () => {
  const store = await open();
  assert.match((await refusalOf(open())).body.message, "another service is running on this data folder");
  const [service, line] = await serve(dataDir);
  assert.match(line, "another service is running on this data folder");
  if (service.exitCode === null) await once(service, "exit");
  await store.ping();
  await store.close();
});

test("a server that dies is started again, and the store goes on", async () => {
  const store = await open();
  const { pid } = (await postmaster())!;
  process.kill(pid, "SIGKILL");
  const begun = performance.now();
  for (
    let next = await postmaster();
    next === undefined || next.pid === pid || !next.ready;
    next = await postmaster()
  ) {
    assert.ok(performance.now() - begun < 5000, "it did not come back");
    await pause(10);
  }
  assert.match((await contentIn(store))!, "saved by");
  await store.close();
  assert.is(await postmaster(), undefined);
});

test("a pid file that was left behind stops nobody, not even if its id is another program's by now", async () => {
  const file = join(dataDir, "postgres", "data", "postmaster.pid");
  for (const pid of [process.pid, 2 ** 22 + 1]) {
    await writeFile(file, `${pid}\n${dirname(file)}\n1\n5432\n/nowhere\n\n\nready\n`);
    assert.is(await postmaster(), undefined);
    const store = await open();
    await store.ping();
    await store.close();
  }
});

test("where the path is too long for a socket it is elsewhere, and goes with the server", async () => {
  const long = join(root, "a-rather-long-name".repeat(5));
  await mkdir(long);
  await rename(join(dataDir, "postgres"), join(long, "postgres"));
  const store = await open(long);
  const { socketFolder } = (await postmaster(long))!;
  assert.not(socketFolder.startsWith(root));
  assert.is((await stat(socketFolder)).mode & 0o077, 0);
  assert.match((await contentIn(store))!, "saved by");
  await store.close();
  await stat(socketFolder).then(
    () => assert.unreachable("the folder stayed"),
    () => {},
  );
  await rename(join(long, "postgres"), join(dataDir, "postgres"));
});

test("one login serves both in development: it makes the role, and every statement switches to it", async () => {
  const database = await openEmbeddedDatabase({ folder: join(dataDir, "postgres"), log, progress: () => {} });
  const developer = new URL(database.superuserUrl);
  await onConnection(database.superuserUrl, async ({ sql }) => {
    await sql`alter role dash_app rename to dash_app_before`;
    await sql`create role developer login createrole password 'x'`;
    await sql`create database dev owner developer`;
  });
  Object.assign(developer, { username: "developer", password: "x", pathname: "/dev" });
  const store = await openStore({ url: developer.href, migrateUrl: undefined, dataDir: "", prepare: true, log });
  assert.is(await store.isSuspended("acme"), false);
  await onConnection(developer.href, async ({ sql }) => {
    const [row] = await sql`select current_user as role from enter_tenant('acme')`;
    assert.is(row!.role, "dash_app");
  });
  await store.close();
  await onConnection(database.superuserUrl, ({ sql }) => sql`alter role dash_app bypassrls`);
  const again = openStore({ url: developer.href, migrateUrl: undefined, dataDir: "", log });
  assert.match((await refusalOf(again)).body.message, "bypass row security");
  await database.close();
});

test("programs that cannot be run where they are, or lack their links, are copied once", async () => {
  const source = join(root, "closed");
  await cp(join(findPackage(), "native"), join(source, "native"), {
    recursive: true,
    filter: async (file) => !(await lstat(file)).isSymbolicLink(),
  });
  await writeFile(join(source, "package.json"), '{"version":"1.2.3"}');
  await chmod(source, 0o700);
  const account = await chooseAccount("");
  const target = join(root, "target");
  await mkdir(target);
  const lines: string[] = [];
  for (let start = 0; start < 2; start += 1) {
    const binaries = await placeBinaries(source, target, account, (line) => lines.push(line));
    assert.is(binaries, join(target, "binaries-1.2.3", "bin"));
    assert.match((await run(join(binaries, "postgres"), ["-V"], { ...account })).stdout, "PostgreSQL");
  }
  assert.is(lines.length, 1);
});

test("where its programs do not run, DATABASE_URL is asked for", async () => {
  const source = join(root, "foreign");
  await mkdir(join(source, "native", "bin"), { recursive: true });
  await writeFile(join(source, "native", "pg-symlinks.json"), "[]");
  await writeFile(join(source, "native", "bin", "initdb"), "#!/lib/ld-musl-nowhere.so\n", { mode: 0o755 });
  await writeFile(join(source, "package.json"), '{"version":"9"}');
  const refusal = await refusalOf(placeBinaries(source, root, undefined, () => {}));
  assert.match(refusal.body.message, "set DATABASE_URL");
});

async function asNobody() {
  const [folder, uid, gid] = [join(root, "nobody"), 65534, 65534];
  await mkdir(folder);
  await chown(folder, uid, gid);
  const [service, line] = await serve(folder, { uid, gid });
  assert.is(line, "ready");
  assert.is((await stat(join(folder, "postgres", "data"))).uid, uid);
  service.kill("SIGKILL");
  await once(service, "exit");
  // Root takes over what another user began, and leaves it to that user.
  const store = await open(folder);
  assert.is(await contentIn(store), `saved by ${uid}`);
  await store.close();
  const [again, ready] = await serve(folder, { uid, gid });
  assert.is(ready, "ready");
  again.kill("SIGTERM");
  await once(again, "exit");
  assert.is(await postmaster(folder), undefined);
}

const byNobody = "it runs as any user, and root and that user can take turns";
const readable = process.getuid?.() === 0 && (await run("test", ["-r", script], { uid: 65534 }).catch(() => undefined));
if (readable) test(byNobody, asNobody);
else test.skip(byNobody, "needs root, and a checkout that others can read");

test.run();
