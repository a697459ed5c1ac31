/** Says a line of progress: only some of many reach the screen. */
export type Progress = (line: string) => void;

/** Creates what passes on a line every three seconds at most, so that long work shows that it goes on. */
export function createProgress(say: (line: string) => void): Progress {
  let saidAt = performance.now();
  return (line) => {
    if (performance.now() - saidAt < 3_000) return;
    saidAt = performance.now();
    say(line);
  };
}
