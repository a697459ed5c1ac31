import { fault } from "../errors/fault.ts";
import { createBulkhead } from "../limit/bulkhead.ts";
import { type Connection, connect } from "./connection.ts";
import { databaseDown, toDatabaseFault } from "./database-fault.ts";
import { createSharedConnection } from "./shared-connection.ts";

/** A bounded set of connections that tenants share. */
export type Pool = {
  /**
   * Runs the work on a connection of its own. Whatever fails comes out as a fault. What takes longer
   * than `timeoutMs`, the wait included, is DEPENDENCY_DOWN, and its connection is given up; who gets
   * no connection within a second, since others hold them all, is OVERLOADED.
   */
  use<T>(tenant: string, timeoutMs: number, work: (connection: Connection) => Promise<T>): Promise<T>;
  /**
   * As `use`, on a connection that others use at the same time: for single statements that take no time, of which
   * there are many.
   */
  glance<T>(timeoutMs: number, work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Returns how many connections of their own are at work and at rest now, and how many wait for one. */
  load(): PoolLoad;
  /** Waits for the work that runs, refuses more, and ends the connections. */
  close(): Promise<void>;
};

/** How much there is to do, and how much was refused up to now. */
export type PoolLoad = {
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
  readonly refused: number;
};

/** The most connections of one process, beside the one that is shared: a few busy ones serve thousands of short statements. */
const total = 10;

/** Half of them, so that one tenant, whose calls may wait for one another, leaves room for the rest. */
const perTenant = 5;

const waitMs = 1000;

const connectMs = 900;

/** A connection idle for longer is ended, so that a quiet process holds none. */
const idleMs = 30_000;

/** A connection that was used within that time is taken to be alive. */
const trustedMs = 1_000;

/** A connection older than this is not used again, so that a change of address is noticed. */
const lifetimeMs = 1_800_000;

/** Creates a pool. It connects when it has to, and after an outage works again with the first call. */
export function createPool(url: string, { session }: { readonly session: boolean }): Pool {
  const slots = createBulkhead({
    total,
    perKey: perTenant,
    waitMs,
    refusal: () => fault("OVERLOADED", "too much is asked at once: try again in a second", { retryAfterMs: 1000 }),
  });
  const idle = new Map<Connection, NodeJS.Timeout>();
  const heardAtMs = new WeakMap<Connection, number>();
  const running = new Set<Promise<unknown>>();
  const shared = createSharedConnection({
    open: () => connect(url, { session, withinMs: connectMs }),
    idleMs,
    lifetimeMs,
  });
  let closed = false;

  const track = <T>(call: Promise<T>): Promise<T> => {
    running.add(call);
    const settled = () => running.delete(call);
    call.then(settled, settled);
    return call;
  };

  const takeIdle = (): Connection | undefined => {
    const latest = [...idle.keys()].at(-1);
    if (latest === undefined) return undefined;
    clearTimeout(idle.get(latest));
    idle.delete(latest);
    return latest.isLost() ? takeIdle() : latest;
  };

  /** A host that has vanished says nothing: a connection on which nothing was heard lately is asked first. */
  const takeLiving = async (leftMs: () => number): Promise<Connection | undefined> => {
    const connection = takeIdle();
    if (connection === undefined || performance.now() - (heardAtMs.get(connection) ?? 0) < trustedMs) return connection;
    try {
      await inTime(Math.min(connectMs, leftMs()), connection.sql`select 1`, connection.destroy);
    } catch (error) {
      throw toDatabaseFault(error);
    }
    return connection;
  };

  const giveBack = (connection: Connection) => {
    if (connection.isLost()) return;
    if (closed || performance.now() - connection.openedAtMs > lifetimeMs) {
      void connection.end();
      return;
    }
    const retire = () => {
      idle.delete(connection);
      void connection.end();
    };
    heardAtMs.set(connection, performance.now());
    idle.set(connection, setTimeout(retire, idleMs).unref());
  };

  const run = async <T>(deadline: number, work: (connection: Connection) => Promise<T>): Promise<T> => {
    if (closed) throw databaseDown();
    const leftMs = () => Math.max(1, deadline - performance.now());
    const connection =
      (await takeLiving(leftMs)) ?? (await connect(url, { session, withinMs: Math.min(connectMs, leftMs()) }));
    try {
      return await inTime(leftMs(), work(connection), connection.destroy);
    } catch (error) {
      throw toDatabaseFault(error);
    } finally {
      giveBack(connection);
    }
  };

  const runShared = async <T>(timeoutMs: number, work: (connection: Connection) => Promise<T>): Promise<T> => {
    if (closed) throw databaseDown();
    const deadline = performance.now() + timeoutMs;
    const connection = await inTime(timeoutMs, shared.get(), () => {});
    try {
      return await inTime(Math.max(1, deadline - performance.now()), work(connection), connection.destroy);
    } catch (error) {
      throw toDatabaseFault(error);
    }
  };

  return {
    use(tenant, timeoutMs, work) {
      const deadline = performance.now() + timeoutMs;
      return track(slots.run(tenant, () => run(deadline, work), timeoutMs));
    },
    load() {
      const { running: busy, waiting, refused } = slots.load();
      return { busy, idle: idle.size, waiting, refused };
    },
    glance: (timeoutMs, work) => track(runShared(timeoutMs, work)),
    async close() {
      closed = true;
      await Promise.allSettled(running);
      await Promise.all([shared.close(), ...[...idle.keys()].map((connection) => connection.end())]);
      for (const timer of idle.values()) clearTimeout(timer);
      idle.clear();
    },
  };
}

/**
 * Gives up what takes too long. After a long turn of the event loop, timers come before answers that have arrived
 * meanwhile: those are taken in first.
 */
async function inTime<T>(timeoutMs: number, work: Promise<T>, giveUp: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let last: NodeJS.Immediate | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      last = setImmediate(() => {
        giveUp();
        reject(databaseDown());
      });
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
    clearImmediate(last);
  }
}
