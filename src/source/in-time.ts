import { SourceError } from "./source-error.ts";

/** For how long work may go on, and what is said when it does not end by then. */
export type InTimeOptions = {
  readonly timeoutMs: number;
  /** Aborted when nobody wants the work any more; then `source_timeout` is thrown at once. */
  readonly signal: AbortSignal;
  /** What is thrown when the time is up: by default `source_timeout`. */
  readonly late?: () => SourceError;
};

/**
 * Does the work, and tells it by the signal when its time is up or nobody wants it any more. Whatever it does about
 * that, it is not waited for.
 */
export async function inTime<T>(
  { timeoutMs, signal, late = noAnswer }: InTimeOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (error: SourceError) => {
    ended.reject(error);
    deadline.abort();
  };
  const onAbort = () => end(noAnswer());
  const timer = setTimeout(() => end(late()), timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([ended.promise, work(deadline.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** Returns what is said of a system that was still at work when its time was up. */
export function noAnswer(): SourceError {
  return new SourceError("source_timeout", "there was no answer in time");
}
