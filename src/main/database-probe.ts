/** Says whether the database answers. */
export type DatabaseProbe = () => Promise<"up" | "down">;

/** How long an answer serves, so that whoever probes costs the database one question a second at most. */
const freshMs = 1_000;

/** How long the database may take: a probe is answered within a second, whatever has become of it. */
const patienceMs = 300;

/** Creates the probe. */
export function createDatabaseProbe(ping: () => Promise<void>, elapsedMs: () => number): DatabaseProbe {
  let asked: Promise<"up" | "down"> = Promise.resolve("down");
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (elapsedMs() - askedAtMs >= freshMs) {
      askedAtMs = elapsedMs();
      asked = ask(ping);
    }
    return asked;
  };
}

function ask(ping: () => Promise<void>): Promise<"up" | "down"> {
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
