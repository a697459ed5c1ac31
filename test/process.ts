/**
 * The service as it is run: `src/main.ts` in a process of its own, on a data folder of its own with
 * the embedded database, on a free port of the loopback. Remove the folder, and nothing stays: no
 * process, no file. Should a test be cut short, the end of its process sees to that.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@bufbuild/protobuf";
import { type Grant, openDevelopmentIssuer } from "../src/auth/development-issuer.ts";
import { projectDir } from "../src/main/paths.ts";
import { readPostmaster } from "../src/store/embedded/postmaster.ts";
import { databaseName } from "../src/store/embedded/provision.ts";
import { stopServer } from "../src/store/embedded/server.ts";
import { givenCodeCache } from "./fault/code-cache.ts";

/** A process of the service, from its first moment. */
export type ServiceProcess = {
  readonly pid: number;
  /** Where it listens, once it does; rejects with what it wrote when it ends before. */
  readonly url: Promise<string>;
  /** What it has written up to now, on both outputs. */
  output(): string;
  /** Resolves with its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
};

/** A process that listens. */
export type RunningService = Omit<ServiceProcess, "url"> & {
  readonly url: string;
  /** Calls a documented path with JSON, as the tenant acme unless the headers say otherwise. */
  post(path: string, body: JsonObject, headers?: Record<string, string>): Promise<Response>;
  /** Reads a documented path. */
  get(path: string): Promise<Response>;
};

/** All state of a service, and who runs on it. */
export type DataFolder = {
  readonly path: string;
  /**
   * Starts a process; environment variables given replace the tests' own, which leave out the demo. It runs this code,
   * unless given the folder of another release's.
   */
  launch(env?: Record<string, string>, project?: string): ServiceProcess;
  /** Starts a process, and resolves when it listens. */
  start(env?: Record<string, string>, project?: string): Promise<RunningService>;
  /** Mints a token: for acme, with every documented scope, for an hour unless told. */
  token(grant?: Partial<Grant>): Promise<string>;
  /** The process id of the embedded database's server; undefined when none runs. */
  databasePid(): Promise<number | undefined>;
  /** Logs in to the embedded database as a superuser. Fails when its server does not run. */
  superuserUrl(): Promise<string>;
  /** Kills what runs on the folder, and deletes it. */
  remove(): Promise<void>;
};

/** Makes a data folder. */
export function createDataFolder(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), "dash-process-"));
  // Queries and the database run as other users, who must get through.
  chmodSync(path, 0o755);
  const children = new Set<ChildProcess>();
  const cutDown = () => {
    for (const child of children) child.kill("SIGKILL");
    cutDatabaseDown(join(path, "postgres", "data"));
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once("exit", cutDown);

  const token = async (grant: Partial<Grant> = {}) => {
    const issuer = await openDevelopmentIssuer(path, Date.now);
    const scopes = ["dashboards:render", "dashboards:publish", "dashboards:share"];
    return issuer.mint({ tenant: "acme", subject: "tester", scopes, expiresInS: 3_600, ...grant });
  };
  const postmaster = () => readPostmaster(join(path, "postgres", "data"));

  const launch = (env: Record<string, string> = {}, project = projectDir): ServiceProcess => {
    const child = spawn(process.execPath, [join(project, "src/main.ts")], {
      env: {
        PATH: process.env.PATH ?? "",
        DATA_DIR: path,
        PORT: "0",
        DEMO: "off",
        RATE_PER_SECOND: "100000",
        RATE_BURST: "100000",
        ...givenCodeCache,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    child.once("close", () => children.delete(child));
    return follow(child);
  };

  return {
    path,
    launch,
    async start(env, project) {
      const { url: listening, ...service } = launch(env, project);
      const url = await listening;
      const api = `${url}/api/v1/data-consumption/dashboards`;
      const authorization = `Bearer ${await token()}`;
      return {
        ...service,
        url,
        post: (route, body, headers = {}) =>
          fetch(`${api}${route}`, {
            method: "POST",
            headers: { authorization, "content-type": "application/json", ...headers },
            body: JSON.stringify(body),
          }),
        get: (route) => fetch(`${api}${route}`, { headers: { authorization } }),
      };
    },
    token,
    databasePid: async () => (await postmaster())?.pid,
    async superuserUrl() {
      const password = readFileSync(join(path, "postgres", "password"), "utf8");
      const host = encodeURIComponent((await postmaster())!.socketFolder);
      return `postgres://postgres:${password}@${host}:5432/${databaseName}`;
    },
    async remove() {
      for (const child of children) {
        const closed = once(child, "close");
        child.kill("SIGKILL");
        await closed;
      }
      const server = await postmaster();
      if (server !== undefined) await stopServer(server);
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
      process.off("exit", cutDown);
    },
  };
}

/** Follows a process of the service, however it was started. */
export function follow(child: ChildProcess): ServiceProcess {
  let text = "";
  const url = Promise.withResolvers<string>();
  // Whoever does not wait for it learns of the end in another way.
  url.promise.catch(() => {});
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const ready = /^listening on (\S+)$/m.exec(text);
      if (ready !== null) url.resolve(ready[1]!);
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      url.reject(new Error(`the service ended with ${code ?? "a signal"} before it listened:\n${text}`));
      resolve(code);
    });
  });
  return {
    pid: child.pid!,
    url: url.promise,
    output: () => text,
    ended,
    signal: (signal) => void child.kill(signal),
  };
}

/** Kills the server of a data folder, where nothing can be waited for any more. */
export function cutDatabaseDown(dataFolder: string): void {
  try {
    const pid = Number(readFileSync(join(dataFolder, "postmaster.pid"), "utf8").split("\n")[0]);
    if (readlinkSync(`/proc/${pid}/cwd`) === dataFolder) process.kill(pid, "SIGQUIT");
  } catch {
    // There is no such server.
  }
}
