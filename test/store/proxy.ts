import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** A way to a database that can be made to fail. */
export type Proxy = {
  /** The URL, by way of the proxy. */
  readonly url: string;
  /** Cuts all connections. */
  cut(): void;
  /** Whether bytes are swallowed, of new connections too. */
  swallow(on: boolean): void;
  /** Refuses connections, having cut those there are, until it is opened again. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
};

/** Listens on a port of its own and passes everything on to the database at the URL. */
export async function createProxy(target: string): Promise<Proxy> {
  const { hostname, port: targetPort, pathname, username, password } = new URL(target);
  const host = decodeURIComponent(hostname);
  const sockets = new Set<Socket>();
  let swallows = false;
  let port = 0;

  const server = createServer((near) => {
    const far = host.startsWith("/")
      ? connect(`${host}/.s.PGSQL.${targetPort || 5432}`)
      : connect(Number(targetPort || 5432), host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => !swallows && to.write(bytes));
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });

  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const shut = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    cut();
    await closed;
  };
  const open = async () => {
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  };
  await open();
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${port}${pathname}`,
    cut,
    swallow: (on) => {
      swallows = on;
    },
    shut,
    open,
    close: shut,
  };
}
