import { Redis } from "ioredis";
import { inTime } from "./in-time.ts";

/** A host that takes longer to be connected to and to say hello is tried again. */
const connectMs = 2_000;

/**
 * Connects once, and resolves when Redis has its data and answers. Nothing is queued, sent again or connected
 * anew by the driver: a call finds Redis there, or goes on without it. Rejects where it cannot be reached.
 */
export async function connect(url: string): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    retryStrategy: () => null,
    connectTimeout: connectMs,
    disableClientInfo: true,
    connectionName: "dashboards",
  });
  let reason: unknown;
  // Without a listener the driver would print it, with the address.
  redis.on("error", (error: Error) => {
    reason ??= error;
  });
  try {
    await inTime(redis.connect(), connectMs);
    return redis;
  } catch (error) {
    disconnect(redis);
    // The driver rejects with no more than that the connection was closed.
    throw reason ?? error;
  }
}

/** Ends a connection at once, also one whose other side is frozen. What waits for an answer on it is rejected. */
export function disconnect(redis: Redis): void {
  redis.disconnect();
  // There is none before it has connected.
  (redis.stream as Redis["stream"] | undefined)?.destroy();
}
