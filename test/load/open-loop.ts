import { createSender, type LoadRequest } from "./sender.ts";
import { createTally, type LoadFigures } from "./tally.ts";

/** What a load is made of; plain data, so that it can be handed to a process. */
export type Load = {
  /** Scheme, host and port of the service. */
  readonly url: string;
  /** Sent in their order, over and over. */
  readonly requests: readonly LoadRequest[];
  /** An hour by default. */
  readonly seconds?: number;
  /** Kept-alive connections; 400 by default, less than half of what the service takes. */
  readonly connections?: number;
  /** How long an answer may take before its request counts as failed; 20 s by default, twice a render's deadline. */
  readonly timeoutMs?: number;
  /** The pattern of texts that belong to one tenant each: an answer that holds another than its `canary` is a leak. */
  readonly canaries?: string;
};

/** So many a second, whatever the answers do. */
export type OpenLoad = Load & { readonly seconds: number; readonly perSecond: number };

/** As many at once: the next is sent when one is answered, until the time is over or `count` were sent. */
export type ClosedLoad = Load & { readonly concurrency: number; readonly count?: number };

const defaultSeconds = 3_600;

/** What has no place in a queue that long is not offered: the client would measure itself. */
const maxOutstanding = 20_000;

/**
 * Offers requests on schedule, whatever becomes of the ones before, and resolves when the last is answered. Latency
 * counts from the moment at which a request was due, so that a client or a server that stalls cannot hide it. Throws
 * where the service leaves so much unanswered that the schedule cannot be kept.
 */
export async function offerOpenLoad(load: OpenLoad): Promise<LoadFigures> {
  const { perSecond, seconds } = load;
  const total = Math.round(perSecond * seconds);
  return withSender(load, (send, done) => {
    const startMs = performance.now();
    let [sent, answered] = [0, 0];
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1000) * perSecond));
      if (due - answered > maxOutstanding) return end(new Error(`${maxOutstanding} requests wait for an answer`));
      for (; sent < due; sent += 1) {
        send(sent, startMs, startMs + (sent / perSecond) * 1000, () => {
          answered += 1;
          if (answered === total) end();
        });
      }
    }, 1);
    const end = (error?: Error) => {
      clearInterval(timer);
      done(error);
    };
  });
}

/** Keeps so many requests going for the time, which finds out how much a service can do. */
export async function offerClosedLoad(load: ClosedLoad): Promise<LoadFigures> {
  const { seconds = defaultSeconds, count: total = Number.POSITIVE_INFINITY } = load;
  return withSender(load, (send, done) => {
    const startMs = performance.now();
    let [next, open] = [0, 0];
    const go = () => {
      const nowMs = performance.now();
      if (nowMs - startMs >= seconds * 1000 || next >= total) {
        if (open === 0) done();
        return;
      }
      open += 1;
      send(next, startMs, nowMs, () => {
        open -= 1;
        go();
      });
      next += 1;
    };
    for (let count = 0; count < load.concurrency; count += 1) go();
  });
}

type Send = (index: number, startMs: number, dueMs: number, answered: () => void) => void;

async function withSender(load: Load, run: (send: Send, done: (error?: Error) => void) => void): Promise<LoadFigures> {
  const { url, requests, canaries, connections = 400, timeoutMs = 20_000, seconds = defaultSeconds } = load;
  const sender = createSender({ url, connections, timeoutMs, wantsBody: canaries !== undefined });
  const tally = createTally(canaries);
  try {
    await sender.open();
    await new Promise<void>((resolve, reject) => {
      const send: Send = (index, startMs, dueMs, answered) => {
        const request = requests[index % requests.length]!;
        const lateMs = performance.now() - dueMs;
        sender.send(request, (answer) => {
          tally.count(request, answer, { dueMs: dueMs - startMs, lateMs, latencyMs: performance.now() - dueMs });
          answered();
        });
      };
      run(send, (error) => (error === undefined ? resolve() : reject(error)));
    });
    return tally.figures(seconds);
  } finally {
    await sender.close();
  }
}
