import { create, fromJson } from "@bufbuild/protobuf";
import { type Definition, DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Column, Frame } from "../../src/frame/frame.ts";
import type { PanelData } from "../../src/render/panel.ts";

/** A dashboard with its data: what a page is judged by. */
export type Fixture = { readonly definition: Definition; readonly panels: readonly PanelData[] };

/** When the gallery's data was read: 16:00 in Berlin. */
export const asOfMs = Date.UTC(2026, 5, 17, 14);

const hourMs = 3_600_000;

/** Makes numbers that look random and never change (a linear congruential generator). */
export function createNoise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Makes a frame of columns given as lists: numbers, or words. */
export function frameOf(
  columns: Readonly<Record<string, readonly (number | string | null)[]>>,
  times: readonly string[] = [],
): Frame {
  const made = Object.entries(columns).map(([name, values]): Column => {
    if (values.some((value) => typeof value === "string")) {
      return { type: "string", name, values: values as readonly (string | null)[] };
    }
    const numbers = Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)));
    return times.includes(name)
      ? { type: "time", name, zoned: true, values: numbers }
      : { type: "number", name, values: numbers };
  });
  return { columns: made, length: Object.values(columns)[0]?.length ?? 0, truncated: false };
}

/** A wandering line around a daily swing. */
function wander(count: number, seed: number, level: number, swing: number, jitter: number): number[] {
  const noise = createNoise(seed);
  let drift = 0;
  return Array.from({ length: count }, (_, index) => {
    drift = drift * 0.9 + (noise() - 0.5) * jitter;
    return level + swing * Math.cos(((index / count) * 24 - 2) * (Math.PI / 12)) + drift;
  });
}

const count = 206;
const times = Array.from({ length: count }, (_, index) => asOfMs - (count - index) * 7 * 60_000);

const regions = {
  "eu-central": [3650, 1250],
  "us-east": [3050, -560],
  "ap-south": [1500, -420],
  "sa-east": [640, 190],
} as const;

function throughput(): Frame {
  const rows = Object.entries(regions).flatMap(([region, [level, swing]], index) =>
    wander(count, index + 7, level, swing, level / 18).map((value, row) => ({ time: times[row]!, region, value })),
  );
  return frameOf(
    {
      time: rows.map(({ time }) => time),
      region: rows.map(({ region }) => region),
      rps: rows.map(({ value }) => value),
    },
    ["time"],
  );
}

function latency(): Frame {
  const spike = (index: number, height: number) => height * Math.exp(-(((index - 129) / 4.2) ** 2));
  const line = (seed: number, level: number, swing: number, jitter: number, height: number) =>
    wander(count, seed, level, swing, jitter).map((value, index) => value + spike(index, height));
  return frameOf(
    { time: times, p50: line(3, 66, 9, 3, 0), p95: line(4, 178, 24, 12, 95), p99: line(5, 272, 42, 24, 190) },
    ["time"],
  );
}

function volume(): Frame {
  const noise = createNoise(11);
  const days = Array.from({ length: 14 }, (_, index) => Date.UTC(2026, 5, 3 + index, 22));
  const plans = { Enterprise: 58_000, Team: 33_000, Starter: 13_000 } as const;
  const rows = days.flatMap((day, index) =>
    Object.entries(plans).map(([plan, level]) => ({
      day,
      plan,
      usd: level * ([5, 6, 12, 13].includes(index) ? 0.62 : 0.92) * (0.9 + noise() * 0.3),
    })),
  );
  return frameOf(
    { day: rows.map(({ day }) => day), plan: rows.map(({ plan }) => plan), usd: rows.map(({ usd }) => usd) },
    ["day"],
  );
}

const endpoints = frameOf({
  method: ["POST", "POST", "GET", "GET", "PUT", "GET"],
  endpoint: [
    "/v1/checkout/confirm",
    "/v1/payments/capture",
    "/v1/carts/:id",
    "/v1/prices",
    "/v1/carts/:id/items",
    "/v1/shipping/quotes",
  ],
  calls: [184_200, 171_000, 902_400, 1_204_000, 540_100, 310_900],
  p95: [412, 356, 188, 142, 131, 118],
  errors: [1.32, 0.84, 0.12, 0.03, 0.21, 0.07],
  status: ["Breach", "At risk", "Healthy", "Healthy", "Healthy", "Healthy"],
});

const countries = frameOf({
  country: ["Germany", "United States", "France", "India", "Brazil", "Japan"],
  orders: [14_200, 11_800, 7311, 5240, 3998, 2120],
});

const channels = frameOf({
  channel: ["Web", "Mobile app", "Partner", "In store"],
  new: [4210, 6120, 1480, 920],
  returning: [7420, 5210, 640, 2310],
});

/** A stat's source: its value last, and what led there. */
function stat(name: string, values: readonly number[]): Frame {
  return frameOf(
    { time: values.map((_, index) => asOfMs - (values.length - 1 - index) * (hourMs / 2)), [name]: values },
    ["time"],
  );
}

const endingIn = (values: readonly number[], last: number) => values.map((value) => (value / values.at(-1)!) * last);

const notes = `**Capture latency is elevated** since the 08:40 deploy of \`payments@2026.6.3\`. The fix is behind the \`capture-batching\` flag, at 25% of traffic.

> Error budget burns 2.1× faster than planned. Freeze risky deploys until it is below 1×.

- Runbook: [Capture queue saturation](https://example.com/runbook)
- Owner: **Payments Core**, escalation after 30 min
- Next review on Thursday at 10:00
`;

const spikes = wander(48, 23, 190, 10, 12).map(
  (value, index) => value + (index === 28 ? 70 : index === 27 || index === 29 ? 40 : 0),
);

