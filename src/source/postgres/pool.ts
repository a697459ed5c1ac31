import type { OpenConnection } from "../connector.ts";
import type { PostgresSession } from "./session.ts";

type Key = Pick<OpenConnection, "tenant" | "name" | "revision">;

/** Sessions that wait for their next read, each for one revision of one tenant's connection. */
export type PostgresPool = {
  /** Returns one, or undefined where none is left. Those of other revisions are ended. */
  take(key: Key): PostgresSession | undefined;
  /** Cleans a session and keeps it for a while, unless there are enough. The session must not be used any more. */
  give(key: Key, session: PostgresSession): void;
  /** Ends all, and keeps none from now on. */
  close(): void;
};

/** As many as may be at work for one connection at once; the next one connects. */
const maxIdlePerConnection = 8;

/** In all, since each holds memory on a server as well. */
const maxIdle = 64;

const idleMs = 60_000;

type Idle = Key & {
  readonly session: PostgresSession;
  readonly timer: NodeJS.Timeout;
};

/** Creates a pool without sessions. */
export function createPostgresPool(): PostgresPool {
  /** The one that was used last is the last. */
  const idle = new Set<Idle>();
  let closed = false;

  const remove = (entry: Idle) => {
    clearTimeout(entry.timer);
    idle.delete(entry);
  };
  const retire = (entry: Idle | undefined) => {
    if (entry === undefined) return;
    remove(entry);
    entry.session.destroy();
  };
  const ofConnection = ({ tenant, name }: Key) =>
    [...idle].filter((entry) => entry.tenant === tenant && entry.name === name);

  return {
    take(key) {
      for (const entry of ofConnection(key).reverse()) {
        if (entry.revision !== key.revision || entry.session.isLost()) retire(entry);
      }
      const entry = ofConnection(key).at(-1);
      if (entry !== undefined) remove(entry);
      return entry?.session;
    },
    give({ tenant, name, revision }, session) {
      if (closed || session.isLost() || session.isOld()) return session.destroy();
      const timer = setTimeout(() => retire(entry), idleMs).unref();
      session.clean();
      const entry: Idle = { tenant, name, revision, session, timer };
      idle.add(entry);
      const same = ofConnection(entry);
      if (same.length > maxIdlePerConnection) retire(same[0]);
      if (idle.size > maxIdle) retire([...idle][0]);
    },
    close() {
      closed = true;
      for (const entry of idle) retire(entry);
    },
  };
}
