/**
 * A Redis of one's own: `redis-server` from TEST_ENGINES or PATH, on a free port of the loopback, which keeps nothing
 * on disk. Where there is none on the machine, `noRedis` says so. Close it; should a test be cut short, the end of
 * its process sees to that.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A server that can be killed, frozen and started anew. */
export type RedisServer = {
  readonly url: string;
  readonly port: number;
  /** Kills it at once: what it held is gone. */
  kill(): Promise<void>;
  /** Starts it anew, empty, on the same port. */
  start(): Promise<void>;
  /** Stops its process where it stands: connections stay, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
};

const engines = process.env.TEST_ENGINES ?? "/nowhere";

const program = [join(engines, "usr/bin"), ...(process.env.PATH ?? "").split(delimiter)]
  .map((folder) => join(folder, "redis-server"))
  .find((path) => existsSync(path));

/** Why there is no Redis on this machine; undefined where there is. */
export const noRedis = program === undefined ? "redis-server is neither in TEST_ENGINES nor on PATH" : undefined;

/** Starts one. Arguments are settings, such as `--requirepass secret`. */
export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;

  const start = async () => {
    const libraries = join(engines, "usr/lib", `${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`);
    child = spawn(program!, ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", ...settings], {
      stdio: "ignore",
      env: { PATH: process.env.PATH ?? "", LD_LIBRARY_PATH: libraries },
    });
    for (let tries = 0; !(await listens(port)); tries += 1) {
      if (child.exitCode !== null || tries > 500) throw new Error(`redis-server ended with ${child.exitCode}`);
      await sleep(10);
    }
  };
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  const cutDown = () => child?.kill("SIGKILL");
  process.once("exit", cutDown);
  await start();

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    start,
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    async close() {
      await kill();
      process.off("exit", cutDown);
    },
  };
}

/** Returns a port that nobody listens on, below those that the system gives to connections of its own. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer();
    const outcome = await new Promise((resolve) => {
      server.once("error", resolve).listen(port, "127.0.0.1", () => resolve(undefined));
    });
    await new Promise((resolve) => server.close(resolve));
    if (outcome === undefined) return port;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