type Shown = { readonly panel: object; readonly frame?: Frame; readonly previous?: Frame };

const shown: readonly Shown[] = [
  {
    panel: {
      title: "Requests",
      grid: { w: 6, h: 3 },
      datasource: "traffic",
      stat: { value: "rps", compare: "previous_period", sparkline: "time" },
    },
    frame: stat("rps", endingIn(wander(48, 21, 10_800, 2300, 500), 12_800)),
    previous: stat("rps", [11_830]),
  },
  {
    panel: {
      title: "p95 latency",
      grid: { w: 6, h: 3 },
      datasource: "latency",
      stat: { value: "p95", compare: "previous_period", better: "lower", sparkline: "time" },
    },
    frame: stat("p95", endingIn(spikes, 184)),
    previous: stat("p95", [196]),
  },
  {
    panel: {
      title: "Error rate",
      grid: { w: 6, h: 3 },
      datasource: "endpoints",
      stat: { value: "errors", compare: "previous_period", better: "lower", sparkline: "time" },
    },
    frame: stat(
      "errors",
      endingIn(
        wander(48, 25, 0.3, 0.04, 0.05).map((value, index) => value + index / 300),
        0.42,
      ),
    ),
    previous: stat("errors", [0.35]),
  },
  {
    panel: {
      title: "Gross volume",
      grid: { w: 6, h: 3 },
      datasource: "volume",
      stat: { value: "usd", compare: "previous_period", sparkline: "time" },
    },
    frame: stat(
      "usd",
      endingIn(
        wander(48, 27, 40, 0, 2).map((value, index) => value + index / 2),
        1_283_000,
      ),
    ),
    previous: stat("usd", [1_220_700]),
  },
  {
    panel: {
      title: "Throughput by region",
      description: "requests per second, 7 min buckets",
      grid: { w: 16, h: 7 },
      datasource: "traffic",
      area: { x: "time", y: ["rps"], series: "region" },
    },
    frame: throughput(),
  },
  {
    panel: {
      title: "Orders by channel",
      description: "new and returning",
      grid: { w: 8, h: 7 },
      datasource: "orders",
      bar: { x: "channel", y: ["new", "returning"], orientation: "horizontal" },
    },
    frame: channels,
  },
  {
    panel: {
      title: "Checkout latency",
      description: "by percentile",
      grid: { w: 12, h: 7 },
      datasource: "latency",
      line: { x: "time", y: ["p50", "p95", "p99"] },
    },
    frame: latency(),
  },
  {
    panel: {
      title: "Volume by plan",
      description: "gross, per day",
      grid: { w: 12, h: 7 },
      datasource: "volume",
      bar: { x: "day", y: ["usd"], series: "plan", mode: "stacked" },
    },
    frame: volume(),
  },
  {
    panel: {
      title: "Slowest endpoints",
      description: "last 24 h",
      grid: { w: 14, h: 7 },
      datasource: "endpoints",
      table: {
        columns: [
          { name: "method" },
          { name: "endpoint" },
          { name: "calls", show: "bar" },
          { name: "p95" },
          { name: "errors" },
          { name: "status" },
        ],
      },
    },
    frame: endpoints,
  },
  {
    panel: {
      title: "New and returning",
      description: "customers",
      grid: { w: 10, h: 7 },
      datasource: "orders",
      bar: { x: "channel", y: ["new", "returning"] },
    },
    frame: channels,
  },
  {
    panel: {
      title: "Top countries",
      description: "orders today",
      grid: { w: 10, h: 6 },
      datasource: "orders",
      bar: { x: "country", y: ["orders"], orientation: "horizontal" },
    },
    frame: countries,
  },
  { panel: { title: "On-call notes", grid: { w: 14, h: 6 }, text: { markdown: notes } } },
];

const inline = { columns: [{ name: "x" }] };

/** The dashboard of the design's pictures, as far as there are kinds for it. */
export const checkoutHealth: Fixture = {
  definition: fromJson(DefinitionSchema, {
    dashboard_id: "checkout_health",
    layout: {
      title: "Checkout health",
      description: "Live traffic, latency, money and error budget for the checkout path.",
      timezone: "Europe/Berlin",
      panels: shown.map(({ panel }) => ({ ...panel })),
    },
    filters: [{ name: "period", type: "range", default: "last 24h" }],
    datasources: [
      { id: "traffic", inline, columns: { rps: { title: "Requests", unit: "per_s" } } },
      { id: "latency", inline, columns: { p50: { unit: "ms" }, p95: { unit: "ms" }, p99: { unit: "ms" } } },
      { id: "volume", inline, columns: { usd: { title: "Gross volume", unit: "usd" }, day: { title: "Day" } } },
      {
        id: "orders",
        inline,
        columns: {
          orders: { title: "Orders", unit: "short" },
          new: { title: "New", unit: "short" },
          returning: { title: "Returning", unit: "short" },
        },
      },
      {
        id: "endpoints",
        inline,
        columns: {
          method: { title: "Method" },
          endpoint: { title: "Endpoint" },
          calls: { title: "Calls", unit: "short" },
          p95: { unit: "ms" },
          errors: { title: "Errors", unit: "percent" },
          status: { title: "Status" },
        },
      },
    ],
  }),
  panels: shown.map(
    ({ frame, previous }): PanelData =>
      frame === undefined ? undefined : { ok: true, frame, previous, asOfMs, stale: false },
  ),
};

/** An empty dashboard. */
export const blank: Fixture = {
  definition: create(DefinitionSchema, { dashboardId: "blank", layout: {} }),
  panels: [],
};
