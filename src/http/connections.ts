import type { Socket } from "node:net";

/** The open connections, and which of them are idle. */
export type Connections = {
  /** Takes a connection in, idle at first. */
  add(socket: Socket): void;
  /** Says that a request begins on it; call what is returned when the request is over. */
  begin(socket: Socket): () => void;
  /** Destroys those on which no request is answered. */
  destroyIdle(): void;
  destroyAll(): void;
};

/**
 * Creates the count of connections. When there are more than `max`, the one that has been idle longest
 * is destroyed, so that whoever only holds connections cannot keep others out; where none is idle, the
 * newest is.
 */
export function createConnections(max: number): Connections {
  const requests = new Map<Socket, number>();
  /** In the order in which they became idle. */
  const idle = new Set<Socket>();

  return {
    add(socket) {
      requests.set(socket, 0);
      idle.add(socket);
      socket.once("close", () => {
        requests.delete(socket);
        idle.delete(socket);
      });
      if (requests.size > max) idle.values().next().value?.destroy();
    },
    begin(socket) {
      change(socket, 1);
      return () => change(socket, -1);
    },
    destroyIdle() {
      for (const socket of idle) socket.destroy();
    },
    destroyAll() {
      for (const socket of requests.keys()) socket.destroy();
    },
  };

  function change(socket: Socket, by: number): void {
    const before = requests.get(socket);
    if (before === undefined) return;
    requests.set(socket, before + by);
    idle.delete(socket);
    if (before + by === 0) idle.add(socket);
  }
}
