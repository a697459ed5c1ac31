import type { Server } from "node:net";

/** Calls back when what has arrived was taken in, connections included. */
export type Intake = (callback: () => void) => void;

/** How long connections are taken in before work goes on, in milliseconds: less than the work of a turn takes. */
const longestMs = 4;

/**
 * Creates the intake of a server. libuv accepts one connection in a turn of the event loop, so that connections would
 * wait for as many turns of work as they are, unseen and unanswered: while each turn brings one, another turn follows.
 */
export function createIntake(server: Server): Intake {
  let accepted = 0;
  server.on("connection", () => {
    accepted += 1;
  });
  return (callback) => {
    let before = accepted;
    const endMs = performance.now() + longestMs;
    const look = () => {
      if (accepted === before || performance.now() > endMs) return callback();
      before = accepted;
      setImmediate(look);
    };
    setImmediate(look);
  };
}
