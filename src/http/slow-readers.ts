import type { Limits } from "./limits.ts";
import { createLinkedSet } from "./linked-set.ts";

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
 * is cut off: a caller that reads a byte a minute keeps every other timeout from ending it. Where too much waits in all,
 * those are that hold most for longest, bytes times age, so that some large files do not cut off the pages of others.
 * Answers that are not whole yet, such as streams, may be as slow as they are.
 */
export function createSlowReaders(
  limits: Pick<Limits, "sendTimeoutMs" | "maxUnsentBytes">,
  now: () => number = () => performance.now(),
): SlowReaders {
  const open = createLinkedSet<Watched>();
  let timer: NodeJS.Timeout | undefined;

  const look = () => {
    // Kept going for a moment: it would be begun and ended with each request of a service that has little to do.
    if (open.isEmpty()) {
      clearInterval(timer);
      timer = undefined;
    }
    const nowMs = now();
    const whole = [...open].filter(({ answer }) => answer.writableEnded);
    for (const watched of whole) watched.wholeSinceMs ??= nowMs;
    let unsentBytes = whole.reduce((sum, { answer }) => sum + answer.writableLength, 0);
    const ageMs = ({ wholeSinceMs }: Watched) => nowMs - wholeSinceMs!;
    // What is first seen now has an age as well: of several such the largest goes first.
    const weight = (one: Watched) => one.answer.writableLength * (ageMs(one) + lookMs);
    const isLate = (one: Watched) => ageMs(one) >= limits.sendTimeoutMs;
    const others = whole.filter((one) => !isLate(one)).sort((a, b) => weight(b) - weight(a));
    for (const one of [...whole.filter(isLate), ...others]) {
      const { answer, forget } = one;
      if (!isLate(one) && unsentBytes <= limits.maxUnsentBytes) break;
      unsentBytes -= answer.writableLength;
      forget();
      if (!answer.writableFinished) answer.destroy();
    }
  };

  return {
    watch(answer) {
      const watched: Watched = { answer, wholeSinceMs: undefined, forget: () => {} };
      watched.forget = open.add(watched);
      timer ??= setInterval(look, lookMs).unref();
      return watched.forget;
    },
  };
}

type Watched = {
  readonly answer: Sending;
  /** When it was first seen to be whole. */
  wholeSinceMs: number | undefined;
  forget: () => void;
};
