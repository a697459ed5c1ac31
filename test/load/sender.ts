import { Pool } from "undici";

/** A request, made before the load begins, so that making it takes nothing from the load. */
export type LoadRequest = {
  readonly method: "GET" | "POST" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `#unique#` in it becomes a number that no other request has, so that what is asked for is nowhere kept. */
  readonly body?: string;
  /** The statuses that are right; 200 alone unless told. */
  readonly expected?: readonly number[];
  /** The one text of `canaries` that the answer may hold. */
  readonly canary?: string;
};

/** What came of a request. Latency is counted by whoever sent it. */
export type LoadAnswer = {
  /** 0 where none came: the connection failed, or it took too long. */
  readonly status: number;
  /** Why none came. */
  readonly problem?: string;
  readonly retryAfter: string | undefined;
  /** Empty unless it is wanted. */
  readonly body: string;
};

/** Where requests go, and by how many connections. */
export type SenderOptions = {
  readonly url: string;
  /** Kept-alive connections in all. As many loopback addresses share them as each may have a fair number. */
  readonly connections: number;
  /** How long an answer may take before the request counts as failed. */
  readonly timeoutMs: number;
  readonly wantsBody: boolean;
};

/** Sends requests by HTTP/1.1. One that finds no free connection waits for one. */
export type Sender = {
  /** Opens all connections, as a balancer in front of a service has them before it needs them. */
  open(): Promise<void>;
  /** Never rejects, and always has an end. */
  send(request: LoadRequest, done: (answer: LoadAnswer) => void): void;
  close(): Promise<void>;
};

/** Fewer than the service takes from one address. */
const connectionsAnAddress = 100;

/** Creates a sender. Its addresses are of the loopback's network, 127.0.0.2 and those after it, all of this machine. */
export function createSender({ url, connections, timeoutMs, wantsBody }: SenderOptions): Sender {
  const addresses = Math.ceil(connections / connectionsAnAddress);
  const pools = Array.from({ length: addresses }, (_, at) => {
    const share = Math.ceil(connections / addresses);
    const localAddress = `127.0.0.${2 + at}`;
    return new Pool(url, { connections: share, localAddress, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  });
  let turn = 0;
  // Loads follow each other on one service, which may remember what the one before asked for.
  let unique = Date.now();

  return {
    async open() {
      // As many at once as there are connections need one each.
      const probes = pools.flatMap((pool) =>
        Array.from({ length: Math.ceil(connections / addresses) }, async () => {
          const { body } = await pool.request({ method: "GET", path: "/healthz" });
          await body.dump();
        }),
      );
      await Promise.all(probes);
    },
    send(request, done) {
      const { method, path, headers } = request;
      unique += 1;
      const body = request.body?.replaceAll("#unique#", `${unique}`);
      const chunks: Buffer[] = [];
      let status = 0;
      let retryAfter: string | undefined;
      turn = (turn + 1) % pools.length;
      pools[turn]!.dispatch(
        { method, path, headers: { ...headers }, ...(body !== undefined && { body }) },
        {
          onRequestStart() {},
          onResponseStart(_, statusCode, answered) {
            status = statusCode;
            retryAfter = answered["retry-after"] as string | undefined;
          },
          onResponseData(_, chunk) {
            if (wantsBody) chunks.push(chunk);
          },
          onResponseEnd() {
            done({ status, retryAfter, body: Buffer.concat(chunks).toString() });
          },
          onResponseError(_, error: Error & { code?: string }) {
            // A turn later, for it may fail at once, and whoever sends the next one then would never stop.
            setImmediate(done, { status: 0, problem: error.code ?? error.message, retryAfter: undefined, body: "" });
          },
        },
      );
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}
