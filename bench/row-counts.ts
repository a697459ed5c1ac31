import { create } from "@bufbuild/protobuf";
import { LinePanelSchema } from "../gen/datajetty/dashboards/v1/panel_pb.js";
import { createEffort } from "../src/chart/effort.ts";
import { createVoices } from "../src/chart/intl.ts";
import { lineKind } from "../src/chart/line.ts";
import type { Frame } from "../src/frame/frame.ts";
import { renderLimits } from "../src/render/limits.ts";
import type { Sides } from "./own-process.ts";
import { inTurn } from "./side.ts";

/** How many rows a line has. */
export const rowCounts = [1_000, 10_000, 100_000, 1_000_000] as const;

/** Draws of a size begin at so many different rows. */
const begins = 10;

const panel = create(LinePanelSchema, { x: "time", y: ["value"] });
const voice = createVoices()({ locale: "en-US", timezone: "Europe/Berlin" });

/** Those that draw one line of so many rows, from typed arrays to markup. */
export const sides: Sides = Object.fromEntries(
  rowCounts.map((count) => [
    `${count}`,
    () => ({ run: inTurn(framesOf(count), drawRows), runsATurn: Math.ceil(200_000 / count) + 2 }),
  ]),
);

/** Rows are a second apart, and one is a spike. */
function framesOf(count: number): readonly Frame[] {
  const length = count + begins;
  const times = Float64Array.from({ length }, (_, i) => Date.UTC(2026, 0, 1) + i * 1000);
  const spike = Math.floor(0.65 * count);
  const values = Float64Array.from({ length }, (_, i) => (i === spike ? 900 : 100 + ((i * 7919) % 101) / 4));
  return Array.from({ length: begins }, (_, begin) => ({
    length: count,
    truncated: false,
    columns: [
      { type: "time", name: "time", zoned: true, values: times.subarray(begin, begin + count) },
      { type: "number", name: "value", values: values.subarray(begin, begin + count) },
    ],
  }));
}

function drawRows(frame: Frame): void {
  const drawing = lineKind.draw(panel, {
    frame,
    previous: undefined,
    title: "Rows",
    styleOf: (title) => ({ title, unit: "ms", decimals: undefined }),
    heightPx: 320,
    turn: 0,
    voice,
    roomChars: renderLimits.maxHtmlChars,
    effort: createEffort(renderLimits.maxCells),
    clickOf: () => undefined,
  });
  if (!drawing.ok) throw new Error(`the rows were not drawn: ${drawing.error}`);
}
