import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { enginesFolder } from "./clickhouse-fixture.ts";

/** Two servers of ClickHouse 18.16, as Debian has it, that are the shards of the cluster `two`. */
export type Shards = {
  /** Of their HTTP interfaces. */
  readonly ports: readonly [number, number];
  /** Has the first one, or another, do a statement as the user who may do all. Returns the answer's lines. */
  run(statement: string, shard?: 0 | 1): Promise<string[]>;
  /** Ends one of them. */
  stop(shard: 0 | 1): Promise<void>;
  /** Ends both, and deletes what they kept. */
  close(): Promise<void>;
};

/** Why there are no shards on this machine; undefined where there are. */
export const noShards = findServer() === undefined ? "clickhouse-server is not in TEST_ENGINES" : undefined;

function findServer(): string | undefined {
  return [`${enginesFolder}/usr/sbin/clickhouse-server`, "/usr/sbin/clickhouse-server"].find((path) =>
    existsSync(path),
  );
}

/**
 * Starts both. The user `default` may do all; `locked` has `readonly = 1`; `careful` has `readonly = 2` and
 * limits of its own; their password is `secret`. Their clocks show Tokyo's time.
 */
export async function startShards(): Promise<Shards> {
  const folder = await mkdtemp(join(tmpdir(), "dash-clickhouse-"));
  const [http1, http2, tcp1, tcp2] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const children = await Promise.all([start("one", http1, tcp1), start("two", http2, tcp2)]);
  const ports = [http1, http2] as const;
  const stop = async (shard: 0 | 1) => {
    const child = children[shard];
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  await Promise.all(ports.map(isUp));
  return {
    ports,
    stop,
    async run(statement, shard = 0) {
      const headers = { authorization: `Basic ${btoa("default:secret")}` };
      const response = await fetch(`http://127.0.0.1:${ports[shard]}/`, { method: "POST", body: statement, headers });
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return text.split("\n").filter((line) => line !== "");
    },
    async close() {
      await Promise.all([stop(0), stop(1)]);
      await rm(folder, { recursive: true });
    },
  };

  async function start(name: string, http: number, tcp: number): Promise<ChildProcess> {
    const home = join(folder, name);
    await mkdir(join(home, "tmp"), { recursive: true });
    await writeFile(join(home, "config.xml"), config({ home, http, tcp, shards: [tcp1, tcp2] }));
    await writeFile(join(home, "users.xml"), users);
    const libraries = ["usr/lib", "lib"].flatMap((path) => machineFolders(join(enginesFolder, path)));
    const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(":") };
    const child = spawn(findServer()!, [`--config-file=${join(home, "config.xml")}`], { stdio: "ignore", env });
    process.once("exit", () => child.kill("SIGKILL"));
    return child;
  }
}

/** Such as `lib/x86_64-linux-gnu`. */
function machineFolders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith("-linux-gnu"))
    .map((name) => join(path, name));
}

/** Below those that the system gives to whoever connects. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

async function isUp(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/ping`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
  throw new Error("clickhouse-server does not answer");
}

function config(options: {
  readonly home: string;
  readonly http: number;
  readonly tcp: number;
  readonly shards: readonly number[];
}): string {
  const replica = (port: number) =>
    `<replica><host>127.0.0.1</host><port>${port}</port><user>default</user><password>secret</password></replica>`;
  return `<yandex>
  <logger><level>none</level></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${options.http}</http_port>
  <tcp_port>${options.tcp}</tcp_port>
  <path>${options.home}/</path>
  <tmp_path>${options.home}/tmp/</tmp_path>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>5368709</mark_cache_size>
  <timezone>Asia/Tokyo</timezone>
  <query_log><database>system</database><table>query_log</table></query_log>
  <remote_servers><two>${options.shards.map((port) => `<shard>${replica(port)}</shard>`).join("")}</two></remote_servers>
</yandex>`;
}

const user = (name: string, profile: string) =>
  `<${name}><password>secret</password><networks><ip>::/0</ip></networks><profile>${profile}</profile><quota>default</quota></${name}>`;

const users = `<yandex>
  <profiles>
    <default><log_queries>1</log_queries></default>
    <locked><readonly>1</readonly></locked>
    <careful><readonly>2</readonly><max_rows_to_read>1000</max_rows_to_read></careful>
  </profiles>
  <quotas><default></default></quotas>
  <users>${user("default", "default")}${user("locked", "locked")}${user("careful", "careful")}</users>
</yandex>`;
