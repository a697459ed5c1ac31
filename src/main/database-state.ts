/** How long the database may take: a probe is answered within a second, whatever has become of it. */
const patienceMs = 300;

/** Says whether the database answers, and soon. */
export function databaseState(ping: () => Promise<void>): Promise<"up" | "down"> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve("down"), patienceMs);
    ping()
      .then(
        () => resolve("up"),
        () => resolve("down"),
      )
      .finally(() => clearTimeout(late));
  });
}
