import { errorToJsonBytes } from "@connectrpc/connect/protocol-connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { fault } from "../errors/fault.ts";
import type { Log } from "../log/log.ts";
import { type Answer, errorToAnswer } from "./answer.ts";

/** Returns the answer for a request that is refused unread, in the protocol that it seems to be of. */
export type Shed = (path: string, contentType: string | undefined) => Answer;

/** What refusals are made of. */
export type ShedOptions = {
  /** The page for whoever opens a link. */
  readonly busyPage: () => Answer;
  /** Gives numbers from 0 to below 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly now: () => number;
};

/** How long those who are refused may be told to wait: they came together, and must not come back together. */
const waitsS = [1, 2, 3, 4, 5] as const;

/** How often the log says that requests are refused. */
const reportMs = 10_000;

/** Creates the answers to whom there is no room for. They are made once, for making one costs what it is to save. */
export function createShed({ busyPage, random, log, now }: ShedOptions): Shed {
  const answers = waitsS.map(createAnswers);
  const pages: Answer[] = [];
  let count = 0;
  let reportedAtMs = Number.NEGATIVE_INFINITY;

  const report = () => {
    count += 1;
    if (now() - reportedAtMs < reportMs) return;
    log.warn({ refused: count }, "more is asked than can be answered");
    reportedAtMs = now();
    count = 0;
  };

  return (path, contentType) => {
    report();
    const which = Math.floor(random() * answers.length);
    const { rest, connect, grpc } = answers[which]!;
    const grpcType = /^application\/grpc(-web)?\b/.exec(contentType ?? "")?.[0];
    if (grpcType !== undefined) return { ...grpc, headers: { ...grpc.headers, "content-type": grpcType } };
    if (path.startsWith("/s/")) {
      pages[which] ??= withWait(busyPage(), rest.headers["retry-after"]!);
      return pages[which];
    }
    // Paths of procedures begin with a package's name (https://connectrpc.com/docs/protocol#unary-request).
    return /^\/[\w.]+\.\w+\/\w+$/.test(path) ? connect : rest;
  };
}

function withWait(page: Answer, wait: string): Answer {
  return { ...page, headers: { ...page.headers, "retry-after": wait } };
}

type Answers = { readonly rest: Answer; readonly connect: Answer; readonly grpc: Answer };

function createAnswers(waitS: number): Answers {
  const error = fault("OVERLOADED", "too much is asked of the service just now: wait as long as Retry-After says", {
    retryAfterMs: waitS * 1000,
  });
  const rest = errorToAnswer(error);
  const status = new Headers();
  setTrailerStatus(status, error);
  const json = errorToJsonBytes(error, { useProtoFieldName: true, alwaysEmitImplicit: true });
  return {
    rest: { ...rest, body: Buffer.from(rest.body) },
    connect: { ...rest, body: json },
    // A call that ends without a message says how in its head
    // (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
    grpc: { status: 200, headers: Object.fromEntries(status), body: "" },
  };
}
