/** Lets the requests of one HTTP/2 connection begin, a few in each turn of the event loop. */
export type SessionTurns = {
  /** Begins it in its turn, unless it is gone by then. */
  add(request: { readonly isGone: () => boolean; readonly begin: () => void }): void;
};

type Waiting = Parameters<SessionTurns["add"]>[0];

/**
 * How many begin in a turn: enough for a gateway whose every call is on one connection, and so few that a hundred
 * that come at once do not stand before everybody else's.
 */
const perTurn = 8;

/**
 * Creates the turns of a connection. One read may bring hundreds of streams: those that it takes back again cost
 * nothing, and the others do not hold up other connections.
 */
export function createSessionTurns(): SessionTurns {
  let waiting: Waiting[] = [];

  const turn = () => {
    let begun = 0;
    let next = 0;
    for (; next < waiting.length && begun < perTurn; next += 1) {
      const { isGone, begin } = waiting[next]!;
      if (isGone()) continue;
      begun += 1;
      begin();
    }
    waiting = waiting.slice(next);
    if (waiting.length > 0) setImmediate(turn);
  };

  return {
    add(request) {
      waiting.push(request);
      if (waiting.length === 1) setImmediate(turn);
    },
  };
}
