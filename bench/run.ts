/**
 * What drawing costs: `npm run bench`. Trust the ratios, which are of one run on one machine, not the
 * milliseconds. It fails when a figure that the project promises is missed.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createEffort } from "../src/chart/effort.ts";
import { createVoices } from "../src/chart/intl.ts";
import { lineKind } from "../src/chart/line.ts";
import { projectDir } from "../src/main/paths.ts";
import { renderLimits } from "../src/render/limits.ts";
import { renderOne, type SideName, sideNames } from "./dashboards.ts";
import { measure, measureTurns, median, medianRatio } from "./measure.ts";
import { millionPanel, millionRows, sumOf } from "./million-rows.ts";
import { startProcess } from "./own-process.ts";

const missed: string[] = [];

const processes = { ours: startProcess("ours"), echarts: startProcess("echarts") };
const drawn = await measureTurns(sideNames, (name: SideName) => processes[name].takeTurn(), {
  turns: 21,
  warmUpTurns: 12,
});
for (const { end } of Object.values(processes)) end();
const ratio = medianRatio(drawn.echarts, drawn.ours);
say("12 panels of 200 points, from frames to HTML, island included", `${ms(median(drawn.ours))} of CPU`);
say("the same charts alone by ECharts on the server", `${ms(median(drawn.echarts))} of CPU`);
promise("times less than ECharts", ratio, ratio >= 25, "at least 25");

const html = renderOne();
const rawKb = Buffer.byteLength(html) / 1000;
const gzipKb = gzipSync(html, { level: 6 }).length / 1000;
promise("kB of HTML", rawKb, rawKb <= 90, "at most 90");
promise("kB of HTML, gzip", gzipKb, gzipKb <= 25, "at most 25");

const script = gzipSync(readFileSync(`${projectDir}/gen/assets/dashboard.js`), { level: 9 }).length / 1024;
promise("KiB of script, gzip", script, script <= 5, "at most 5");

const voice = createVoices()({ locale: "en-US", timezone: "Europe/Berlin" });
const values = millionRows.columns[1]!.values as Float64Array;
const million = await measure(
  {
    pass: { run: () => void sumOf(values), runsATurn: 3 },
    line: { run: drawMillion, runsATurn: 1 },
  },
  { turns: 25, warmUpTurns: 10 },
);
say("one million points, from typed arrays to a drawn line", `${ms(median(million.line))} of CPU`);
say("a plain pass over the million values", `${ms(median(million.pass))} of CPU`);
say("times a plain pass", medianRatio(million.line, million.pass).toFixed(1));

if (missed.length > 0) {
  console.error(`\nmissed: ${missed.join(", ")}`);
  process.exitCode = 1;
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
