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
import { ms, promise, say } from "./report.ts";

const voice = createVoices()({ locale: "en-US", timezone: "Europe/Berlin" });

/** Drawing: 12 panels beside ECharts, the size of a page and of its script, one million points. */
export async function benchDrawing(): Promise<void> {
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
