/**
 * What drawing costs: `npm run bench`. Trust the ratios, which are of one run on one machine, not the
 * milliseconds. It fails when a figure that the project promises is missed.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createEffort } from "../src/chart/effort.ts";
import { createVoices } from "../src/chart/intl.ts";
import { lineKind } from "../src/chart/line.ts";
import { readPageFiles } from "../src/main/assets.ts";
import { projectDir } from "../src/main/paths.ts";
import { createRenderer } from "../src/render/dashboard.ts";
import { renderLimits } from "../src/render/limits.ts";
import { drawByEcharts } from "./echarts.ts";
import { measure } from "./measure.ts";
import { millionPanel, millionRows, sumOf } from "./million-rows.ts";
import { chartsAt, definition, frameOf } from "./twelve-panels.ts";

const files = readPageFiles();
const renderer = createRenderer({ templates: files.templates, assets: files.refs("https://dashboards.example") });
const asOfMs = Date.UTC(2026, 5, 18);
const presentation = { theme: "auto" as const, locale: "en-US", timezone: "Europe/Berlin" };
const moments = Array.from({ length: 60 }, (_, moment) => {
  const charts = chartsAt(moment);
  const panels = charts.map((chart) => ({
    ok: true as const,
    frame: frameOf(chart),
    previous: undefined,
    asOfMs,
    stale: false,
  }));
  return { charts, input: { definition, version: 1, panels, filters: [], presentation, asOfMs, ttlS: 300 } };
});
const missed: string[] = [];

const drawn = measure(
  {
    ours: { run: inTurn(({ input }) => void renderer.renderDashboard(input)), runsATurn: 40 },
    echarts: {
      run: inTurn(({ charts }) => {
        for (const chart of charts) drawByEcharts(chart);
      }),
      runsATurn: 3,
    },
  },
  { turns: 15, warmUpTurns: 10 },
);
const ratio = drawn.echarts.median / drawn.ours.median;
say("12 panels of 200 points, from frames to HTML, island included", `${ms(drawn.ours.median)} of CPU`);
say("the same charts alone by ECharts on the server", `${ms(drawn.echarts.median)} of CPU`);
promise("times less than ECharts", ratio, ratio >= 25, "at least 25");

const { html } = renderer.renderDashboard(moments[0]!.input);
const rawKb = Buffer.byteLength(html) / 1000;
const gzipKb = gzipSync(html, { level: 6 }).length / 1000;
promise("kB of HTML", rawKb, rawKb <= 90, "at most 90");
promise("kB of HTML, gzip", gzipKb, gzipKb <= 25, "at most 25");

const script = gzipSync(readFileSync(`${projectDir}/gen/assets/dashboard.js`), { level: 9 }).length / 1024;
promise("KiB of script, gzip", script, script <= 5, "at most 5");

const voice = createVoices()({ locale: "en-US", timezone: "Europe/Berlin" });
const values = millionRows.columns[1]!.values as Float64Array;
const million = measure(
  {
    pass: { run: () => void sumOf(values), runsATurn: 3 },
    line: { run: drawMillion, runsATurn: 1 },
  },
  { turns: 25, warmUpTurns: 10 },
);
say("one million points, from typed arrays to a drawn line", `${ms(million.line.median)} of CPU`);
say("a plain pass over the million values", `${ms(million.pass.median)} of CPU`);
say("times a plain pass", (million.line.median / million.pass.median).toFixed(1));

if (missed.length > 0) {
  console.error(`\nmissed: ${missed.join(", ")}`);
  process.exitCode = 1;
}

/** Runs on one moment after the other. */
function inTurn(run: (moment: (typeof moments)[number]) => void): () => void {
  let turn = 0;
  return () => {
    run(moments[turn]!);
    turn = (turn + 1) % moments.length;
  };
}

function drawMillion(): void {
  const drawing = lineKind.draw(millionPanel, {
    frame: millionRows,
    previous: undefined,
    title: "Million",
    styleOf: (title) => ({ title, unit: "ms", decimals: undefined }),
    heightPx: 320,
    turn: 0,
    voice,
    roomChars: renderLimits.maxHtmlChars,
    effort: createEffort(renderLimits.maxCells),
    clickOf: () => undefined,
  });
  if (!drawing.ok) throw new Error(`the million was not drawn: ${drawing.error}`);
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function say(what: string, figure: string): void {
  console.log(`${figure.padStart(18)}  ${what}`);
}

function promise(what: string, value: number, isKept: boolean, promised: string): void {
  say(`${what} (promised: ${promised})${isKept ? "" : ": MISSED"}`, value.toFixed(1));
  if (!isKept) missed.push(what);
}
