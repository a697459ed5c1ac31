import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectDir } from "../../src/main/paths.ts";

/**
 * The commit of the release before this one, which replicas of this one run beside during an upgrade. To be moved with
 * each release, and nowhere else.
 */
const previousRelease = "37abe5845cfc97955884a65dbc04e4ba6cc08e2b";

const run = promisify(execFile);

/** The previous release's code, in a folder of its own. */
export type PreviousRelease = {
  readonly folder: string;
  remove(): Promise<void>;
};

/**
 * Takes the previous release's code out of the repository's history, with the packages of this release: each later
 * release needs more of them, never others in their place. Returns why there is none, as in a clone without history.
 */
export async function takePreviousRelease(): Promise<PreviousRelease | { readonly reason: string }> {
  const git = (...args: readonly string[]) => run("git", ["-C", projectDir, ...args]);
  try {
    await git("cat-file", "-e", `${previousRelease}^{commit}`);
  } catch {
    return { reason: `the commit of the release before, ${previousRelease.slice(0, 12)}, is not in this clone` };
  }
  const folder = await mkdtemp(join(tmpdir(), "dash-previous-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    // An archive and no worktree, which the repository would have to be cleaned of.
    const archive = join(folder, "release.tar");
    await git("archive", "--output", archive, previousRelease, "package.json", "src", "gen", "demo");
    await run("tar", ["-xf", archive, "-C", folder]);
    await rm(archive);
    await symlink(join(projectDir, "node_modules"), join(folder, "node_modules"));
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, remove };
}
