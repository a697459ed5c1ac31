import { create } from "@bufbuild/protobuf";
import { LinePanelSchema } from "../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Frame } from "../src/frame/frame.ts";

const rows = 1_000_000;

/** A million rows, a second apart, with a spike: one series, as a source's typed arrays. */
export const millionRows: Frame = {
  length: rows,
  truncated: false,
  columns: [
    {
      type: "time",
      name: "time",
      zoned: true,
      values: Float64Array.from({ length: rows }, (_, i) => Date.UTC(2026, 0, 1) + i * 1000),
    },
    {
      type: "number",
      name: "value",
      values: Float64Array.from({ length: rows }, (_, i) => (i === 654_321 ? 900 : 100 + ((i * 7919) % 101) / 4)),
    },
  ],
};

/** The panel that shows them. */
export const millionPanel = create(LinePanelSchema, { x: "time", y: ["value"] });

/** A plain pass over an array: the least that looking at each value costs. */
export function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index]!;
  return sum;
}
