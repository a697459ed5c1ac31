import { SingleBar } from "cli-progress";
import type { Terminal } from "./terminal.ts";

/** Shows how far long work is. */
export type Progress = {
  /** Says that one more is done. */
  readonly step: () => void;
  /** Prints above it what is said meanwhile. */
  readonly say: (print: () => void) => void;
  readonly end: () => void;
};

/** Fewer are done before anybody wonders. */
const many = 5;

/** Shows a bar on a terminal where there is much to do, and nothing elsewhere: there each line says how far it is. */
export function showProgress(terminal: Terminal, total: number, what: string): Progress {
  if (!terminal.isWatched || total < many) return { step() {}, say: (print) => print(), end() {} };
  const bar = new SingleBar({
    stream: terminal.stderr as NodeJS.WriteStream,
    format: `${what} {bar} {value}/{total}, {eta_formatted} left`,
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return {
    step: () => bar.increment(),
    say(print) {
      // The bar's line is taken back, and drawn again below what was printed.
      terminal.stderr.write("\r\x1b[K");
      print();
      bar.render();
    },
    end: () => bar.stop(),
  };
}
