/**
 * Creates the measure of how long ago something was, in milliseconds, which never goes back, whatever is done to
 * the clock. It counts what a process slept through together with its machine, as `performance.now` does not: what
 * was known before a suspension is as old as the clock says.
 */
export function createElapsed(clock: { readonly monotonicMs: () => number; readonly wallMs: () => number }) {
  const { monotonicMs, wallMs } = clock;
  const startMs = wallMs() - monotonicMs();
  let sleptMs = 0;
  return () => {
    const nowMs = monotonicMs();
    sleptMs = Math.max(sleptMs, wallMs() - nowMs - startMs);
    return nowMs + sleptMs;
  };
}
