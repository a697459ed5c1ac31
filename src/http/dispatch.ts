import type { ContextValues } from "@connectrpc/connect";
import { fault } from "../errors/fault.ts";
import type { Admission } from "../limit/admission.ts";
import type { Log } from "../log/log.ts";
import { createTally, logOnClose, type Tally } from "./access-log.ts";
import { type Answer, commonHeaders, errorToAnswer, nothingHere, onlyMethods, sendAnswer } from "./answer.ts";
import type { Assets } from "./assets.ts";
import { compressAnswer } from "./compress.ts";
import { type Exchange, type ExchangeOptions, openExchange } from "./exchange.ts";
import { goneSignal, isGone } from "./gone.ts";
import { type Handler, runHandler, type Turn } from "./handler.ts";
import { createHeadReader, type Head } from "./head.ts";
import type { LateFiles } from "./late-files.ts";
import { type HeaderLines, isHttp2, type NodeRequest, type NodeResponse, readHeaderLines } from "./message.ts";
import { createPipelineTurns } from "./pipeline-turns.ts";
import { createReadiness, healthAnswer, isProbe, type Readiness, readinessAnswer } from "./probes.ts";
import { protocolOf } from "./protocol-of.ts";
import type { OnRequest } from "./request-over.ts";
import type { Shed } from "./shed.ts";

/** What a request asks for. */
type Asked = Pick<Head, "method" | "path"> & {
  /** Values of its headers by their names in lower case. */
  readonly header?: (name: string) => string | undefined;
  /** Whether it is one of HTTP/2, whose answers can have trailers. */
  readonly isHttp2?: boolean;
};

/** Finds what answers a request: a handler, or the HTTP methods that its path has, or nothing. */
export type Find = (request: Asked) => Handler | { readonly allow: readonly string[] } | undefined;

/** Answers whoever opens a link, whose token is given as it was sent. The signal's abort means that they have left. */
type OpenLink = (token: string, query: string, exchange: Exchange, signal: AbortSignal) => Promise<Answer>;

/** What requests are answered with. */
export type DispatchOptions = ExchangeOptions & {
  readonly find: Find;
  /** What handlers are told of a request. */
  readonly contextValues: (exchange: Exchange) => ContextValues;
  readonly share: OpenLink;
  /** Asked before anything is done for a request, unless it is for a probe or an asset, or leads nowhere. */
  readonly admission: Pick<Admission, "enter">;
  readonly shed: Shed;
  readonly assets: Assets;
  readonly lateFiles: LateFiles;
  readonly ready: () => Promise<Readiness>;
  readonly isDraining: () => boolean;
  readonly maxHeaderBytes: number;
  /** Told of each request when it is over; nobody unless told. */
  readonly onRequest?: OnRequest | undefined;
  /** Follows requests, for traces; nobody unless told. */
  readonly follow?: FollowRequest | undefined;
  readonly log: Log;
};

/**
 * Lets a request be answered within whatever follows it, which may set `traceId` and `onOver` of its tally. It is given
 * the request's path as it was sent, to tell what need not be followed.
 */
export type FollowRequest = (
  request: Pick<NodeRequest, "method" | "url">,
  lines: HeaderLines,
  tally: Pick<Tally, "traceId" | "onOver">,
  answer: () => Promise<void>,
) => Promise<void>;

/**
 * Answers one request, whatever comes. `rest` is called where the answer has no end of its own: the
 * connection then counts as idle, although it is open.
 */
export type Dispatch = (request: NodeRequest, response: NodeResponse, rest: () => void) => void;

/**
 * Creates what every request that was not refused before goes through, of either HTTP version: an id, one line in the
 * log, and an answer from a handler, a link, an asset, a probe, or the documented 404.
 */
