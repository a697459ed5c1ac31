import type { Connection } from "./connection.ts";

/** A connection on which statements are sent one behind another, whoever they are for. */
export type SharedConnection = {
  /** Returns it, made now if it has to be. Fails as `open` does; who comes next tries again. */
  get(): Promise<Connection>;
  /** Ends it once nothing runs on it any more. */
  close(): Promise<void>;
};

/** How long it is kept without a use, and in all. */
export type SharedConnectionOptions = {
  readonly open: () => Promise<Connection>;
  readonly idleMs: number;
  readonly lifetimeMs: number;
};

/**
 * Creates a connection to share. Statements of a few microseconds need none of their own: sent without waiting for the
 * answers before them, hundreds go out in the turn of the event loop that asks for them, however long turns take.
 */
export function createSharedConnection({ open, idleMs, lifetimeMs }: SharedConnectionOptions): SharedConnection {
  let opening: Promise<Connection> | undefined;
  let opened: Connection | undefined;
  let idle: NodeJS.Timeout | undefined;

  const retire = () => {
    const connection = opened;
    [opened, opening] = [undefined, undefined];
    clearTimeout(idle);
    idle = undefined;
    return connection === undefined || connection.isLost() ? Promise.resolve() : connection.end();
  };

  return {
    async get() {
      const isOver = opened?.isLost() === true || performance.now() - (opened?.openedAtMs ?? Infinity) > lifetimeMs;
      if (isOver) void retire();
      opening ??= open().then(
        (connection) => {
          opened = connection;
          return connection;
        },
        (error) => {
          opening = undefined;
          throw error;
        },
      );
      const connection = await opening;
      idle ??= setTimeout(() => void retire(), idleMs).unref();
      idle.refresh();
      return connection;
    },
    async close() {
      await opening?.catch(() => {});
      await retire();
    },
  };
}
