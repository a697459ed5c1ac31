import { fromJson, type JsonObject } from "@bufbuild/protobuf";
import { DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { FilterControl } from "../../src/definition/viewer-filters.ts";
import type { Frame } from "../../src/frame/frame.ts";
import type { Renderer } from "../../src/render/dashboard.ts";
import type { PanelData } from "../../src/render/panel.ts";
import { asOfMs, createNoise, type Fixture, frameOf } from "../render/gallery.ts";

const list = <Value>(count: number, valueAt: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => valueAt(index));
const hourMs = 3_600_000;
const hours = list(24, (index) => asOfMs - (24 - index) * hourMs);
const noise = createNoise(31);
const walk = (level: number, swing: number) =>
  hours.map((_, index) => level + swing * Math.sin(index / 4) + (noise() - 0.5) * swing);

const regions = ["eu-central", "us-east", "ap-south"];
const traffic = frameOf(
  {
    time: regions.flatMap(() => hours),
    region: regions.flatMap((region) => hours.map(() => region)),
    rps: regions.flatMap((_, index) => walk(3000 / (index + 1), 400 / (index + 1))),
  },
  ["time"],
);
const latency = frameOf({ time: hours, p50: walk(66, 9), p95: walk(178, 30), p99: walk(272, 50) }, ["time"]);
const channels = frameOf({
  channel: ["Web", "Mobile app", "Partner", "In store"],
  fresh: [4210, 6120, 1480, 920],
  returning: [7420, 5210, 640, 2310],
});
const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const orders = frameOf({
  hour: weekdays.flatMap(() => list(12, (hour) => `${2 * hour}`.padStart(2, "0"))),
  weekday: weekdays.flatMap((weekday) => list(12, () => weekday)),
  orders: list(84, (index) => (index % 17 === 3 ? null : Math.round(300 * noise()))),
});
const baskets = frameOf({
  size: list(160, () => 20 + 180 * noise()),
  took: list(160, () => 80 + 320 * noise()),
  client: list(160, (index) => (index % 2 === 0 ? "Web" : "Mobile app")),
});
const endpoints: Frame = {
  ...frameOf({
    method: ["POST", "GET", "PUT"],
    endpoint: ["/v1/checkout/confirm", "/v1/carts/:id", "/v1/carts/:id/items"],
    calls: [184_200, 902_400, 540_100],
    errors: [1.32, 0.12, null],
    status: ["Breach", "Healthy", "At risk"],
  }),
};
const trend = { type: "numbers", name: "trend", values: [4, 9, 6].map((step) => walks(step)) } as const;

function walks(step: number): Float64Array {
  return Float64Array.from(list(16, (index) => step * index + 20 * noise()));
}

const words = `A **bold** word, \`code\`, [a link](https://example.com/), and a quote:

> Error budget burns faster than planned.

- one
- two

| a | b |
|---|---|
| 1 | 2 |
`;

const shown: readonly { readonly panel: JsonObject; readonly data?: Frame | string }[] = [
  {
    panel: {
      title: "Requests",
      grid: { w: 6, h: 3 },
      stat: { value: "p50", compare: "target", target: 80, sparkline: "time" },
    },
    data: latency,
  },
  {
    panel: {
      title: "p95",
      grid: { w: 6, h: 3 },
      stat: {
        value: "p95",
        compare: "previous_period",
        better: "lower",
        compare_label: "vs yesterday",
        sparkline: "time",
      },
    },
    data: latency,
  },
  { panel: { title: "No data", grid: { w: 6, h: 3 }, stat: { value: "p50" } }, data: "source_timeout" },
  {
    panel: { title: "Noted", note: "a sentence below", grid: { w: 6, h: 3 }, stat: { value: "p99" } },
    data: latency,
  },
  {
    panel: {
      title: "Throughput by region",
      description: "requests per second",
      grid: { w: 16, h: 7 },
      area: { x: "time", y: ["rps"], series: "region" },
      click: ["region"],
    },
    data: traffic,
  },
  {
    panel: {
      title: "Error budget",
      grid: { w: 8, h: 7 },
      gauge: {
        value: "p50",
        max: 100,
        thresholds: [
          { value: 0, status: "ok" },
          { value: 50, status: "warn" },
          { value: 80, status: "bad" },
        ],
      },
    },
    data: latency,
  },
  {
    panel: {
      title: "Latency",
      grid: { w: 12, h: 7 },
      line: {
        x: "time",
        y: ["p50", "p95", "p99"],
        thresholds: [{ value: 250, label: "SLO 250 ms", status: "bad" }],
      },
    },
    data: latency,
  },
  {
    panel: { title: "Channels", grid: { w: 12, h: 7 }, bar: { x: "channel", y: ["fresh", "returning"] } },
    data: channels,
  },
  {
    panel: { title: "Orders by hour", grid: { w: 14, h: 7 }, heatmap: { x: "hour", y: "weekday", value: "orders" } },
    data: orders,
  },
  {
    panel: {
      title: "Shares",
      grid: { w: 10, h: 7 },
      pie: { label: "channel", value: "fresh", shape: "donut", total_label: "orders" },
      click: ["channel"],
    },
    data: channels,
  },
  {
    panel: {
      title: "Endpoints",
      grid: { w: 14, h: 7 },
      click: ["method"],
      table: {
        sort: { column: "calls", order: "descending" },
        columns: [
          { name: "method", show: "code" },
          { name: "endpoint", show: "code" },
          { name: "trend", show: "spark" },
          { name: "calls", show: "bar" },
          { name: "errors", thresholds: [{ value: 1, status: "bad" }] },
          { name: "status", show: "status", statuses: { Breach: "bad", Healthy: "ok" } },
        ],
      },
    },
    data: { ...endpoints, columns: [...endpoints.columns, trend] },
  },
  {
    panel: { title: "Baskets", grid: { w: 10, h: 7 }, scatter: { x: "size", y: "took", series: "client" } },
    data: baskets,
  },
  {
    panel: {
      title: "A list",
      grid: { w: 8, h: 6 },
      bar: { x: "channel", y: ["fresh", "returning"], orientation: "horizontal" },
    },
    data: channels,
  },
  { panel: { title: "Sizes", grid: { w: 8, h: 6 }, histogram: { value: "size" } }, data: baskets },
  { panel: { title: "Notes", grid: { w: 8, h: 6 }, text: { markdown: words } } },
];

/** A dashboard with a panel of every kind, with what may stand in it: thresholds, clicks, notes, a source that fails. */
export const everyKind: Fixture = {
  definition: fromJson(DefinitionSchema, {
    dashboard_id: "every_kind",
    layout: {
      title: "Every kind",
      description: "What stands in a host page.",
      timezone: "Europe/Berlin",
      font: "inter",
      brand: { logo_text: "Acme / Platform" },
      panels: shown.map(({ panel }) => ("text" in panel ? panel : { datasource: "made_up", ...panel })),
    },
    datasources: [{ id: "made_up", inline: { columns: [{ name: "x" }] } }],
  }),
  panels: shown.map(({ data }): PanelData => {
    if (data === undefined) return undefined;
    if (typeof data === "string") return { ok: false, error: data };
    return { ok: true, frame: data, previous: data, asOfMs, stale: false };
  }),
};

/** Filters of every type, for the form in which a reader changes them. */
const controls: readonly FilterControl[] = [
  controlOf("plan", "string", [
    { text: "Free", words: "Free" },
    { text: "Team", words: "Team" },
  ]),
  {
    ...controlOf(
      "region",
      "string",
      regions.map((text) => ({ text, words: text })),
    ),
    many: true,
  },
  controlOf("tier", "number", []),
];

function controlOf(name: string, type: FilterControl["type"], options: FilterControl["options"]): FilterControl {
  return {
    name,
    title: name,
    type,
    many: false,
    required: false,
    chosen: [],
    isDefault: true,
    options,
    takes: () => true,
  };
}

/** Draws a fixture as an embed, or for a share page, with filters to change. */
export function drawFragment(
  renderer: Renderer,
  { definition, panels }: Fixture,
  { ttlS = 5, place = "embed" as "embed" | "page", theme = "auto" as "auto" | "light" | "dark" } = {},
): string {
  return renderer.renderDashboard({
    definition,
    version: 1,
    panels,
    filters: [{ name: "env", title: "Environment", text: "production" }],
    controls,
    presentation: { theme, locale: "en-US", timezone: "Europe/Berlin", place },
    asOfMs,
    ttlS,
  }).html;
}
