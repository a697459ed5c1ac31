/** How long the database may take: a probe is answered within a second, whatever has become of it. */
const patienceMs = 300;

/**
 * Says whether the database answers, and soon. After a long turn of the event loop, timers come before answers that have
 * arrived meanwhile: those are taken in first, for a busy service is no database that is down.
 */
export function databaseState(ping: () => Promise<void>): Promise<"up" | "down"> {
  return new Promise((resolve) => {
    const late = setTimeout(() => setImmediate(resolve, "down"), patienceMs);
    ping()
      .then(
        () => resolve("up"),
        () => resolve("down"),
      )
      .finally(() => clearTimeout(late));
  });
}
