/**
 * How long a call waits for what the store would say anew, where what it last said serves as well. A
 * database that answers takes some milliseconds; one whose host has vanished takes a second to give up.
 */
const patienceMs = 300;

/**
 * Waits for an answer, as long as `patienceMs`, and then makes do with the other one. A failure in
 * that time is the caller's; a later one is nobody's.
 */
export async function inTime<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, patienceMs, otherwise);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
