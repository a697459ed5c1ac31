import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to a database that can be made to fail. */
export type Proxy = {
  /** The URL, by way of the proxy. */
  readonly url: string;
  /** Cuts all connections. */
  cut(): void;
  /** As `cut`, but as a host does that has forgotten them: by a reset, without an orderly end. */
  reset(): void;
  /** Whether bytes are swallowed, of new connections too. */
  swallow(on: boolean): void;
  /** How long what the database says takes on its way, in milliseconds; 0 for no time at all. */
  delay(ms: number): void;
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
  let delayMs = 0;

  // Else each small message waits for the last one to be confirmed, which takes 40 ms.
  const server = createServer({ noDelay: true }, (near) => {
    const far = host.startsWith("/")
      ? connect(`${host}/.s.PGSQL.${targetPort || 5432}`)
      : connect({ port: Number(targetPort || 5432), host, noDelay: true });
    const pairs = [
      [near, far, (bytes: Buffer) => void far.write(bytes)],
      [far, near, inTurn((bytes) => void near.write(bytes))],
    ] as const;
    for (const [from, to, pass] of pairs) {
      sockets.add(from);
      from.on("data", (bytes: Buffer) => !swallows && pass(bytes, delayMs));
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
  const port = await listenBelowEphemeral(server);
  const open = async () => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${port}${pathname}`,
    cut,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    swallow: (on) => {
      swallows = on;
    },
    delay: (ms) => {
      delayMs = ms;
    },
    shut,
    open,
    close: shut,
  };
}

/** Listens where no outgoing connection can take the port while it is shut. */
async function listenBelowEphemeral(server: Server): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    server.listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
}

/** Passes chunks on after a while, in the order in which they came, also when the while was shortened since. */
function inTurn(pass: (bytes: Buffer) => void): (bytes: Buffer, afterMs: number) => void {
  const waiting: Buffer[] = [];
  return (bytes, afterMs) => {
    if (afterMs === 0 && waiting.length === 0) return pass(bytes);
    waiting.push(bytes);
    setTimeout(() => pass(waiting.shift()!), afterMs);
  };
}
