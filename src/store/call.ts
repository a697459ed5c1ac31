import { fault } from "../errors/fault.ts";
import { createBulkhead } from "../limit/bulkhead.ts";
import type { Actor } from "./audit.ts";
import type { Connection } from "./connection.ts";
import type { Pool } from "./pool.ts";

/** A mutating call, as its caller numbers it. */
export type Call = {
  readonly tenant: string;
  readonly method: string;
  /** Who makes it, for the audit log. */
  readonly actor: Actor;
  /** The caller's request id; undefined when it gave none, and then nothing is kept. */
  readonly key: string | undefined;
  /** What tells this request from another one under the same key. */
  readonly fingerprint: string;
  /** Says whether a fingerprint that was kept is this request's too. The default is that it is the same text. */
  readonly isSame?: (kept: string) => boolean;
};

/** What is kept of a call: its request's mark and its answer. */
export type Kept = { readonly fingerprint: string; readonly answer: Uint8Array };

/** What is left of a call's time, in whole milliseconds: at least one. */
export type LeftMs = {
  /** For others with the same key to be done. */
  readonly wait: number;
  /** For all of it: after that its caller has been told that it failed. */
  readonly all: number;
};

/** Does a call's work on a connection when it is its turn. */
export type InTurn = <T>(call: Call, work: (connection: Connection, left: LeftMs) => Promise<T>) => Promise<T>;

/** How long a duplicate waits for the first one before it is told to come back. */
const waitMs = 2000;

/** A mutating call's wait and work, together. */
const timeoutMs = 3500;

/**
 * Creates the turns of mutating calls. Per tenant, method and key, duplicates in this process wait for the first
 * without a connection, so that they never keep one from it. A wait of 2 s ends in IDEMPOTENCY_IN_FLIGHT.
 */
export function createTurns(pool: Pool): InTurn {
  const turns = createBulkhead({ perKey: 1, waitMs, refusal: inFlight });

  return (call, work) => {
    const queuedAt = performance.now();
    const run = () => {
      const begunAt = performance.now();
      return pool.use(call.tenant, timeoutMs, (connection) => {
        const now = performance.now();
        return work(connection, { wait: left(waitMs, now - queuedAt), all: left(timeoutMs, now - begunAt) });
      });
    };
    return call.key === undefined ? run() : turns.run([call.tenant, call.method, call.key].join(" "), run);
  };
}

/** Returns the answer that was kept. Throws REQUEST_ID_REUSED when it is another request's. */
export function replay({ fingerprint, isSame = (kept) => kept === fingerprint }: Call, kept: Kept): Uint8Array {
  if (!isSame(kept.fingerprint)) {
    throw fault("REQUEST_ID_REUSED", "this X-Request-Id was used for another request: give every request its own");
  }
  return kept.answer;
}

function left(ms: number, goneMs: number): number {
  return Math.max(1, Math.round(ms - goneMs));
}

function inFlight() {
  return fault("IDEMPOTENCY_IN_FLIGHT", "the same request is still being worked on: try again in a second", {
    retryAfterMs: 1000,
  });
}
