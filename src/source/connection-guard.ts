import { LRUCache } from "lru-cache";
import { createBulkhead } from "../limit/bulkhead.ts";
import { type Circuit, type CircuitOptions, createCircuit } from "./circuit.ts";
import type { OpenConnection } from "./connector.ts";
import { SourceError } from "./source-error.ts";

/** Keeps what hangs or is down on one connection from everything else. */
export type ConnectionGuard = {
  /**
   * Does the work when the connection has room for it, and tells it how much of its time is left, in
   * milliseconds. Throws `source_unavailable` where the connection is left alone because it did not answer
   * lately, or where there is no room in time: a second before its end, or at half of it if that is later.
   */
  run<T>(
    connection: Pick<OpenConnection, "tenant" | "name" | "revision">,
    timeoutMs: number,
    work: (leftMs: number) => Promise<T>,
  ): Promise<T>;
};

/** How much runs at once, and when a connection is left alone. */
export type ConnectionGuardOptions = CircuitOptions & {
  /** Of one revision of a connection. */
  readonly perConnection: number;
  /** Of a tenant's connections together; less than the total, or one tenant's hung ones keep out every other. */
  readonly perTenant: number;
  readonly total: number;
  /** How many may wait for one connection; the next is refused at once. */
  readonly maxWaiting: number;
};

/** Most queries take less; with less time than that left, too many would only load what is loaded already. */
const leastMs = 1_000;

/** So many connections are remembered to be down; the one used longest ago is forgotten, and tried again. */
const maxCircuits = 1_000;

/** Creates a guard. */
export function createConnectionGuard(options: ConnectionGuardOptions): ConnectionGuard {
  const { perConnection, perTenant, total, maxWaiting } = options;
  const circuits = new LRUCache<string, Circuit>({ max: maxCircuits });
  const refusal = () => new SourceError("source_unavailable", "too many queries are run at once");
  // Longer than any query: how long each may wait follows from its own time.
  const waitMs = 60_000;
  // The narrow gate comes first: what waits for a connection that hangs takes no room from the tenant's others.
  const connections = createBulkhead({ perKey: perConnection, maxWaitingPerKey: maxWaiting, waitMs, refusal });
  const tenants = createBulkhead({ perKey: perTenant, total, waitMs, refusal });

  return {
    async run({ tenant, name, revision }, timeoutMs, work) {
      const startMs = performance.now();
      const pastMs = () => performance.now() - startMs;
      const key = JSON.stringify([tenant, name, revision]);
      const circuit = circuitOf(key);
      // Before the wait, so that nobody waits for room to be refused, and again after it.
      circuit.check();
      // What starts with too little time left would only run into its timeout.
      const longestMs = Math.max(timeoutMs - leastMs, timeoutMs / 2);
      const start = () => circuit.run(() => work(timeoutMs - pastMs()));
      return connections.run(key, () => tenants.run(tenant, start, longestMs - pastMs()), longestMs);
    },
  };

  function circuitOf(key: string): Circuit {
    const known = circuits.get(key);
    if (known !== undefined) return known;
    const circuit = createCircuit(options);
    circuits.set(key, circuit);
    return circuit;
  }
}
