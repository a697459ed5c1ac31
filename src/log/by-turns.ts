import { type DestinationStream, pino } from "pino";

/** More than this is written before the turn is over. */
const mostBytes = 8_192;

/**
 * Creates a destination that writes what a turn of the event loop has to say at once, at its end and when the process
 * ends: a system call for each line is a good part of what a request takes. A process that is killed loses a turn's lines.
 */
export function createTurnsDestination(fd: number): DestinationStream {
  const destination = pino.destination({ dest: fd, sync: true, minLength: mostBytes });
  const flush = () => destination.flushSync();
  process.once("exit", flush);
  let isDue = false;
  return {
    write(line) {
      destination.write(line);
      if (isDue) return;
      isDue = true;
      setImmediate(() => {
        isDue = false;
        flush();
      });
    },
  };
}
