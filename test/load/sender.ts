import { connect, type Socket } from "node:net";
import { type AnswerReader, createAnswerReader } from "./answer-reader.ts";

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

type Job = { readonly bytes: Buffer; readonly done: (answer: LoadAnswer) => void };

/** A connection, and what it is to answer. */
type Line = { readonly localAddress: string; socket?: Socket; reader?: AnswerReader; job?: Job; sinceMs: number };

/** Fewer than the service takes from one address. */
const connectionsAnAddress = 100;

/** How often it is looked whether an answer takes too long. */
const lookMs = 100;

/**
 * Creates a sender. Its addresses are of the loopback's network, 127.0.0.2 and those after it, all of this machine.
 * It writes bytes that were made before and reads no more of an answer than it must: a usual client takes as long for
 * a request as the service does to refuse one, and would measure itself.
 */
export function createSender({ url, connections, timeoutMs, wantsBody }: SenderOptions): Sender {
  const { hostname, port, host } = new URL(url);
  const addresses = Math.ceil(connections / connectionsAnAddress);
  const lines = Array.from(
    { length: connections },
    (_, at): Line => ({ localAddress: `127.0.0.${2 + (at % addresses)}`, sinceMs: 0 }),
  );
  const toBytes = createSerializer(host);
  // All that is read is looked at before the next is read.
  const buffer = Buffer.alloc(64 * 1024);
  let free = lines.slice();
  let waiting: Job[] = [];
  let [nextFree, nextWaiting] = [0, 0];
  let closing = false;
  const timer = setInterval(endLateOnes, lookMs);

  return {
    async open() {
      // As many at once as there are connections need one each.
      const probe: LoadRequest = { method: "GET", path: "/healthz", headers: {} };
      await Promise.all(lines.map(() => new Promise<LoadAnswer>((done) => send(probe, done))));
    },
    send,
    async close() {
      closing = true;
      clearInterval(timer);
      for (const line of lines) line.socket?.destroy();
    },
  };

  function send(request: LoadRequest, done: (answer: LoadAnswer) => void): void {
    const job = { bytes: toBytes(request), done };
    if (nextFree === free.length) waiting.push(job);
    else begin(free[nextFree++]!, job);
    // What was taken is thrown away now and then.
    if (nextFree > 1_000) {
      free = free.slice(nextFree);
      nextFree = 0;
    }
  }

  function begin(line: Line, job: Job): void {
    line.job = job;
    line.sinceMs = performance.now();
    line.socket ??= open(line);
    line.socket.write(job.bytes);
  }

  function open(line: Line): Socket {
    const reader = createAnswerReader(wantsBody);
    line.reader = reader;
    const onread = {
      buffer,
      callback: (length: number) => {
        const answer = reader(buffer, length);
        if (answer === undefined) return true;
        if (answer.closes || answer.status === 0) leave(line, socket);
        end(line, answer);
        return true;
      },
    };
    const socket = connect({
      host: hostname,
      port: Number(port),
      localAddress: line.localAddress,
      noDelay: true,
      onread,
    });
    let problem = "closed";
    socket.on("error", (error: Error & { code?: string }) => {
      problem = error.code ?? error.message;
    });
    socket.once("close", () => {
      if (line.socket !== socket) return;
      leave(line, socket);
      end(line, { status: 0, problem, retryAfter: undefined, body: "" });
    });
    return socket;
  }

  function leave(line: Line, socket: Socket): void {
    delete line.socket;
    socket.destroy();
  }

  function end(line: Line, answer: LoadAnswer): void {
    const { job } = line;
    delete line.job;
    if (job === undefined || closing) return;
    const next = waiting[nextWaiting];
    if (next === undefined) free.push(line);
    else {
      nextWaiting += 1;
      if (nextWaiting > 1_000) {
        waiting = waiting.slice(nextWaiting);
        nextWaiting = 0;
      }
      begin(line, next);
    }
    job.done(answer);
  }

  function endLateOnes(): void {
    const sinceMs = performance.now() - timeoutMs;
    for (const line of lines) {
      if (line.job === undefined || line.sinceMs > sinceMs) continue;
      leave(line, line.socket!);
      end(line, { status: 0, problem: "no answer in time", retryAfter: undefined, body: "" });
    }
  }
}

/** Loads follow each other on one service, which may remember what the one before asked for. */
function createSerializer(host: string): (request: LoadRequest) => Buffer {
  const known = new WeakMap<LoadRequest, string | Buffer>();
  let unique = Date.now();
  return (request) => {
    let made = known.get(request);
    if (made === undefined) {
      const text = serialize(request, host, `${unique}`.length);
      made = text.includes(placeholder) ? text : Buffer.from(text);
      known.set(request, made);
    }
    if (typeof made !== "string") return made;
    unique += 1;
    return Buffer.from(made.replaceAll(placeholder, `${unique}`));
  };
}

const placeholder = "#unique#";

function serialize({ method, path, headers, body }: LoadRequest, host: string, uniqueLength: number): string {
  const length = Buffer.byteLength(body?.replaceAll(placeholder, "0".repeat(uniqueLength)) ?? "");
  const head = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`content-length: ${length}`]),
  ];
  return `${head.join("\r\n")}\r\n\r\n${body ?? ""}`;
}
