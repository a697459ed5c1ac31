import { METHODS } from "node:http";
import type { Log } from "../log/log.ts";
import type { Exchange } from "./exchange.ts";
import { isHttp2, type NodeRequest, type NodeResponse } from "./message.ts";

const methods: ReadonlySet<string> = new Set(METHODS);

/** What is counted while a request is answered. */
export type Tally = {
  /** The template of the path, or the kind of path that it is: never the path itself. */
  path: string;
  /** Of the body. */
  bytes: number;
  /** The status of a gRPC call, which comes after its body. */
  rpcStatus: () => string | undefined;
};

/** Writes the line of a request once its response is over, also when the client left before that. */
export function logOnClose(
  log: Log,
  now: () => number,
  request: NodeRequest,
  response: NodeResponse,
  exchange: Exchange,
  tally: Tally,
): void {
  response.once("close", () => {
    const rpcStatus = tally.rpcStatus();
    const { method = "" } = request;
    log.access({
      requestId: exchange.requestId,
      method: methods.has(method) ? method : "other",
      path: tally.path,
      status: response.headersSent ? response.statusCode : 0,
      ...(rpcStatus !== undefined && { rpcStatus }),
      ms: Math.round(now() - exchange.startedAtMs),
      bytes: tally.bytes,
      protocol: isHttp2(request) ? "h2" : `http/${request.httpVersion}`,
      ...(!response.writableEnded && { cut: true }),
    });
  });
}
