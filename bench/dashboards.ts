import { readPageFiles } from "../src/main/assets.ts";
import { createRenderer, type DashboardInput } from "../src/render/dashboard.ts";
import { drawByEcharts } from "./echarts.ts";
import type { Side } from "./measure.ts";
import { type Chart, chartsAt, definition, frameOf } from "./twelve-panels.ts";

/** The two that draw the twelve charts. */
export const sideNames = ["ours", "echarts"] as const;

/** One of them. */
export type SideName = (typeof sideNames)[number];

const asOfMs = Date.UTC(2026, 5, 18);
const presentation = { theme: "auto" as const, locale: "en-US", timezone: "Europe/Berlin" };
const moments = Array.from({ length: 60 }, (_, moment) => chartsAt(moment));

/** Returns a side, each of whose runs draws the charts of the moment after. */
export function createSide(name: SideName): Side {
  if (name === "echarts") return { run: inTurn(moments, (charts) => charts.forEach(drawByEcharts)), runsATurn: 4 };
  const render = createRender();
  return { run: inTurn(moments.map(toInput), render), runsATurn: 60 };
}

/** Returns the HTML of the charts of one moment. */
export function renderOne(): string {
  return createRender()(toInput(moments[0]!));
}

function createRender(): (input: DashboardInput) => string {
  const { templates, refs } = readPageFiles();
  const renderer = createRenderer({ templates, assets: refs("https://dashboards.example") });
  return (input) => renderer.renderDashboard(input).html;
}

function toInput(charts: readonly Chart[]): DashboardInput {
  const panels = charts.map((chart) => ({
    ok: true as const,
    frame: frameOf(chart),
    previous: undefined,
    asOfMs,
    stale: false,
  }));
  return { definition, version: 1, panels, filters: [], presentation, asOfMs, ttlS: 300 };
}

function inTurn<V>(values: readonly V[], run: (value: V) => void): () => void {
  let turn = 0;
  return () => {
    run(values[turn]!);
    turn = (turn + 1) % values.length;
  };
}
