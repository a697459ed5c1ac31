import type { Chart } from "./charts.ts";
import { optionOf } from "./echarts.ts";

/** Writes a page that has its data in it, so that one request brings them while others bring the scripts that draw them. */
export function writeClientPage(charts: readonly Chart[], scripts: readonly string[]): string {
  const options = JSON.stringify(charts.map(optionOf)).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Charts</title>
    <style>main { display: grid; grid-template-columns: 1fr 1fr; gap: 16px } .chart { height: 320px }</style>
    ${scripts.map((path) => `<script defer src="${path}"></script>`).join("\n    ")}
  </head>
  <body>
    <main>${'<div class="chart"></div>'.repeat(charts.length)}</main>
    <script type="application/json" id="options">${options}</script>
  </body>
</html>`;
}
