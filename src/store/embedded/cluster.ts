import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { fault } from "../../errors/fault.ts";
import type { Account } from "./account.ts";

const run = promisify(execFile);

/** Where a cluster is made, and by whom. */
export type ClusterPlan = {
  readonly folder: string;
  readonly dataFolder: string;
  /** The folder of PostgreSQL's programs. */
  readonly binaries: string;
  readonly account: Account | undefined;
  readonly progress: (line: string) => void;
};

/**
 * Makes the data folder, unless it is there, and returns the password of its roles. It is made beside
 * and then moved, so that it is whole or absent. Logins need the password even on the socket, whose
 * folder only the server's user and root can enter: that user may be `nobody`, whom others run as too.
 */
export async function ensureCluster(plan: ClusterPlan): Promise<string> {
  const { folder, dataFolder, binaries, account, progress } = plan;
  const password = await ensurePassword(join(folder, "password"));
  if (await stat(dataFolder).catch(() => undefined)) return password;

  progress("preparing the embedded PostgreSQL (first start)");
  await removeParts(folder);
  // Of this start only: the initdb of one that was killed goes on for a moment, and empties its folder when it fails.
  const part = `${randomBytes(4).toString("hex")}.part`;
  const half = `${dataFolder}.${part}`;
  const passwordFile = join(folder, `password.${part}`);
  await mkdir(half, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== undefined) {
    await chown(half, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const options = ["-D", half, "-U", "postgres", `--pwfile=${passwordFile}`, "--no-instructions"];
  const auth = ["--auth-local=scram-sha-256", "--auth-host=reject"];
  const text = ["--encoding=UTF8", "--locale=C"];
  try {
    await run(join(binaries, "initdb"), [...options, ...auth, ...text], { ...account, cwd: "/", env: { TZ: "UTC" } });
  } catch (cause) {
    const user = account === undefined ? "this user" : `the user with id ${account.uid}`;
    throw fault("DEPENDENCY_DOWN", `the data folder could not be prepared: ${user} must be able to reach it`, {
      cause,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(half, dataFolder);
  return password;
}

/** Removes what starts left that were killed, though an initdb may still be adding to it. */
async function removeParts(folder: string): Promise<void> {
  const parts = (await readdir(folder)).filter((name) => /^(data|password)\.(.*\.)?part$/.test(name));
  const options = { recursive: true, force: true, maxRetries: 5 };
  await Promise.all(parts.map((name) => rm(join(folder, name), options).catch(() => {})));
}

async function ensurePassword(file: string): Promise<string> {
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept !== "") return kept;
  const password = randomBytes(32).toString("base64url");
  await writeFile(file, password, { mode: 0o600 });
  return password;
}
