import type { Limits } from "./limits.ts";

/** An answer on its way: a response of HTTP/1.1, or a stream of HTTP/2. */
type Sending = {
  /** Whether all of it is there to be sent. */
  readonly writableEnded: boolean;
  /** Whether the system has taken all of it. */
  readonly writableFinished: boolean;
  /** Bytes that wait. */
  readonly writableLength: number;
  destroy(): void;
};

/** Answers that are watched until they are sent. */
export type SlowReaders = {
  /** Watches an answer, until what is returned is called. */
  watch(answer: Sending): () => void;
};

/** How often answers are looked at. */
const lookMs = 1_000;

/**
 * Creates the watch over answers that are made and whose callers do not take them. One that takes longer than it may
 * is cut off, and where too much waits in all, those that have waited longest are: a caller that reads a byte a
 * minute keeps every other timeout from ending it. Answers that are not whole yet, such as streams, may be as slow as
 * they are.
 */
export function createSlowReaders(
  limits: Pick<Limits, "sendTimeoutMs" | "maxUnsentBytes">,
  now: () => number = () => performance.now(),
): SlowReaders {
  /** By answer, when it was first seen to be whole. */
  const whole = new Map<Sending, number>();
  const open = new Set<Sending>();
  let timer: NodeJS.Timeout | undefined;

  const look = () => {
    // Kept going for a moment: it would be begun and ended with each request of a service that has little to do.
    if (open.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    const nowMs = now();
    for (const answer of open) if (answer.writableEnded && !whole.has(answer)) whole.set(answer, nowMs);
    let unsentBytes = 0;
    for (const answer of whole.keys()) unsentBytes += answer.writableLength;
    for (const [answer, sinceMs] of whole) {
      if (nowMs - sinceMs < limits.sendTimeoutMs && unsentBytes <= limits.maxUnsentBytes) break;
      unsentBytes -= answer.writableLength;
      forget(answer);
      if (!answer.writableFinished) answer.destroy();
    }
  };

  const forget = (answer: Sending) => {
    whole.delete(answer);
    open.delete(answer);
  };

  return {
    watch(answer) {
      open.add(answer);
      timer ??= setInterval(look, lookMs).unref();
      return () => forget(answer);
    },
  };
}
