import { chartsAt } from "./charts.ts";
import { createRender, toInput } from "./dashboards.ts";
import type { Sides } from "./own-process.ts";
import { inTurn } from "./side.ts";

/** How many panels dashboards have. */
export const panelCounts = [1, 2, 5, 10, 20, 50, 100] as const;

/** Dashboards of a size begin with so many different charts, so that those of each size show all kinds alike. */
const begins = 12;

/** Those that draw dashboards of so many panels, of 200 points each. A turn draws about as many panels at each size. */
export const sides: Sides = Object.fromEntries(
  panelCounts.map((count) => [
    `${count}`,
    () => ({
      run: inTurn(
        Array.from({ length: begins }, (_, begin) => toInput(chartsAt(begin, count + begin).slice(begin))),
        createRender(),
      ),
      runsATurn: begins * Math.ceil(500 / count / begins),
    }),
  ]),
);
