import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";

/** What a container is made of. */
export type ContainerPlan = {
  /** A folder in which it may make one of its own. */
  readonly folder: string;
  /** The image's working folder, which is laid out. */
  readonly app: string;
  readonly user: number;
  /** Folders of the host by the path at which they are, read-only. */
  readonly mounts: Readonly<Record<string, string>>;
  /** Options of file systems in memory by their path. */
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
};

/** Returns why this machine lets us run none; undefined where it does. */
export function whyNoContainer(): string | undefined {
  if (process.platform !== "linux" || process.getuid!() !== 0) return "mounting takes root on Linux";
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "this machine allows no mount namespaces";
  }
}

/**
 * Starts a command as a container engine would: with a root of its own that is read-only, as a user without powers who
 * can get none. The system's programs and the network are this machine's, and Node is the tests'.
 */
export function startContainer({ folder, app, user, mounts, tmpfs, env, command }: ContainerPlan): ChildProcess {
  const root = mkdtempSync(join(folder, "root-"));
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const bind = (from: string, to: string) =>
    `mkdir -p ./${to} && mount --bind ${quoted(from)} ./${to} && mount -o remount,bind,ro ./${to}`;
  const script = [
    "set -e",
    `mount -t tmpfs -o mode=0755 tmpfs ${quoted(root)}`,
    `cd ${quoted(root)}`,
    "for each in bin lib lib64; do if [ -L /$each ]; then cp -P /$each .; fi; done",
    "for each in bin lib lib64 usr etc dev proc; do",
    "  if [ -d /$each ] && [ ! -L /$each ]; then mkdir $each && mount --rbind /$each $each; fi",
    "done",
    "mkdir -p opt/node && touch opt/node/node",
    `mount --bind ${quoted(process.execPath)} opt/node/node`,
    bind(app, "/app"),
    ...Object.entries(mounts).map(([to, from]) => bind(from, to)),
    ...Object.entries(tmpfs).map(([to, options]) => `mkdir -p ./${to} && mount -t tmpfs -o ${options} tmpfs ./${to}`),
    "mount -o remount,ro .",
    `exec chroot . env --chdir=/app setpriv --reuid ${user} --regid ${user} --clear-groups \\`,
    '  --no-new-privs --bounding-set=-all "$@"',
  ].join("\n");
  return spawn("unshare", ["-m", "sh", "-c", script, "sh", ...command], {
    env: { ...env, PATH: "/opt/node:/usr/bin:/bin:/usr/sbin" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
