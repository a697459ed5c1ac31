/** How long a call may go on: until its time is over, or its caller gives up. */
export type Deadline = {
  /** Aborts when the deadline ends. */
  readonly signal: AbortSignal;
  /** What is left, in milliseconds; 0 when it is over. */
  remainingMs(): number;
  /** Why it has ended; undefined while it has not. */
  ended(): "timeout" | "canceled" | undefined;
  /** Settles as the promise does. Rejects when the deadline ends before. */
  within<T>(promise: Promise<T>): Promise<T>;
  /** Resolves after so many milliseconds. Rejects when the deadline ends before. */
  sleep(ms: number): Promise<void>;
  /** Forgets timer and signal. */
  stop(): void;
};

/** A timer of more than 24 days would end at once, and the service counts up to a day. */
const maxTimeoutMs = 86_400_000;

/** Starts a deadline, of a day at most, that also ends when the caller's signal aborts. */
export function startDeadline(timeoutMs: number, given: AbortSignal | undefined): Deadline {
  const limitMs = Math.min(timeoutMs, maxTimeoutMs);
  const endMs = performance.now() + limitMs;
  const controller = new AbortController();
  const { signal } = controller;
  let why: "timeout" | "canceled" | undefined;
  const over = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  // Nobody may be waiting for it.
  over.catch(() => {});

  const end = (reason: "timeout" | "canceled") => {
    why ??= reason;
    controller.abort();
  };
  const cancel = () => end("canceled");
  const timer = setTimeout(() => end("timeout"), limitMs);
  given?.addEventListener("abort", cancel);
  if (given?.aborted) cancel();

  const remainingMs = () => Math.max(0, endMs - performance.now());
  const within = <T>(promise: Promise<T>) => Promise.race([promise, over]);
  return {
    signal,
    remainingMs,
    // The service may be quicker than the timer to say that time is over.
    ended: () => why ?? (remainingMs() === 0 ? "timeout" : undefined),
    within,
    async sleep(ms) {
      let waking: ReturnType<typeof setTimeout> | undefined;
      try {
        await within(
          new Promise<void>((resolve) => {
            waking = setTimeout(resolve, ms);
          }),
        );
      } finally {
        clearTimeout(waking);
      }
    },
    stop() {
      clearTimeout(timer);
      given?.removeEventListener("abort", cancel);
    },
  };
}
