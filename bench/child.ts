import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A process of a benchmark's own: a server, whose CPU time is counted, or a client, whose is in no server's way. */
export type Child = {
  /** Asks it for something. One question at a time; rejects with what went wrong there. */
  ask<Answer>(question: unknown): Promise<Answer>;
  /** Returns the CPU time that the process has taken, that of all its threads, in microseconds. */
  cpuUs(): Promise<number>;
  /** Lets go of it, and resolves when it has ended. */
  end(): Promise<void>;
};

/** What a process has opened, and how it answers. */
export type Opened = {
  /** Told to whoever started it. */
  readonly ready: unknown;
  answer?(question: unknown): unknown;
  close(): void | Promise<void>;
};

type Told = { readonly value: unknown } | { readonly problem: string };

const askCpu = "cpu";

/**
 * Starts a module that calls `serveParent` as a process, and resolves with what it said when it was ready. It ends with
 * ours, however ours ends. What it writes on standard error goes to a file that has no name, as a deployment's log goes
 * somewhere, and is told only where it ends too soon.
 */
export async function startChild<Ready>(path: string, setup: unknown): Promise<Child & { readonly ready: Ready }> {
  const file = openNamelessFile();
  // The advanced form has bytes as they are.
  const child = fork(path, { serialization: "advanced", stdio: ["ignore", "ignore", file, "ipc"] });
  child.once("close", () => closeSync(file));
  const ask = async <Answer>(question: unknown): Promise<Answer> => {
    const told = nextMessage(child, file);
    child.send({ question });
    const answer = await told;
    if ("problem" in answer) throw new Error(answer.problem);
    return answer.value as Answer;
  };
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    if (child.connected) child.disconnect();
    await ended;
  };
  try {
    const ready = await ask<Ready>(setup);
    return { ready, ask, cpuUs: () => ask<number>(askCpu), end };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * Makes this process what `open` opens with what it is started with, until whoever started it lets go of it, be it
 * before all is open.
 */
export function serveParent<Setup>(open: (setup: Setup) => Opened | Promise<Opened>): void {
  let opening: Promise<Opened> | undefined;
  process.on("message", async ({ question }: { question: unknown }) => {
    try {
      tell({ value: await answer(question) });
    } catch (error) {
      tell({ problem: error instanceof Error ? (error.stack ?? error.message) : `${error}` });
    }
  });
  process.once("disconnect", async () => {
    try {
      // What is still being opened is not let go of before it can be closed.
      await (await opening)?.close();
    } finally {
      process.exit();
    }
  });
  // Whoever interrupts the run in a terminal signals all of its processes; this one then ends in order.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});

  async function answer(question: unknown): Promise<unknown> {
    if (question === askCpu) {
      const { user, system } = process.cpuUsage();
      return user + system;
    }
    if (opening !== undefined) return (await opening).answer?.(question);
    opening = Promise.try(open, question as Setup);
    return (await opening).ready;
  }
}

function tell(told: Told): void {
  if (process.connected) process.send!(told);
}

async function nextMessage(child: ChildProcess, file: number): Promise<Told> {
  const exited = new AbortController();
  const ended = () => exited.abort(new Error(`a process of the benchmark ended too soon:\n${readEnd(file)}`));
  child.once("exit", ended);
  try {
    const [told] = await once(child, "message", { signal: exited.signal });
    return told as Told;
  } catch (error) {
    throw exited.signal.aborted ? exited.signal.reason : error;
  } finally {
    child.off("exit", ended);
  }
}

function openNamelessFile(): number {
  const folder = mkdtempSync(join(tmpdir(), "dashboards-bench-"));
  const file = openSync(join(folder, "log"), "w+");
  rmSync(folder, { recursive: true });
  return file;
}

function readEnd(file: number): string {
  const buffer = Buffer.alloc(4_096);
  const length = readSync(file, buffer, { position: Math.max(0, fstatSync(file).size - buffer.length) });
  return buffer.toString("utf8", 0, length);
}
