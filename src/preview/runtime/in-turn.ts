/** Work that is done again and again, the last time for whatever was asked for last. */
export type InTurn = {
  /** Asks for it, so many milliseconds from now; what was asked for before is not done any more. */
  ask(delayMs: number): void;
};

/** Requests leave at least so far apart: the service takes ten a second. */
const leastGapMs = 250;

/**
 * Creates the asking for work of which only the newest counts. Its signal aborts when newer work begins: whoever works
 * then leaves off, and nobody looks at what comes of it.
 */
export function createInTurn(work: (signal: AbortSignal) => Promise<void>): InTurn {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current = new AbortController();
  let begunAtMs = Number.NEGATIVE_INFINITY;

  const begin = async () => {
    current.abort();
    current = new AbortController();
    const { signal } = current;
    begunAtMs = performance.now();
    try {
      await work(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };

  return {
    ask(delayMs) {
      clearTimeout(timer);
      timer = setTimeout(begin, Math.max(delayMs, begunAtMs + leastGapMs - performance.now()));
    },
  };
}
