import * as echarts from "echarts";
import type { Chart } from "./charts.ts";

/**
 * Returns what ECharts is told of a chart, as JSON can say it, without animation. It has of what our charts show the
 * title, the unit at the axis, and the legend of lines and areas.
 */
export function optionOf({ kind, title, along, values }: Chart): echarts.EChartsOption {
  const isLine = kind === "line" || kind === "area";
  return {
    animation: false,
    title: { text: title },
    ...(isLine && { legend: { formatter: `{name} ${Math.round(values.at(-1)!)} ms` } }),
    xAxis: { type: kind === "scatter" ? "value" : "time" },
    yAxis: { type: "value", axisLabel: { formatter: "{value} ms" } },
    series: [
      {
        name: "Latency",
        type: kind === "area" ? "line" : kind,
        showSymbol: false,
        data: Array.from(along, (x, at) => [x, values[at]!]),
        ...(kind === "area" && { areaStyle: {} }),
      },
    ],
  };
}

/** Draws a chart by ECharts on the server, as its handbook says; returns the SVG. */
export function drawByEcharts(chart: Chart): string {
  const drawn = echarts.init(null, null, { renderer: "svg", ssr: true, width: 600, height: 300 });
  drawn.setOption(optionOf(chart));
  const svg = drawn.renderToSVGString();
  drawn.dispose();
  return svg;
}
