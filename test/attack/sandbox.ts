import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { baitAddresses } from "./around/names.ts";

/** A network namespace from which nothing gets out. */
export type Sandbox = {
  /** A command and its first arguments, which runs the command that follows them inside. */
  readonly enter: readonly string[];
  /** Takes its files away again. */
  dispose(): void;
};

/** Makes one, and tries it. Returns why the machine allows none. */
export function openSandbox(): Sandbox | { readonly reason: string } {
  if (process.platform !== "linux") return { reason: "network namespaces are Linux's" };
  const folder = mkdtempSync(join(tmpdir(), "dashboards-sandbox-"));
  const [script, resolvConf] = [join(folder, "enter.sh"), join(folder, "resolv.conf")];
  writeFileSync(resolvConf, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
  writeFileSync(script, setUp(resolvConf));
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  const own = process.getuid?.() === 0 ? ["unshare", "-nm"] : ["unshare", "-cnm", "--keep-caps"];
  const enter = [...own, "sh", script];
  try {
    execFileSync(enter[0]!, [...enter.slice(1), "true"], { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
    return { enter, dispose };
  } catch (error) {
    dispose();
    const { stderr = "", message } = error as { stderr?: string; message: string };
    return { reason: (stderr || message).trim().split("\n")[0]! };
  }
}

/** Every address is this machine's own, so that whatever is contacted is contacted here. */
function setUp(resolvConf: string): string {
  const addresses = baitAddresses.map((address) =>
    address.includes(":") ? `ip -6 addr add ${address}/128 dev lo` : `ip addr add ${address}/32 dev lo`,
  );
  return [
    "set -e",
    "ip link set lo up",
    ...addresses,
    "ip route add local 0.0.0.0/0 dev lo",
    "ip -6 route add local ::/0 dev lo",
    `mount --bind '${resolvConf}' /etc/resolv.conf`,
    'exec "$@"',
    "",
  ].join("\n");
}
