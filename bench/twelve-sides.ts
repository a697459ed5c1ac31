import { chartsAt } from "./charts.ts";
import { createRender, toInput } from "./dashboards.ts";
import { drawByEcharts } from "./echarts.ts";
import type { Sides } from "./own-process.ts";
import { inTurn } from "./side.ts";

const moments = Array.from({ length: 60 }, (_, moment) => chartsAt(moment));

/** Those that draw twelve charts on the server: a run is the charts of the moment after. */
export const sides: Sides = {
  ours: () => ({ run: inTurn(moments.map(toInput), createRender()), runsATurn: 60 }),
  echarts: () => ({ run: inTurn(moments, (charts) => charts.forEach(drawByEcharts)), runsATurn: 4 }),
};
