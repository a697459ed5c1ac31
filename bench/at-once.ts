/** Does the work for 0, 1 and so on below `count`, so many at once; returns how long each took, in milliseconds. */
export async function timeEach(
  count: number,
  atOnce: number,
  work: (at: number) => Promise<unknown>,
): Promise<readonly number[]> {
  const tookMs: number[] = [];
  let next = 0;
  const goOn = async () => {
    for (let at = next++; at < count; at = next++) {
      const startMs = performance.now();
      await work(at);
      tookMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, goOn));
  return tookMs;
}

/** Returns the time that only one of a hundred exceeds. */
export function p99(tookMs: readonly number[]): number {
  return tookMs.toSorted((a, b) => a - b)[Math.ceil(tookMs.length * 0.99) - 1]!;
}
