/**
 * Returns what a promise comes to; throws an Error where that takes longer. What has arrived while this process
 * was busy counts as in time: its own delays are not the other side's.
 */
export async function inTime<T>(promise: Promise<T>, withinMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  // Between a timer and what is set to follow it at once, the event loop takes in what has arrived.
  const timer = setTimeout(() => setImmediate(late.reject, new LateError("no answer in time")), withinMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Its name is what stands in the log. */
class LateError extends Error {
  override readonly name = "LateError";
}
