import { METHODS } from "node:http";
import type { Log } from "../log/log.ts";
import type { Exchange } from "./exchange.ts";
import { isHttp2, type NodeRequest, type NodeResponse } from "./message.ts";
import { codeOf, type OnRequest, type Procedure, type Protocol, type RequestCode } from "./request-over.ts";

const methods: ReadonlySet<string> = new Set(METHODS);

/** What is counted while a request is answered. */
export type Tally = {
  /** The template of the path, or the kind of path that it is: never the path itself. */
  path: string;
  procedure: Procedure | undefined;
  protocol: Protocol;
  /** Where the status does not say it. */
  code: RequestCode | undefined;
  /** Whether it is answered with a stream, which lasts as long as its caller likes. */
  isStream: boolean;
  /** Of the body. */
  bytes: number;
  /** The status of a gRPC call, which comes after its body. */
  rpcStatus: () => string | undefined;
  /** Which trace it is part of, if any. */
  traceId: string | undefined;
  /** Told besides when the request is over. */
  onOver: OnRequest | undefined;
};

/** Creates the tally of a request that nothing is known of yet. */
export function createTally(): Tally {
  return {
    path: "(none)",
    procedure: undefined,
    protocol: "http",
    code: undefined,
    isStream: false,
    bytes: 0,
    rpcStatus: noStatus,
    traceId: undefined,
    onOver: undefined,
  };
}

/** Who is told of a request once its response is over, also when the client left before that. */
export type ToldOnClose = { readonly log: Log; readonly now: () => number; readonly onRequest?: OnRequest | undefined };

/** Writes the line of a request once its response is over, and tells of it whoever counts. */
export function logOnClose(
  { log, now, onRequest }: ToldOnClose,
  request: NodeRequest,
  response: NodeResponse,
  exchange: Exchange,
  tally: Tally,
): void {
  response.once("close", () => {
    const rpcStatus = tally.rpcStatus();
    const { method = "" } = request;
    const ms = now() - exchange.startedAtMs;
    const status = response.headersSent ? response.statusCode : 0;
    log.access({
      requestId: exchange.requestId,
      method: methods.has(method) ? method : "other",
      path: tally.path,
      status,
      ...(rpcStatus !== undefined && { rpcStatus }),
      ms: Math.round(ms),
      bytes: tally.bytes,
      protocol: isHttp2(request) ? "h2" : `http/${request.httpVersion}`,
      ...(!response.writableEnded && { cut: true }),
      ...(tally.traceId !== undefined && { traceId: tally.traceId }),
    });
    const { onOver } = tally;
    if (onRequest === undefined && onOver === undefined) return;
    const { procedure, protocol, path } = tally;
    const code = tally.code ?? codeOf(status, rpcStatus);
    const over = { procedure, protocol, path, status, rpcStatus, code, ms: tally.isStream ? undefined : ms };
    onRequest?.(over);
    onOver?.(over);
  });
}

/** One for all: only calls of gRPC have a status of their own. */
function noStatus(): undefined {}
