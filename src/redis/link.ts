import type { Redis } from "ioredis";
import type { Log } from "../log/log.ts";
import { connect, disconnect } from "./connect.ts";
import { inTime } from "./in-time.ts";
import { createRefusalReport } from "./refusal-report.ts";

/** A connection to Redis that may be away at any time. */
export type Link = {
  /**
   * Returns what the command comes to. Undefined where Redis is away, which is known without waiting, where it
   * says nothing for 30 ms, and where it refuses. Never rejects.
   */
  ask<T>(command: (redis: Redis) => Promise<T>): Promise<T | undefined>;
  /** Does what nobody waits for, in its own time. Returns undefined where it could not be done. Never rejects. */
  give<T>(command: (redis: Redis) => Promise<T>): Promise<T | undefined>;
  /** Says whether Redis answered when it was asked last. */
  isUp(): boolean;
  /** Resolves when it was tried to connect for the first time. */
  readonly tried: Promise<void>;
  /** Ends the connection, and all that waits for an answer. */
  close(): void;
};

/** Where Redis is, and what for. */
export type LinkOptions = {
  /** Its address, with a password if it has one; in no log line. */
  readonly url: string;
  /** What stands in the log for it. */
  readonly use: "limits" | "results" | "news";
  readonly log: Log;
  /** Another link, without which this one is not up either: where that one says nothing, nobody waits for this one. */
  readonly behind?: Pick<Link, "isUp">;
  /** Done with each new connection before it is used. */
  readonly prepare?: (redis: Redis) => Promise<void>;
  /**
   * How often it is asked whether it is there, so soon is it known that it is away, or back. The default is 1000,
   * because calls find out earlier that it is away, and a second of local limits does no harm.
   */
  readonly probeMs?: number;
};

/** So long a call waits for Redis: an answer takes less than a millisecond, and a frozen Redis gives none. */
const answerMs = 30;

/** Once it is connected, so long may what is done first take. */
const prepareMs = 1_000;

/** After so many probes in a row without an answer the connection is made anew: the host may have moved. */
const maxSilences = 3;

/**
 * Opens a link, which connects in the background and goes on trying. One call without an answer in time shuts it
 * for all, until a probe has one: nobody waits for what is known to be away.
 */
export function openLink({ url, use, log, behind, prepare = async () => {}, probeMs = 1_000 }: LinkOptions): Link {
  let redis: Redis | undefined;
  let up: boolean | undefined;
  let silences = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const report = createRefusalReport(use, log);

  const isUp = () => up === true && behind?.isUp() !== false;

  const reached = () => {
    silences = 0;
    if (up === true || closed) return;
    up = true;
    log.info({ use }, "Redis is reached");
  };

  const unreached = (error?: unknown) => {
    if (up === false || closed) return;
    up = false;
    log.warn({ use, ...(error !== undefined && { error }) }, "Redis is not reached");
  };

  const lose = (lost: Redis) => {
    disconnect(lost);
    if (redis !== lost) return;
    redis = undefined;
    unreached();
  };

  const withRedis = async <T>(command: (redis: Redis) => Promise<T>, withinMs: number): Promise<T | undefined> => {
    const used = redis;
    if (used === undefined || !isUp()) return undefined;
    try {
      return await (withinMs === 0 ? command(used) : inTime(command(used), withinMs));
    } catch (error) {
      if (isRefusal(error)) {
        report(error);
        // What was the primary is a replica now: its name may lead to another one.
        if (error.message.startsWith("READONLY")) lose(used);
      } else if (used === redis) unreached(error);
      return undefined;
    }
  };

  const open = async () => {
    try {
      const fresh = await connect(url);
      fresh.once("end", () => lose(fresh));
      try {
        await inTime(prepare(fresh), prepareMs);
      } catch (error) {
        disconnect(fresh);
        throw error;
      }
      if (closed) return disconnect(fresh);
      redis = fresh;
      reached();
    } catch (error) {
      if (isRefusal(error)) report(error);
      unreached(error);
    }
  };

  const probe = async (asked: Redis) => {
    try {
      await inTime(asked.ping(), answerMs);
      if (asked === redis) reached();
    } catch (error) {
      if (isRefusal(error)) report(error);
      unreached(error);
      silences += 1;
      if (silences >= maxSilences) lose(asked);
    }
  };

  const step = async () => {
    await (redis === undefined ? open() : probe(redis));
    if (!closed) timer = setTimeout(step, probeMs).unref();
  };

  return {
    ask: (command) => withRedis(command, answerMs),
    give: (command) => withRedis(command, 0),
    isUp,
    tried: step(),
    close() {
      closed = true;
      clearTimeout(timer);
      if (redis !== undefined) disconnect(redis);
    },
  };
}

/** Says whether Redis has answered with an error: it is there, and does not do this. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}
