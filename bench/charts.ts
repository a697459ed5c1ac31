import { fromJson } from "@bufbuild/protobuf";
import { type Definition, DefinitionSchema } from "../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Frame } from "../src/frame/frame.ts";

/** One of the charts that both sides draw. */
export type Chart = {
  readonly kind: (typeof kinds)[number];
  readonly title: string;
  /** Where the points stand: times, or for dots numbers. */
  readonly along: Float64Array;
  readonly values: Float64Array;
};

const points = 200;

const kinds = [
  ...(["line", "area", "bar", "line", "line", "area"] as const),
  ...(["scatter", "line", "area", "bar", "line", "line"] as const),
] as const;

/**
 * Returns charts of 200 points each, twelve as on a busy page unless told, at the nth of many moments: no
 * two have the same times or values, so that nothing kept from one draw serves another.
 */
export function chartsAt(moment: number, count: number = kinds.length): readonly Chart[] {
  const start = Date.UTC(2026, 5, 17) + moment * 420_000;
  return Array.from({ length: count }, (_, at) => {
    const kind = kinds[at % kinds.length]!;
    return {
      kind,
      title: `Chart ${at + 1}`,
      along: Float64Array.from({ length: points }, (_, i) =>
        kind === "scatter" ? ((i + moment) * 37) % 211 : start + i * 420_000,
      ),
      values: Float64Array.from({ length: points }, (_, i) => {
        const swing = 40 * Math.sin((i + moment) / (7 + at));
        // With all the digits of an average, which is what most panels show.
        return 120 + swing + (((i + moment) * 7919 * (at + 1)) % 101) / 3.7;
      }),
    };
  });
}

/** Returns the dashboard of charts. */
export function definitionOf(charts: readonly Chart[]): Definition {
  return fromJson(DefinitionSchema, {
    dashboard_id: "bench",
    layout: {
      title: "Charts",
      timezone: "Europe/Berlin",
      panels: charts.map(({ kind, title }, at) => ({
        title,
        datasource: `d${at}`,
        [kind]: kind === "scatter" ? { x: "along", y: "value" } : { x: "along", y: ["value"] },
      })),
    },
    datasources: charts.map((_, at) => ({
      id: `d${at}`,
      columns: { value: { title: "Latency", unit: "ms" } },
      inline: { columns: [{ name: "along" }] },
    })),
  });
}

/** Returns what a chart's source answered. */
export function frameOf({ kind, along, values }: Chart): Frame {
  return {
    length: points,
    truncated: false,
    columns: [
      kind === "scatter"
        ? { type: "number", name: "along", values: along }
        : { type: "time", name: "along", zoned: true, values: along },
      { type: "number", name: "value", values },
    ],
  };
}
