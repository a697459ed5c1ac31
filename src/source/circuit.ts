import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from "cockatiel";
import { SourceError } from "./source-error.ts";

/** Stands before a system that may be down, so that it is left alone and nobody waits for it. */
export type Circuit = {
  /** Throws `source_unavailable` while the system is left alone. */
  check(): void;
  /** Does the work, unless `check` throws. */
  run<T>(work: () => Promise<T>): Promise<T>;
};

/** When a system counts as down, and for how long. */
export type CircuitOptions = {
  /** How many times in a row it was not reached, or was still at work when the time was up. */
  readonly failures: number;
  /** How long it is left alone before one call tries it again; until that has an answer the others are refused. */
  readonly restMs: number;
};

/**
 * Creates a circuit that lets everything through. What failed as `source_failed` says nothing about whether
 * the system is up, nor does a timeout during which it answered others: that query is slow.
 */
export function createCircuit({ failures, restMs }: CircuitOptions): Circuit {
  let openedAtMs = 0;
  const closed = () => {
    const fresh = circuitBreaker(handleWhen(isOutage), {
      halfOpenAfter: restMs,
      breaker: new ConsecutiveBreaker(failures),
    });
    fresh.onBreak(() => {
      openedAtMs = Date.now();
    });
    return fresh;
  };
  let policy = closed();
  let answers = 0;

  const check = () => {
    // The policy reads the wall clock: set back, it would leave the system alone until it is then again.
    if (Date.now() < openedAtMs) {
      openedAtMs = 0;
      policy = closed();
    }
    const { state } = policy;
    if (state === CircuitState.HalfOpen || (state === CircuitState.Open && Date.now() < openedAtMs + restMs)) {
      throw new SourceError("source_unavailable", "it did not answer several times, and is left alone for seconds");
    }
  };

  return {
    check,
    async run(work) {
      check();
      const answersBefore = answers;
      const outcome = await policy.execute(async () => {
        try {
          const value = await work();
          answers += 1;
          return { value };
        } catch (error) {
          // For the policy this is an answer: others had one meanwhile.
          if (isOutage(error) && answers > answersBefore) return { error };
          throw error;
        }
      });
      if ("error" in outcome) throw outcome.error;
      return outcome.value;
    },
  };
}

function isOutage(error: unknown): boolean {
  return error instanceof SourceError && error.failure !== "source_failed";
}
