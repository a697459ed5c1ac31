import { type DestinationStream, pino } from "pino";

/** More than this is written before the turn is over. */
const mostChars = 16_384;

/**
 * Creates a destination that writes what a turn of the event loop has to say at once, at its end and when the process
 * ends: a system call for each line is a good part of what a request takes. A process that is killed loses a turn's
 * lines.
 */
export function createTurnsDestination(fd: number): DestinationStream {
  const destination = pino.destination({ dest: fd, sync: true });
  let lines = "";
  const flush = () => {
    const text = lines;
    lines = "";
    if (text !== "") destination.write(text);
  };
  process.once("exit", flush);
  return {
    write(line) {
      if (lines === "") setImmediate(flush);
      lines += line;
      if (lines.length >= mostChars) flush();
    },
  };
}