export function createDispatch(options: DispatchOptions): Dispatch {
  const { find, contextValues, share, admission, shed, assets, lateFiles, isDraining, follow, log, now } = options;
  const ready = createReadiness(options.ready, now);
  const readHead = createHeadReader(options.maxHeaderBytes);
  const inTurn = createPipelineTurns();
  const begin: typeof answer =
    follow === undefined
      ? answer
      : async (request, response, rest) => {
          const turn = openTurn(request, response);
          await follow(request, turn.lines, turn.tally, () => answer(request, response, rest, turn));
        };

  return (request, response, rest) => {
    // A connection that fails is told of by `close`; an error without a listener would end the process.
    request.on("error", ignore);
    response.on("error", ignore);
    const answered = inTurn(request, () => begin(request, response, rest));
    answered.catch((error: unknown) => {
      log.error({ error }, "answer failed");
      response.destroy();
    });
  };

  function openTurn(request: NodeRequest, response: NodeResponse): Turn {
    const lines = readHeaderLines(request);
    const exchange = openExchange(request, lines, options);
    const tally = createTally();
    logOnClose(options, request, response, exchange, tally);
    const common = {
      "x-request-id": exchange.requestId,
      ...commonHeaders,
      ...(isDraining() && !isHttp2(request) && { connection: "close" }),
    };
    return { request, response, lines, exchange, common, tally };
  }

  /** One function and not two: each that waits for another takes a promise. What the default throws rejects, too. */
  async function answer(
    request: NodeRequest,
    response: NodeResponse,
    rest: () => void,
    turn: Turn = openTurn(request, response),
  ): Promise<void> {
    try {
      const head = readHead(request, turn.lines);
      if ("problem" in head) throw fault(head.reason, head.problem);
      await route(head, turn, rest);
    } catch (error) {
      const known = errorToAnswer(error);
      if (known.status >= 500) log.error({ requestId: turn.exchange.requestId, error }, "request failed");
      await sendAnswer(turn, known);
    }
  }

  async function route(head: Head, turn: Turn, rest: () => void): Promise<void> {
    const { response, tally } = turn;
    const header = (name: string) => turn.lines.get(name)?.[0];
    const found = find({ ...head, header, isHttp2: isHttp2(turn.request) });
    if (found === undefined) return sendAnswer(turn, await other(head, turn));
    if ("allow" in found) return sendAnswer(turn, onlyMethods(found.allow));
    tally.path = found.requestPath;
    tally.procedure = found.procedure;
    tally.protocol = protocolOf(found, header("content-type"));
    if (typeof found === "function" && found.isStream) {
      tally.isStream = true;
      rest();
    }
    const call = { query: head.query, contextValues: contextValues(turn.exchange) };
    if (isProbe(found)) return runHandler(found, turn, call);
    const place = await admission.enter(() => isGone(response));
    if (place === undefined) return sendAnswer(turn, refuse(head, turn));
    return runHandler(found, turn, { ...call, place });
  }

  async function other(head: Head, turn: Turn): Promise<Answer> {
    const page = pageAt(head, turn.request, () => openLink(head, turn));
    if (page === undefined) return unknownPath(`${turn.request.headers["content-type"] ?? ""}`);
    turn.tally.path = page.path;
    if (head.method !== "GET" && head.method !== "HEAD") return onlyMethods(["GET", "HEAD"]);
    return page.answer();
  }

  /** The pages that are read with GET. */
  function pageAt(
    { path }: Head,
    { headers }: NodeRequest,
    open: () => Promise<Answer>,
  ): { path: string; answer: () => Answer | Promise<Answer> } | undefined {
    if (path === "/healthz") return { path, answer: healthAnswer };
    if (path === "/readyz") return { path, answer: async () => readinessAnswer(await ready(), isDraining()) };
    if (path.startsWith("/s/")) return { path: "/s/{token}", answer: open };
    const asset = assets(path, headers);
    const answer = asset === undefined ? lateFiles(path, headers) : () => asset;
    return answer && { path: "(asset)", answer };
  }

  async function openLink(head: Head, turn: Turn): Promise<Answer> {
    const { request, response, exchange } = turn;
    using place = await admission.enter(() => isGone(response));
    if (place === undefined) return refuse(head, turn);
    const page = await share(head.path.slice("/s/".length), head.query, exchange, goneSignal(response));
    return await compressAnswer(page, `${request.headers["accept-encoding"] ?? ""}`);
  }

  function refuse({ path }: Head, { request, tally }: Turn): Answer {
    tally.code = "overloaded";
    return shed(path, request.headers["content-type"]);
  }
}

/** One for all: with one of its own each request outlived its answer, and was carried along by the collector. */
function ignore(): void {}

/** gRPC's callers understand a status of their own only (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
function unknownPath(contentType: string): Answer {
  const type = /^application\/grpc(-web)?\b/.exec(contentType)?.[0];
  if (type === undefined) return nothingHere();
  return {
    status: 200,
    headers: { "content-type": type, "grpc-status": "12", "grpc-message": "no such method" },
    body: "",
  };
}
