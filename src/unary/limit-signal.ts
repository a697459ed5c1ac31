import { fault } from "../errors/fault.ts";

/** A signal that has a timer, until it is told to leave off. */
export type LimitedSignal = { readonly signal: AbortSignal; stop(): void };

/**
 * Returns a signal that aborts when the other one does, or with DEADLINE_EXCEEDED when the time is over, which began
 * at `startedAtMs` of `performance.now`. Where the other one may never abort, it must be stopped at the end of the call:
 * timers hold on to what they are for.
 */
export function limitSignal(signal: AbortSignal, timeoutMs: number, startedAtMs: number): LimitedSignal {
  const controller = new AbortController();
  const expire = () => {
    controller.abort(fault("DEADLINE_EXCEEDED", "the deadline passed before the answer was ready"));
  };
  const leftMs = startedAtMs + timeoutMs - performance.now();
  if (leftMs <= 0) {
    expire();
    return { signal: controller.signal, stop() {} };
  }
  const timer = setTimeout(expire, leftMs).unref();
  const end = () => {
    stop();
    controller.abort(signal.reason);
  };
  const stop = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end);
  return { signal: controller.signal, stop };
}
