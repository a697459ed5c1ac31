import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { fault } from "../../errors/fault.ts";

/** The system user that the server runs as. */
export type Account = { readonly uid: number; readonly gid: number };

const run = promisify(execFile);

/**
 * Chooses the user for the server, undefined for our own. PostgreSQL refuses to run as root; then it is
 * whoever owns the data, else `postgres`, else `nobody`.
 */
export async function chooseAccount(dataFolder: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataFolder).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = (await lookUp("postgres")) ?? (await lookUp("nobody"));
  if (account !== undefined) return account;
  throw fault("DEPENDENCY_DOWN", "PostgreSQL does not run as root: start as another user, or set DATABASE_URL");
}

async function lookUp(name: string): Promise<Account | undefined> {
  const ids = [run("id", ["-u", name]), run("id", ["-g", name])];
  return Promise.all(ids).then(
    ([uid, gid]) => ({ uid: Number(uid!.stdout), gid: Number(gid!.stdout) }),
    () => undefined,
  );
}
