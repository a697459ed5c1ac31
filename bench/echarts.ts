import * as echarts from "echarts";
import type { Chart } from "./twelve-panels.ts";

/**
 * Draws a chart by ECharts on the server, as its handbook says, without animation; returns the SVG. It
 * has of what our charts show the title, the unit at the axis, and the legend of lines and areas.
 */
export function drawByEcharts({ kind, title, along, values }: Chart): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 600, height: 300 });
  const isLine = kind === "line" || kind === "area";
  chart.setOption({
    animation: false,
    title: { text: title },
    ...(isLine && { legend: { formatter: (name: string) => `${name} ${Math.round(values.at(-1)!)} ms` } }),
    xAxis: { type: kind === "scatter" ? "value" : "time" },
    yAxis: { type: "value", axisLabel: { formatter: "{value} ms" } },
    series: [
      {
        name: "Latency",
        type: kind === "area" ? "line" : kind,
        showSymbol: false,
        data: Array.from(along, (x, at) => [x, values[at]]),
        ...(kind === "area" && { areaStyle: {} }),
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
