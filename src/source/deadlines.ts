import { noAnswer } from "./in-time.ts";
import { SourceError } from "./source-error.ts";

/** Gives work its time. */
export type Deadlines = {
  /**
   * Does the work, and tells it by the signal when its time is up. Throws `source_timeout` for work that goes
   * on nevertheless, and `source_unavailable` after the end. Where `abandoned` aborts, the work is told so at once,
   * and what that signal says is thrown.
   */
  run<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>, abandoned?: AbortSignal): Promise<T>;
  /** Tells all work that its time is up, also that for which nobody waits; none starts from now on. */
  close(): void;
};

/** How long work has to say itself what became of it. */
const graceMs = 500;

/** Creates deadlines. Each has a timer of its own: AbortSignal's timeouts may be collected and never fire. */
export function createDeadlines(): Deadlines {
  const running = new Set<AbortController>();
  let closed = false;

  return {
    async run(timeoutMs, work, abandoned) {
      if (closed) throw new SourceError("source_unavailable", "the service is ending");
      const deadline = new AbortController();
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => deadline.abort(), timeoutMs);
      const last = setTimeout(() => late.reject(noAnswer()), timeoutMs + graceMs);
      const leaveOff = () => {
        late.reject(abandoned?.reason);
        deadline.abort(abandoned?.reason);
      };
      abandoned?.addEventListener("abort", leaveOff);
      running.add(deadline);
      try {
        abandoned?.throwIfAborted();
        return await Promise.race([work(deadline.signal), late.promise]);
      } finally {
        clearTimeout(timer);
        clearTimeout(last);
        abandoned?.removeEventListener("abort", leaveOff);
        running.delete(deadline);
      }
    },
    close() {
      closed = true;
      for (const deadline of running) deadline.abort();
    },
  };
}
