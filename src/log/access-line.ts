import type { DestinationStream } from "pino";

/** What is told of a request: nothing that a caller wrote but its id, which was looked at. */
export type AccessFields = {
  readonly requestId: string;
  /** One that HTTP knows, or `other`. */
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly rpcStatus?: string;
  readonly ms: number;
  readonly bytes: number;
  readonly protocol: string;
  /** Whether the caller left before its answer was whole. */
  readonly cut?: true;
  /** The trace that it is part of. */
  readonly traceId?: string;
};

/**
 * Creates the writing of a request's line, as pino writes others. Where each request has one, pino's ways for whatever
 * may come in a line are a fifth of what an answer takes that is kept.
 */
export function createAccessLine(stream: DestinationStream, now: () => number): (fields: AccessFields) => void {
  const timeOf = createTimes();
  return ({ requestId, method, path, status, rpcStatus, ms, bytes, protocol, cut, traceId }) => {
    const who = `"requestId":${JSON.stringify(requestId)},"method":"${method}","path":${JSON.stringify(path)}`;
    const how = `"status":${status}${rpcStatus === undefined ? "" : `,"rpcStatus":${JSON.stringify(rpcStatus)}`}`;
    const what = `"ms":${ms},"bytes":${bytes},"protocol":"${protocol}"${cut ? ',"cut":true' : ""}`;
    const where = traceId === undefined ? "" : `,"trace_id":${JSON.stringify(traceId)}`;
    stream.write(`{"level":"info","time":"${timeOf(now())}",${who},${how},${what}${where},"msg":"request"}\n`);
  };
}

/** Creates the writing of times as `toISOString` has them, whose seconds are those of many lines. */
function createTimes(): (nowMs: number) => string {
  let [secondMs, second] = [Number.NaN, ""];
  return (nowMs) => {
    const ms = nowMs % 1000;
    if (nowMs - ms !== secondMs) {
      secondMs = nowMs - ms;
      second = new Date(secondMs).toISOString().slice(0, -"000Z".length);
    }
    return `${second}${`${ms}`.padStart(3, "0")}Z`;
  };
}
