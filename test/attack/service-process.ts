import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { givenCodeCache } from "../fault/code-cache.ts";
import type { Question, Sight } from "./probe.ts";

/** The service under attack: the real one, in a process of its own. */
export type ServiceProcess = {
  readonly port: number;
  readonly pid: number;
  /** Whether it is still that process. */
  isRunning(): boolean;
  /** Resolves with its exit code once it is gone; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** What it has logged, a line each. */
  readonly log: readonly string[];
  /** Looks into the process. */
  look(): Promise<Sight>;
  /** Sets its clock to so many milliseconds from the real time. */
  moveClock(ms: number): Promise<void>;
  /** How many files and sockets it has open; where an attacker's address is given, without what other callers have open. */
  fds(attackerAddress?: string): number;
  /** Memory of it and its children. */
  rssMib(): number;
  stop(): Promise<void>;
};

const projectDir = join(import.meta.dirname, "../..");

/** How long a start may take, a first one on a busy machine included. */
const startMs = 60_000;

/** Starts the service with these variables and no others, and resolves when it listens. */
export async function startServiceProcess(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const port = await findPort();
  const probe = join(import.meta.dirname, "probe.ts");
  const child = spawn(process.execPath, ["--import", probe, join(projectDir, "src/main.ts")], {
    env: { PATH: process.env.PATH ?? "", HOST: "127.0.0.1", PORT: `${port}`, ...givenCodeCache, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const log: string[] = [];
  let looks = 0;
  child.setMaxListeners(0);
  collectLines(child.stderr!, (line) => log.push(line));
  await listening(child, log);
  const ask = (question: Omit<Question, "look">) => {
    looks += 1;
    const wanted = looks;
    const { promise, resolve } = Promise.withResolvers<Sight>();
    const take = ({ look, sight }: { look: number; sight: Sight }) => {
      if (look !== wanted) return;
      child.off("message", take);
      resolve(sight);
    };
    child.on("message", take);
    child.send({ look: wanted, ...question } satisfies Question);
    return promise;
  };
  return {
    port,
    pid: child.pid!,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    ended,
    log,
    look: () => ask({}),
    async moveClock(ms) {
      await ask({ clockMs: ms });
    },
    fds: (attacker) => countFds(child.pid!) - (attacker === undefined ? 0 : countOthers(port, attacker)),
    rssMib: () => rssOfTreeMib(child.pid!),
    async stop() {
      process.off("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

async function listening(child: ChildProcess, log: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`the service did not start: ${log.join("\n")}`));
    const timer = setTimeout(fail, startMs);
    child.once("exit", fail);
    collectLines(child.stdout!, (line) => {
      if (!line.startsWith("listening on ")) return;
      clearTimeout(timer);
      child.off("exit", fail);
      resolve();
    });
  });
}

function collectLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(line);
  });
}

/** Finds a free port below those that outgoing connections take, one of which could be in its way. */
async function findPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

function countFds(pid: number): number {
  if (existsSync("/proc/self/fd")) return readdirSync(`/proc/${pid}/fd`).length;
  return execFileSync("lsof", ["-p", `${pid}`], { encoding: "utf8" }).split("\n").length;
}

/** Counts the connections to a port that are open there and not from that address (proc_net_tcp.txt); 0 where no system tells. */
function countOthers(port: number, address: string): number {
  if (!existsSync("/proc/net/tcp")) return 0;
  const hex = (number: number, digits: number) => number.toString(16).toUpperCase().padStart(digits, "0");
  const own = address
    .split(".")
    .toReversed()
    .map((part) => hex(Number(part), 2))
    .join("");
  const rows = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  // One that listens is nobody's, and one whose program has closed it has no inode.
  const isOthers = ([, local, remote, state, , , , , , inode]: readonly string[]) =>
    local?.endsWith(`:${hex(port, 4)}`) && !remote?.startsWith(own) && state !== "0A" && inode !== "0";
  return rows.filter(isOthers).length;
}

function rssOfTreeMib(root: number): number {
  const rows = existsSync("/proc/self/stat") ? processesFromProc() : processesFromPs();
  const tree = new Set([root]);
  // A child's row may stand before its parent's.
  for (let before = 0; before < tree.size; ) {
    before = tree.size;
    for (const [pid, parent] of rows) if (tree.has(parent)) tree.add(pid);
  }
  return rows.reduce((sum, [pid, , rssKib]) => (tree.has(pid) ? sum + rssKib / 1024 : sum), 0);
}

type ProcessRow = readonly [pid: number, parent: number, rssKib: number];

/** As `ps` has them, which would take as long as a sample lasts (proc(5), `stat`: fields 4 and 24, 4 KiB pages). */
function processesFromProc(): readonly ProcessRow[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): readonly ProcessRow[] => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // The second field is a name in brackets, which may hold anything.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return [[Number(pid), Number(fields[1]), Number(fields[21]) * 4]];
      } catch {
        // It is gone by now.
        return [];
      }
    });
}

function processesFromPs(): readonly ProcessRow[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number) as [pid: number, parent: number, rssKib: number]);
}
