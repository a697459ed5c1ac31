import { setTimeout as sleep } from "node:timers/promises";
import type { ClientTap } from "./client-tap.ts";
import type { CrashPoint, CrashPointName } from "./crash-points.ts";
import type { DatabaseTap } from "./database-tap.ts";
import { createHold } from "./hold.ts";

/** The ways in and out of a service, and its end. */
export type Crashable = {
  readonly client: ClientTap;
  readonly database: DatabaseTap;
  /** Sends SIGKILL, and resolves when the process is gone. */
  kill(): Promise<void>;
};

/** How long calls may take to the point, a busy machine included. */
const patienceMs = 15_000;

/**
 * Makes the calls, waits until each of them has come to the point, and kills the service there. Fails when
 * one of them does not get there, and when one of them is answered.
 */
export async function crashAt(
  { client, database, kill }: Crashable,
  point: CrashPoint & { readonly name: CrashPointName },
  calls: readonly (() => Promise<unknown>)[],
): Promise<void> {
  const hold = createHold(point.name, calls.length);
  client.hold(hold);
  database.hold(hold);
  const outcomes = Promise.allSettled(calls.map((call) => call()));
  const late = new AbortController();
  const isThere = await Promise.race([
    hold.reached.then(() => true),
    sleep(patienceMs, false, { signal: late.signal }).catch(() => false),
  ]);
  late.abort();
  client.hold(undefined);
  database.hold(undefined);
  if (isThere && passedOn.has(point.name)) hold.pass();
  await kill();
  const answered = (await outcomes).filter(({ status }) => status === "fulfilled").length;
  if (!isThere) throw new Error(`not every call came to ${point.name}; ${answered} were answered`);
  if (answered > 0) throw new Error(`${answered} calls were answered although the service was killed at ${point.name}`);
}

/** Points that are a race between the service's end and what it was sent, or has sent. */
const passedOn: ReadonlySet<CrashPointName> = new Set(["request_read", "commit_sent"]);
