/** Durations as Prometheus counts them: how many took at most so long, how many there were, and what they come to. */
export type Durations = {
  /** Counts one, in milliseconds. */
  add(ms: number): void;
  /** Returns how many took at most as long as each of `boundsS`. */
  atMost(): readonly number[];
  count(): number;
  sumS(): number;
};

/**
 * The bounds of the buckets, in seconds: from an answer that is kept, of about a millisecond, to the 10 s that a render may
 * take. Three for each power of ten, so that a quantile is off by a factor of 2.5 at most.
 */
export const boundsS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

const boundsMs = boundsS.map((bound) => bound * 1000);

/** Creates durations of nothing. One is counted in a few steps, because each request is. */
export function createDurations(): Durations {
  const counts = new Array<number>(boundsMs.length + 1).fill(0);
  let sumMs = 0;
  return {
    add(ms) {
      let at = 0;
      while (at < boundsMs.length && ms > boundsMs[at]!) at += 1;
      counts[at]! += 1;
      sumMs += ms;
    },
    atMost() {
      let sum = 0;
      return boundsMs.map((_, at) => {
        sum += counts[at]!;
        return sum;
      });
    },
    count: () => counts.reduce((sum, count) => sum + count, 0),
    sumS: () => sumMs / 1000,
  };
}
