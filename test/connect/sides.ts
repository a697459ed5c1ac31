/** The same service twice: once as it answers, and once by Connect's own handlers alone. */
import { once } from "node:events";
import { connect, type OutgoingHttpHeaders } from "node:http2";
import { gunzipSync } from "node:zlib";
import type { Message } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import type { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { fault } from "../../src/errors/fault.ts";
import { createLog } from "../../src/log/log.ts";
import { createRoutes } from "../../src/main/routes.ts";
import { createGate } from "../../src/rpc/gate.ts";
import { createFieldCheck } from "../../src/rpc/validate.ts";
import type { KeptMessage } from "../../src/unary/unary-call.ts";
import { createTestListener, exchangeRaw } from "../http/start.ts";

/** A request, whatever the version of HTTP. */
export type Sent = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether the head says how long the body is. */
  readonly saysLength: boolean;
};

/** An answer, its headers as sorted lines. */
export type Got = { readonly status: number; readonly lines: readonly string[]; readonly body: Buffer };

/** Starts a side. The tenant is what stands in the token; `busy` has no calls left, and `wrong` is none. */
export async function startSide(
  dashboards: ServiceImpl<typeof DashboardsService>,
  kept: (message: Message) => KeptMessage | undefined,
  byConnectAlone: boolean,
) {
  const log = createLog("silent");
  const gate = createGate({
    async authenticate(authorization) {
      const tenant = /^Bearer (\w+)$/.exec(authorization ?? "")?.[1];
      if (tenant === undefined || tenant === "wrong") throw fault("UNAUTHENTICATED", "the token is not valid");
      return {
        tenant,
        subject: "tester",
        scopes: new Set(["dashboards:render", "dashboards:share"] as const),
        held: {},
      };
    },
    isSuspended: async () => false,
    limiter: {
      take: (key) => ({ allowed: !key.startsWith("busy "), remaining: 7, resetMs: 1_000, retryAfterMs: 1_500 }),
    },
    rateOf: () => ({ perSecond: 10, burst: 10 }),
    failedTokenRate: { perSecond: 10, burst: 10 },
    elapsedMs: () => 0,
    log,
  });
  const find = createRoutes({
    dashboards,
    connections: {} as ServiceImpl<typeof ConnectionsService>,
    gate,
    kept,
    lateGate: (next) => next,
    fieldCheck: createFieldCheck(),
    isServing: async () => true,
    shutdownSignal: new AbortController().signal,
    timeoutMs: 60_000,
    log,
  });
  const answeredBy: ("us" | "Connect" | "nobody")[] = [];
  const listener = createTestListener({
    find(asked) {
      // Without its headers, nobody can tell that a call is plain.
      const { method, path } = asked;
      const found = find(byConnectAlone ? { method, path } : asked);
      if (found === undefined || "allow" in found) answeredBy.push("nobody");
      else answeredBy.push(typeof found === "function" ? "Connect" : "us");
      return found;
    },
  });
  const port = await listener.listen(0, "127.0.0.1");
  return { port, answeredBy, close: () => listener.close(0) };
}

/** Sends a request by HTTP/1.1. */
export async function sendHttp1(port: number, { method, path, headers, body, saysLength }: Sent): Promise<Got> {
  const framing = saysLength ? { "content-length": `${body.byteLength}` } : { "transfer-encoding": "chunked" };
  const all = { host: "sides.test", connection: "close", ...headers, ...framing };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const chunk = body.byteLength === 0 ? "" : `${body.byteLength.toString(16)}\r\n${body.toString("latin1")}\r\n`;
  const sent = saysLength ? body : Buffer.from(`${chunk}0\r\n\r\n`, "latin1");
  const start = `${method} ${path} HTTP/1.1\r\n${head.join("")}\r\n`;
  return parseAnswer((await exchangeRaw(port, [start, sent], { waitMs: 10_000, quietMs: 0 })).text);
}

/** Reads an answer of HTTP/1.1; what comes before its head counts as lines of it. */
function parseAnswer(text: string): Got {
  const before = text.startsWith("HTTP/1.1 100 ") ? text.slice(0, text.indexOf("\r\n\r\n") + 4) : "";
  const answer = text.slice(before.length);
  const end = answer.indexOf("\r\n\r\n");
  const [first = "", ...lines] = answer.slice(0, end).split("\r\n");
  return {
    status: Number(first.split(" ")[1]),
    lines: [before, ...lines.filter((line) => !/^date:/i.test(line)).sort()],
    body: Buffer.from(answer.slice(end + 4), "latin1"),
  };
}

/** Sends a request by HTTP/2. */
export async function sendHttp2(port: number, { method, path, headers, body, saysLength }: Sent): Promise<Got> {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    const all: OutgoingHttpHeaders = { ":method": method, ":path": path, ":authority": "sides.test", ...headers };
    if (saysLength) all["content-length"] = `${body.byteLength}`;
    const stream = session.request(all, { endStream: false });
    stream.end(body);
    const [{ ":status": status, date: _, ...answered }] = await once(stream, "response");
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const lines = Object.entries(answered).map(([name, value]) => `${name}: ${value}`);
    return { status: status as number, lines: lines.sort(), body: Buffer.concat(chunks) };
  } finally {
    session.close();
  }
}

/** The same answer without what gzip made of it, whose bytes depend on how they were compressed. */
export function unzipped({ status, lines, body }: Got): Got {
  const isZipped = lines.some((line) => /^content-encoding: gzip$/i.test(line));
  if (!isZipped) return { status, lines, body };
  return { status, lines: lines.filter((line) => !/^content-length:/i.test(line)), body: gunzipSync(body) };
}
