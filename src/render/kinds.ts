import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { areaKind } from "../chart/area.ts";
import { barKind } from "../chart/bar.ts";
import { gaugeKind } from "../chart/gauge.ts";
import { heatmapKind } from "../chart/heatmap.ts";
import { histogramKind } from "../chart/histogram.ts";
import type { Drawing, Kind, PanelInput } from "../chart/kind.ts";
import { lineKind } from "../chart/line.ts";
import { pieKind } from "../chart/pie.ts";
import { scatterKind } from "../chart/scatter.ts";
import { statKind } from "../chart/stat.ts";
import { tableKind } from "../chart/table.ts";

/** The panels that show a source's rows. */
export type DataKindName = Exclude<Panel["kind"]["case"], "text" | undefined>;

/** A kind's name with its message. */
export type DataKind = Extract<Panel["kind"], { case: DataKindName }>;

type MessageOf = { readonly [N in DataKindName]: Extract<Panel["kind"], { case: N }>["value"] };
type Choice<N extends DataKindName> = { [M in N]: { case: M; value: MessageOf[M] } }[N];

/** Every kind that shows a source's rows. A new one is a file in src/chart and a row here. */
const kinds: { readonly [N in DataKindName]: Kind<MessageOf[N]> } = {
  line: lineKind,
  area: areaKind,
  bar: barKind,
  stat: statKind,
  table: tableKind,
  pie: pieKind,
  scatter: scatterKind,
  heatmap: heatmapKind,
  histogram: histogramKind,
  gauge: gaugeKind,
};

/** Returns the names of the columns that a panel shows; none when it shows whatever there is. */
export function columnsOf<N extends DataKindName>(kind: Choice<N>): readonly string[] {
  const row: Kind<MessageOf[N]> = kinds[kind.case];
  return row.columns(kind.value);
}

/** Draws a panel. Every column that `columnsOf` returns must be in the frame. */
export function drawKind<N extends DataKindName>(kind: Choice<N>, input: PanelInput): Drawing {
  const row: Kind<MessageOf[N]> = kinds[kind.case];
  return row.draw(kind.value, input);
}
