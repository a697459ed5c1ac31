import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A port that leads somewhere else, by way of whoever reads along. */
export type Relay = { readonly port: number; close(): Promise<void> };

/**
 * Listens on a port of its own, and opens a way on for each connection. What comes from either side is passed on by
 * `join`, and by nobody else; where one side ends, so does the other, once it has what was passed on before.
 */
export async function createRelay(openFar: () => Socket, join: (near: Socket, far: Socket) => void): Promise<Relay> {
  const sockets = new Set<Socket>();
  // Else each small message waits for the last one to be confirmed, which takes 40 ms.
  const server = createServer({ noDelay: true }, (near) => {
    const far = openFar();
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        other.end();
      });
    }
    join(near, far);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
