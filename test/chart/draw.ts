import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AreaPanelSchema,
  BarPanelSchema,
  GaugePanelSchema,
  HeatmapPanelSchema,
  HistogramPanelSchema,
  LinePanelSchema,
  PiePanelSchema,
  ScatterPanelSchema,
  StatPanelSchema,
  TablePanelSchema,
} from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { areaKind } from "../../src/chart/area.ts";
import { barKind } from "../../src/chart/bar.ts";
import { createEffort } from "../../src/chart/effort.ts";
import { gaugeKind } from "../../src/chart/gauge.ts";
import { heatmapKind } from "../../src/chart/heatmap.ts";
import { histogramKind } from "../../src/chart/histogram.ts";
import { createVoices } from "../../src/chart/intl.ts";
import type { Drawing, PanelInput } from "../../src/chart/kind.ts";
import { lineKind } from "../../src/chart/line.ts";
import { pieKind } from "../../src/chart/pie.ts";
import { scatterKind } from "../../src/chart/scatter.ts";
import { statKind } from "../../src/chart/stat.ts";
import { tableKind } from "../../src/chart/table.ts";
import type { Column, Frame } from "../../src/frame/frame.ts";

/** Draws panels of each kind, on a panel of usual size, in English and in Berlin. */
export const draw = {
  line: (frame: Frame, panel: MessageInitShape<typeof LinePanelSchema>, more?: Partial<PanelInput>) =>
    lineKind.draw(create(LinePanelSchema, panel), inputOf(frame, more)),
  area: (frame: Frame, panel: MessageInitShape<typeof AreaPanelSchema>, more?: Partial<PanelInput>) =>
    areaKind.draw(create(AreaPanelSchema, panel), inputOf(frame, more)),
  bar: (frame: Frame, panel: MessageInitShape<typeof BarPanelSchema>, more?: Partial<PanelInput>) =>
    barKind.draw(create(BarPanelSchema, panel), inputOf(frame, more)),
  stat: (frame: Frame, panel: MessageInitShape<typeof StatPanelSchema>, more?: Partial<PanelInput>) =>
    statKind.draw(create(StatPanelSchema, panel), inputOf(frame, more)),
  table: (frame: Frame, panel: MessageInitShape<typeof TablePanelSchema>, more?: Partial<PanelInput>) =>
    tableKind.draw(create(TablePanelSchema, panel), inputOf(frame, more)),
  pie: (frame: Frame, panel: MessageInitShape<typeof PiePanelSchema>, more?: Partial<PanelInput>) =>
    pieKind.draw(create(PiePanelSchema, panel), inputOf(frame, more)),
  gauge: (frame: Frame, panel: MessageInitShape<typeof GaugePanelSchema>, more?: Partial<PanelInput>) =>
    gaugeKind.draw(create(GaugePanelSchema, panel), inputOf(frame, more)),
  scatter: (frame: Frame, panel: MessageInitShape<typeof ScatterPanelSchema>, more?: Partial<PanelInput>) =>
    scatterKind.draw(create(ScatterPanelSchema, panel), inputOf(frame, more)),
  heatmap: (frame: Frame, panel: MessageInitShape<typeof HeatmapPanelSchema>, more?: Partial<PanelInput>) =>
    heatmapKind.draw(create(HeatmapPanelSchema, panel), inputOf(frame, more)),
  histogram: (frame: Frame, panel: MessageInitShape<typeof HistogramPanelSchema>, more?: Partial<PanelInput>) =>
    histogramKind.draw(create(HistogramPanelSchema, panel), inputOf(frame, more)),
};

/** Returns a drawing's markup; throws when there is none. */
export function markupOf(drawing: Drawing): string {
  if (!drawing.ok) throw new Error(`not drawn: ${drawing.error}`);
  return String(drawing.body);
}

/** Makes a column of numbers, or of words when one of the values is a word. */
export function column(name: string, values: readonly (number | string | null)[]): Column {
  if (values.some((value) => typeof value === "string")) {
    return { type: "string", name, values: values as readonly (string | null)[] };
  }
  return { type: "number", name, values: Float64Array.from(values, (value) => Number(value ?? Number.NaN)) };
}

/** Makes a column of instants. */
export function timeColumn(name: string, values: readonly number[], zoned = true): Column {
  return { type: "time", name, zoned, values: Float64Array.from(values) };
}

/** Makes a frame of columns. */
export function frame(...columns: readonly Column[]): Frame {
  return { columns, length: columns[0]?.values.length ?? 0, truncated: false };
}

const voice = createVoices()({ locale: "en-US", timezone: "Europe/Berlin" });

function inputOf(of: Frame, more: Partial<PanelInput> = {}): PanelInput {
  const styleOf = (title: string) => ({ title, unit: "", decimals: undefined });
  return {
    frame: of,
    previous: undefined,
    title: "Panel",
    styleOf,
    heightPx: 320,
    turn: 0,
    voice,
    roomChars: 2 ** 21,
    effort: createEffort(1e6),
    clickOf: () => undefined,
    ...more,
  };
}
