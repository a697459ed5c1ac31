import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A listener on 127.0.0.1 that counts who comes. */
export type Sink = { readonly address: string; readonly connections: () => number; close(): Promise<void> };

export async function startSink(): Promise<Sink> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    async close() {
      server.close();
      await once(server, "close");
    },
  };
}
