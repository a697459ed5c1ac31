import { fromJson, type JsonObject } from "@bufbuild/protobuf";
import { DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Frame } from "../../src/frame/frame.ts";
import type { PanelData } from "../../src/render/panel.ts";
import { asOfMs, createNoise, type Fixture, frameOf } from "./gallery.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const noise = createNoise(5);
const list = (count: number, value: (index: number) => number | string | null) =>
  Array.from({ length: count }, (_, index) => value(index));

type Odd = { readonly panel: JsonObject; readonly data: Frame | string; readonly stale?: boolean };

const line = (title: string, data: Frame | string, more: JsonObject = {}): Odd => ({
  panel: { title, grid: { w: 8, h: 6 }, datasource: "odd", line: { x: "x", y: ["y"], ...more } },
  data,
});
const bar = (title: string, data: Frame, more: JsonObject = {}): Odd => ({
  panel: { title, grid: { w: 8, h: 6 }, datasource: "odd", bar: { x: "x", y: ["y"], ...more } },
  data,
});

const long = "A category whose name is so very long that no axis has room for it";

const odd: readonly Odd[] = [
  line("A single point", frameOf({ x: [asOfMs], y: [42] }, ["x"])),
  line("The same value throughout", frameOf({ x: list(24, (i) => asOfMs + i * hourMs), y: list(24, () => 5) }, ["x"])),
  line(
    "Gaps and a lone point",
    frameOf(
      {
        x: list(40, (i) => asOfMs + i * hourMs),
        y: list(40, (i) => ([7, 8, 20, 22].includes(i) ? null : 30 + (i % 7))),
      },
      ["x"],
    ),
  ),
  line("No values at all", frameOf({ x: list(5, (i) => asOfMs + i * dayMs), y: list(5, () => null) }, ["x"])),
  line("Huge", frameOf({ x: [1, 2, 3, 4], y: [1e308, -1e308, 5e307, 1e300] })),
  line("Tiny", frameOf({ x: [1, 2, 3], y: [5e-324, 0, 1e-320] })),
  line("Negative", frameOf({ x: list(30, (i) => i), y: list(30, (i) => -20 + 15 * Math.sin(i / 4)) })),
  line("Far from zero", frameOf({ x: list(60, (i) => 1960 + i), y: list(60, (i) => 316 + i * 1.6) })),
  line(
    "Forty series",
    frameOf(
      {
        x: list(400, (i) => asOfMs + Math.floor(i / 40) * dayMs),
        s: list(400, (i) => `series ${i % 40}`),
        y: list(400, (i) => (i % 40) * 3 + noise() * 20),
      },
      ["x"],
    ),
    { series: "s" },
  ),
  line(
    "Spring forward",
    frameOf({ x: list(13, (i) => Date.UTC(2026, 2, 28, 22) + i * hourMs), y: list(13, (i) => i * i) }, ["x"]),
  ),
  line(
    "Months over a new year",
    frameOf({ x: list(14, (i) => Date.UTC(2025, 5 + i, 1, -1)), y: list(14, (i) => 100 + 9 * i) }, ["x"]),
  ),
  line("Words", frameOf({ x: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], y: [3, 4, 8, 6, 9, 2, 1] })),
  line(
    "Ten thousand points",
    frameOf(
      { x: list(10_000, (i) => asOfMs + i * 60_000), y: list(10_000, (i) => (i === 4321 ? 900 : 100 + 40 * noise())) },
      ["x"],
    ),
  ),
  line("Too many series", frameOf({ x: list(150, (i) => i), s: list(150, (i) => `s${i}`), y: list(150, (i) => i) }), {
    series: "s",
  }),
  line("The source is down", "source_unavailable"),
  bar("Long names", frameOf({ x: list(9, (i) => `${long} ${i}`), y: list(9, (i) => 5 + i) })),
  bar("One bar", frameOf({ x: ["Only"], y: [12] })),
  bar("Hours", frameOf({ x: list(30, (i) => asOfMs + i * hourMs), y: list(30, (i) => 5 + (i % 9)) }, ["x"])),
  bar("Up and down", frameOf({ x: ["a", "b", "c", "d"], y: [5, -3, 8, -6] })),
  bar(
    "Stacked up and down",
    frameOf({
      x: list(12, (i) => `q${i % 6}`),
      s: list(12, (i) => (i < 6 ? "in" : "out")),
      y: list(12, (i) => (i < 6 ? 4 + i : -3 - (i % 4))),
    }),
    { series: "s", mode: "stacked" },
  ),
  bar("A thousand bars", frameOf({ x: list(1000, (i) => `n${i}`), y: list(1000, (i) => i % 97) })),
  bar("Long names in a list", frameOf({ x: list(9, (i) => `${long} ${i}`), y: list(9, (i) => (5 + i) * 1e6) }), {
    orientation: "horizontal",
  }),
  bar("A list with debts", frameOf({ x: ["Assets", "Debts", "Cash"], y: [50, -30, 12] }), {
    orientation: "horizontal",
  }),
  bar(
    "A stacked list",
    frameOf({ x: ["North", "South", "North", "South"], s: ["a", "a", "b", "b"], y: [5, 3, 2, 6] }),
    { series: "s", mode: "stacked", orientation: "horizontal" },
  ),
  {
    panel: {
      title: "Overlapping",
      grid: { w: 8, h: 6 },
      datasource: "odd",
      area: { x: "x", y: ["y"], series: "s", mode: "overlapping" },
    },
    data: frameOf({
      x: list(60, (i) => Math.floor(i / 2)),
      s: list(60, (i) => (i % 2 ? "wind" : "sun")),
      y: list(60, (i) => (i % 2 ? 40 + 20 * Math.sin(i / 9) : 70 + 30 * Math.cos(i / 7))),
    }),
  },
  {
    panel: {
      title: "A table of everything, with a heading that takes far more room than one line of it has",
      description: "and a note besides",
      grid: { w: 16, h: 6 },
      datasource: "odd",
      table: {},
    },
    data: {
      length: 3,
      truncated: true,
      columns: [
        { type: "string", name: "name", values: [long, null, "<script>alert(1)</script>"] },
        {
          type: "time",
          name: "day",
          zoned: false,
          values: Float64Array.of(Date.UTC(2026, 0, 1), Number.NaN, Date.UTC(2026, 1, 3)),
        },
        { type: "time", name: "at", zoned: true, values: Float64Array.of(asOfMs, asOfMs + 90_000, Number.NaN) },
        { type: "boolean", name: "ok", values: [true, false, null] },
        { type: "number", name: "amount", values: Float64Array.of(1234.5, -7, Number.NaN) },
        { type: "number", name: "year", values: Float64Array.of(2001, 2002, 2003) },
      ],
    },
    stale: true,
  },
  {
    panel: { title: "Nothing to reduce", grid: { w: 6, h: 3 }, datasource: "odd", stat: { value: "y" } },
    data: frameOf({ y: [] }),
  },
  {
    panel: { title: "A flat line", grid: { w: 6, h: 3 }, datasource: "odd", stat: { value: "y", sparkline: "x" } },
    data: frameOf({ x: [1, 2, 3], y: [7, 7, 7] }),
  },
  {
    panel: {
      title: "A long number with a long title that does not fit",
      grid: { w: 6, h: 3 },
      datasource: "odd",
      stat: { value: "y", reduce: "sum" },
    },
    data: frameOf({ y: [123_456, 555_555.25] }),
  },
  {
    panel: { title: "Huge", grid: { w: 6, h: 3 }, datasource: "odd", stat: { value: "y" } },
    data: frameOf({ y: [-1.5e300] }),
  },
  {
    panel: { title: "No data", grid: { w: 6, h: 3 }, datasource: "odd", stat: { value: "y" } },
    data: "source_timeout",
  },
  {
    panel: { title: "A column that is not there", grid: { w: 9, h: 3 }, datasource: "odd", stat: { value: "z" } },
    data: frameOf({ y: [1] }),
  },
  {
    panel: {
      title: "Markdown",
      grid: { w: 9, h: 6 },
      text: {
        markdown:
          "# Heading\n\nText with `code`, *emphasis* and <b>HTML</b>.\n\n1. One\n2. Two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\npre formatted\n```\n\n---\n\n[bad](javascript:alert(1)) ![img](https://example.com/x.png)",
      },
    },
    data: "",
  },
];

/** Panels with data that are hard to draw. */
export const oddities: Fixture = {
  definition: fromJson(DefinitionSchema, {
    dashboard_id: "oddities",
    layout: { title: "Odd data", timezone: "Europe/Berlin", panels: odd.map(({ panel }) => panel) },
    datasources: [{ id: "odd", inline: { columns: [{ name: "x" }] } }],
  }),
  panels: odd.map(({ data, stale = false }): PanelData => {
    if (data === "") return undefined;
    return typeof data === "string"
      ? { ok: false, error: data }
      : { ok: true, frame: data, previous: undefined, asOfMs, stale };
  }),
};
