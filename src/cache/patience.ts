/**
 * Returns what a promise comes to, or makes do with something else when that takes longer; with 0 at once. Rejects as
 * the promise does by then.
 */
export async function withPatience<T, U>(promise: Promise<T>, patienceMs: number, otherwise: U): Promise<T | U> {
  if (patienceMs === 0) return otherwise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<U>((resolve) => {
    timer = setTimeout(resolve, patienceMs, otherwise);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
