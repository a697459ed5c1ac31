/** Draws step by step, and lets other calls go on in between. */
export type DrawInTurns = <Drawn>(steps: Generator<undefined, Drawn>) => Promise<Drawn>;

/**
 * How long is drawn in a turn of the event loop, or one panel: no longer than others may wait to be heard, and
 * more than begins in one at most (`main/service.ts`), or ever more would wait to be drawn.
 */
const turnMs = 12;

/**
 * For so many turns whoever has begun to draw goes on first: most dashboards are done by then, and none of them sooner if
 * all took turns.
 */
const turnsInARow = 3;

/** `draw` draws until it is done or the time is over, and returns whether it is done. */
type Drawing = { readonly draw: (endMs: number) => boolean; turns: number };

/**
 * Creates the drawing, whose turns all that draw share: sources that answer many renders at once would have each of them
 * draw in the same turn. Who is not done after some turns goes on behind those who came meanwhile, so that light dashboards
 * do not wait for all panels of heavy ones.
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
      if (!drawing.draw(endMs)) interrupted = drawing;
    }
  };

  const nextTurn = () => {
    endMs = undefined;
    if (interrupted !== undefined) putBack(interrupted);
    interrupted = undefined;
    if (waiting.length > 0) draw();
  };

  const putBack = (drawing: Drawing) => {
    drawing.turns += 1;
    if (drawing.turns < turnsInARow) waiting.unshift(drawing);
    else waiting.push(drawing);
  };

  return (steps) =>
    new Promise((resolve, reject) => {
      const drawSome = (end: number) => {
        try {
          let step = steps.next();
          while (step.done !== true && performance.now() < end) step = steps.next();
          if (step.done === true) resolve(step.value);
          return step.done === true;
        } catch (error) {
          reject(error);
          return true;
        }
      };
      waiting.push({ draw: drawSome, turns: 0 });
      draw();
    });
}
