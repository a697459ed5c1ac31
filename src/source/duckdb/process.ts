import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Frame } from "../../frame/frame.ts";
import type { Log } from "../../log/log.ts";
import { noAnswer } from "../in-time.ts";
import { SourceError } from "../source-error.ts";
import type { DuckdbJob, FromDuckdb, ToDuckdb } from "./protocol.ts";

/** A process that runs DuckDB, as the pool holds it. */
export type DuckdbProcess = {
  /** Whether it takes a job. */
  readonly free: boolean;
  /**
   * Runs a job; only when free. The answer ends with the signal: `source_timeout`, or
   * `source_unavailable` if the process had not even started. The process may then stay busy for
   * as long as `graceMs`, after which it is killed.
   */
  run(job: DuckdbJob, signal: AbortSignal): Promise<Frame>;
  /** Kills it. A job that runs fails. */
  end(): void;
  /** Resolves when it is gone. */
  readonly ended: Promise<void>;
};

/** What a process needs of its pool. */
export type DuckdbProcessOptions = {
  /** How long an interrupt has to take effect. */
  readonly graceMs: number;
  readonly log: Log;
  /** Called when it has become free, and not at the very start, when it is free as well. */
  readonly onFree: () => void;
  /** Called when it is gone, by whatever cause. */
  readonly onEnd: () => void;
};

/** How long a process may take to start: ten times what a busy machine takes. */
const startMs = 10_000;

const entry = fileURLToPath(new URL("./child.ts", import.meta.url));

type Current = {
  readonly id: number;
  readonly job: DuckdbJob;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: SourceError) => void;
};

/** Starts a process. It takes a job at once, which waits until it is ready. Throws when the system has no room. */
export function startDuckdbProcess({ graceMs, log, onFree, onEnd }: DuckdbProcessOptions): DuckdbProcess {
  const child = spawnChild();
  let ready = false;
  let lastId = 0;
  let current: Current | undefined;
  let dismissed = false;
  let killTimer = setTimeout(kill, startMs);

  child.on("message", (message: FromDuckdb) => {
    if (message.kind === "ready") {
      ready = true;
      clearTimeout(killTimer);
      if (!message.limited) log.warn("DuckDB runs without bounds on its memory: there is no prlimit");
      if (current === undefined) onFree();
      else send({ kind: "query", id: current.id, job: current.job });
    } else if (message.id === current?.id) {
      clearTimeout(killTimer);
      if ("frame" in message.answer) current.resolve(message.answer.frame);
      else current.reject(new SourceError("source_failed", message.answer.category));
      current = undefined;
      if (message.spent) kill();
      else onFree();
    }
  });

  const ended = new Promise<void>((resolve) => {
    const onGone = (code: number | null, signal: string | null) => {
      clearTimeout(killTimer);
      if (!ready && !dismissed) log.error({ code, signal }, "a DuckDB process did not start");
      current?.reject(new SourceError(ready && !dismissed ? "source_failed" : "source_unavailable", "process ended"));
      current = undefined;
      resolve();
      onEnd();
    };
    child.once("exit", onGone);
    // Other errors than of starting are those of messages to a process that is gone.
    child.on("error", () => child.pid === undefined && onGone(null, null));
  });

  return {
    get free() {
      return current === undefined && !child.killed;
    },

    run(job, signal) {
      lastId += 1;
      const id = lastId;
      return new Promise<Frame>((resolve, reject) => {
        current = { id, job, resolve, reject };
        if (ready) send({ kind: "query", id, job });
        signal.addEventListener("abort", () => giveUp(id), { once: true });
      });
    },

    end() {
      dismissed = true;
      kill();
    },
    ended,
  };

  function giveUp(id: number): void {
    if (current?.id !== id) return;
    if (!ready) {
      current.reject(new SourceError("source_unavailable", "no DuckDB process was ready in time"));
      current = undefined;
      return;
    }
    current.reject(noAnswer());
    send({ kind: "interrupt", id });
    killTimer = setTimeout(kill, graceMs);
  }

  function kill(): void {
    child.kill("SIGKILL");
  }

  function send(message: ToDuckdb): void {
    // A process that is gone says so by its exit.
    child.send(message, () => {});
  }
}

function spawnChild(): ChildProcess {
  return spawn(process.execPath, [entry], {
    // Relative paths in queries lead nowhere from here.
    cwd: "/",
    env: {},
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    // Away from the terminal's Ctrl-C: the service drains first. Without its channel a process ends itself.
    detached: true,
  });
}
