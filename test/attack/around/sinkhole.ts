import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** A connection that something made to where nothing may lead. */
type Caught = { readonly address: string; readonly port: number };

/** Listens at every address of its namespace. */
export type Sinkhole = { readonly caught: readonly Caught[]; close(): Promise<void> };

/** The one place on its ports where a connection is in order, and who serves it. */
export type Welcome = Caught & { readonly serve: (socket: Socket) => void };

/** Starts it on some ports. Every connection but the welcome ones is written down and cut. */
export async function startSinkhole(ports: readonly number[], welcome: Welcome): Promise<Sinkhole> {
  const caught: Caught[] = [];
  const servers = ports.map((port) =>
    createServer((socket) => {
      // An address of IPv4 as a socket of IPv6 shows it.
      const address = (socket.localAddress ?? "").replace(/^::ffff:/, "");
      if (address === welcome.address && port === welcome.port) return welcome.serve(socket);
      caught.push({ address, port });
      socket.destroy();
    }).listen(port, "::"),
  );
  await Promise.all(servers.map((server) => once(server, "listening")));
  return {
    caught,
    async close() {
      for (const server of servers) server.close();
    },
  };
}
