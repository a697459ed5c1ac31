import { reasonOf, toFault } from "../errors/answer.ts";
import { fault } from "../errors/fault.ts";

/** What ends a call before its method does. */
export type Ending = {
  /** Rejects with DEADLINE_EXCEEDED or CANCELED; never resolves. */
  readonly ended: Promise<never>;
  /** Begins to watch the time and the caller, unless that has begun. */
  watch(): void;
  /** Returns a signal that aborts with what the call ends with. */
  signal(): AbortSignal;
  /** Leaves off watching. */
  stop(): void;
};

/** Creates the ending of a call that may take so long from now on, and whose caller's signal may abort. */
export function createEnding(caller: { readonly signal: AbortSignal }, timeoutMs: number): Ending {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const startedAtMs = performance.now();
  let controller: AbortController | undefined;
  let reason: Error | undefined;
  let stop: (() => void) | undefined;

  const end = (why: "DEADLINE_EXCEEDED" | "CANCELED", message: string) => {
    reason = fault(why, message);
    controller?.abort(reason);
    reject(reason);
  };

  const watch = () => {
    if (stop !== undefined) return;
    const timer = setTimeout(
      () => end("DEADLINE_EXCEEDED", "the deadline passed before the answer was ready: try again, or ask for less"),
      timeoutMs - (performance.now() - startedAtMs),
    );
    const { signal } = caller;
    const onAbort = () => {
      const late = toFault(signal.reason);
      end(reasonOf(late) === "DEADLINE_EXCEEDED" ? "DEADLINE_EXCEEDED" : "CANCELED", late.rawMessage);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
  };

  return {
    ended,
    watch,
    signal() {
      controller ??= new AbortController();
      watch();
      if (reason !== undefined) controller.abort(reason);
      return controller.signal;
    },
    stop: () => stop?.(),
  };
}
