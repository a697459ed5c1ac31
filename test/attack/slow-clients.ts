import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { flags, frame, headBlock, initialWindowSize, preface, types } from "./h2-frames.ts";
import { namesOf } from "./tenants.ts";
import { constants } from "./variables.ts";

/** Clients that hold their connections. */
export type SlowClients = {
  /** Resolves when the other side has closed each of them. */
  readonly allClosed: Promise<unknown>;
  /** Ends them, and says how long each lived in ms; undefined for those that were still open. */
  end(): readonly (number | undefined)[];
};

/** What they do. */
export type SlowOptions = {
  readonly kind: string;
  readonly connections: number;
  readonly port: number;
  /** Between two bytes of those that drip. */
  readonly intervalMs: number;
  /** The loopback address that they come from. */
  readonly from?: string;
  /** The path of a big page that needs no token. */
  readonly page: string;
  readonly tokenOf: (tenant: string) => string;
};

/** Begins on a connection, and returns what is said every so often from then on. */
type Begin = (socket: Socket, index: number, options: SlowOptions) => (() => void) | undefined;

/** Whether there are slow clients of the kind. */
export function isSlowKind(kind: string): boolean {
  return Object.hasOwn(kinds, kind);
}

/** So many connect at once: more than wait to be accepted are refused. */
const connectAtOnce = 100;

/** What requests cost is another matter than how slow their clients are: they are begun little by little. */
const requestsAtOnce = 2;
const requestsEveryMs = 100;

/** Opens the connections. One that is refused counts as closed at once. */
export async function openSlowClients(options: SlowOptions): Promise<SlowClients> {
  const { kind, connections, port, from, intervalMs } = options;
  const sockets: Socket[] = [];
  const lives: (number | undefined)[] = [];
  const closed: Promise<void>[] = [];
  const drips: NodeJS.Timeout[] = [];
  const open = async (index: number) => {
    const socket = connect({ port, host: "127.0.0.1", ...(from !== undefined && { localAddress: from }) });
    socket.on("error", () => {});
    const openedAtMs = performance.now();
    const gone = new Promise<void>((resolve) =>
      socket.once("close", () => {
        lives[index] = performance.now() - openedAtMs;
        resolve();
      }),
    );
    sockets.push(socket);
    closed.push(gone);
    await Promise.race([once(socket, "connect").catch(() => {}), gone]);
    if (socket.destroyed) return;
    const drip = kinds[kind]!(socket, index, options);
    if (drip !== undefined) drips.push(setInterval(() => socket.destroyed || drip(), intervalMs).unref());
  };
  const atOnce = kind === "idle" ? connectAtOnce : requestsAtOnce;
  for (let start = 0; start < connections; start += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, connections - start) }, (_, at) => open(start + at)));
    if (kind !== "idle") await pause(requestsEveryMs);
  }
  return {
    allClosed: Promise.all(closed),
    end() {
      const seen = Array.from({ length: connections }, (_, index) => lives[index]);
      for (const drip of drips) clearInterval(drip);
      for (const socket of sockets) socket.destroy();
      return seen;
    },
  };
}

const kinds: Readonly<Record<string, Begin>> = {
  /** A head that never ends. */
  headers(socket) {
    socket.resume().write(`POST ${constants.RENDER} HTTP/1.1\r\nHost: a\r\n`);
    return () => socket.write("x-more: a\r\n");
  },
  /** A body that never ends, each of another tenant, so that no rate is what ends it. */
  body(socket, index, { connections, tokenOf }) {
    const token = tokenOf(namesOf(connections)[index]!);
    const head = `POST ${constants.RENDER} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n`;
    socket.resume().write(`${head}Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n{`);
    return () => socket.write(" ");
  },
  /** A request that is answered, and no other. */
  idle(socket) {
    socket.resume().write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    return undefined;
  },
  /**
   * A page of which no more is taken than its beginning. TCP's window is the system's to set, so that every second
   * client asks by HTTP/2, where a window of one byte can be had, and gives it a byte more every so often.
   */
  read(socket, index, { page }) {
    if (index % 2 === 0) {
      socket.pause().write(`GET ${page} HTTP/1.1\r\nHost: a\r\n\r\n`);
      return () => socket.read(1);
    }
    const fields: [string, string][] = [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", page],
      [":authority", "a"],
    ];
    const set = flags.endHeaders | flags.endStream;
    socket.resume().write(preface({ [initialWindowSize]: 1 }));
    socket.write(frame({ type: types.headers, flags: set, stream: 1, payload: headBlock(fields) }));
    return () => socket.write(frame({ type: types.windowUpdate, stream: 1, payload: Buffer.of(0, 0, 0, 1) }));
  },
};
