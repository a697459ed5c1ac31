/** Draws step by step, and lets other calls go on in between. */
export type DrawInTurns = <Drawn>(steps: Generator<undefined, Drawn>) => Promise<Drawn>;

/**
 * How long is drawn in a turn of the event loop, or one panel: as long as what may begin in one takes at most, or ever more
 * would wait to be drawn, and no longer than others may wait to be heard.
 */
const turnMs = 20;

/** Draws until it is done or the time is over; returns whether it is done. */
type Drawing = (endMs: number) => boolean;

/**
 * Creates the drawing, whose turns all that draw share: sources that answer many renders at once would have each of them
 * draw in the same turn. Who is not done in a turn goes on behind those who came meanwhile, so that light dashboards do
 * not wait for all panels of heavy ones.
 */
export function createDrawInTurns(): DrawInTurns {
  const waiting: Drawing[] = [];
  let interrupted: Drawing | undefined;
  let endMs: number | undefined;

  const draw = () => {
    if (endMs === undefined) {
      endMs = performance.now() + turnMs;
      setImmediate(nextTurn);
    }
    while (interrupted === undefined && waiting.length > 0 && performance.now() < endMs) {
      const drawing = waiting.shift()!;
      if (!drawing(endMs)) interrupted = drawing;
    }
  };

  const nextTurn = () => {
    endMs = undefined;
    if (interrupted !== undefined) waiting.push(interrupted);
    interrupted = undefined;
    if (waiting.length > 0) draw();
  };

  return (steps) =>
    new Promise((resolve, reject) => {
      waiting.push((end) => {
        try {
          let step = steps.next();
          while (step.done !== true && performance.now() < end) step = steps.next();
          if (step.done === true) resolve(step.value);
          return step.done === true;
        } catch (error) {
          reject(error);
          return true;
        }
      });
      draw();
    });
}
