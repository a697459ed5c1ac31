import type { Socket } from "node:net";
import type { Limits } from "./limits.ts";

/** The open connections, and which of them are idle. */
export type Connections = {
  /** Takes a connection in, idle at first. */
  add(socket: Socket): void;
  /** Says that a request begins on it; call what is returned when nothing is to be done for it any more. */
  begin(socket: Socket): () => void;
  /** Destroys those on which no request is answered; where new ones are spared, only those that had one. */
  destroyIdle(sparesNew: boolean): void;
  destroyAll(): void;
};

/** What the count of connections goes by. */
export type ConnectionsOptions = {
  readonly limits: Pick<Limits, "maxConnections" | "maxConnectionsPerAddress">;
  /** Whether many callers share an address, which then has no limit of its own. */
  readonly isProxy: (address: string) => boolean;
  /** What an address is counted under: one caller may have more of them than there are connections. */
  readonly keyOf: (address: string) => string;
};

type Connection = { readonly key: string; requests: number; isNew: boolean };

/**
 * Creates the count of connections. Where an address has too many, the one of its that has been idle longest
 * is destroyed, and where there are too many in all, the one of all: so that whoever only holds connections
 * cannot keep others out. Where none is idle, the newest is.
 */
export function createConnections({ limits, isProxy, keyOf }: ConnectionsOptions): Connections {
  const open = new Map<Socket, Connection>();
  const counts = new Map<string, number>();
  /** In the order in which they became idle. */
  const idle = new Set<Socket>();

  return {
    add(socket) {
      const address = socket.remoteAddress ?? "";
      const key = keyOf(address);
      const count = (counts.get(key) ?? 0) + 1;
      open.set(socket, { key, requests: 0, isNew: true });
      counts.set(key, count);
      idle.add(socket);
      socket.once("close", () => forget(socket));
      if (count > limits.maxConnectionsPerAddress && !isProxy(address)) {
        evict(idle.values().find((other) => open.get(other)?.key === key));
      } else if (open.size > limits.maxConnections) {
        evict(idle.values().next().value);
      }
    },
    begin(socket) {
      let end = () => change(socket, -1);
      change(socket, 1);
      return () => {
        end();
        end = () => {};
      };
    },
    destroyIdle(sparesNew) {
      for (const socket of idle) if (!(sparesNew && open.get(socket)!.isNew)) socket.destroy();
    },
    destroyAll() {
      for (const socket of open.keys()) socket.destroy();
    },
  };

  function change(socket: Socket, by: number): void {
    const connection = open.get(socket);
    if (connection === undefined) return;
    connection.requests += by;
    connection.isNew = false;
    idle.delete(socket);
    if (connection.requests === 0) idle.add(socket);
  }

  function evict(socket: Socket | undefined): void {
    if (socket === undefined) return;
    // It closes some turns later; until then it must not stand for the room that it makes.
    forget(socket);
    socket.destroy();
  }

  function forget(socket: Socket): void {
    const connection = open.get(socket);
    if (connection === undefined) return;
    open.delete(socket);
    idle.delete(socket);
    const left = counts.get(connection.key)! - 1;
    if (left === 0) counts.delete(connection.key);
    else counts.set(connection.key, left);
  }
}
