import type { JsonObject } from "@bufbuild/protobuf";

/** Dashboards that the cases speak of, by tenant. Each is saved in order, so a repeated id gets versions. */
export const dashboards: readonly { readonly tenant: string; readonly request: JsonObject }[] = [
  { tenant: "acme", request: orders("ops_overview", "Ops overview") },
  { tenant: "acme", request: orders("orders", "Orders") },
  { tenant: "acme", request: orders("twice", "One") },
  { tenant: "acme", request: orders("twice", "Two") },
  { tenant: "globex", request: orders("theirs", "Theirs") },
  {
    tenant: "acme",
    request: {
      dashboard_id: "two_sources",
      layout: {
        panels: [
          { title: "By region", datasource: "regions", table: {} },
          { title: "Whole", datasource: "whole", table: {} },
        ],
      },
      datasources: [
        { id: "regions", inline: { columns: [{ name: "region" }], rows: [["IN"], ["US"]] } },
        { id: "whole", inline: { columns: [{ name: "sum" }], rows: [[3]] } },
      ],
    },
  },
  {
    tenant: "acme",
    request: {
      dashboard_id: "kinds",
      layout: {
        brand: { accent: "#0b6e4f", accent_dark: "#5fd3a5", series: ["#12805c"], logo_text: "Acme" },
        panels: [
          { title: "Pie", datasource: "sizes", pie: { label: "name", value: "size" }, click: ["name"] },
          { title: "Scatter", datasource: "sizes", scatter: { x: "size", y: "weight" } },
          { title: "Heatmap", datasource: "sizes", heatmap: { x: "name", y: "weight", value: "size" } },
          { title: "Histogram", datasource: "sizes", histogram: { value: "size" } },
          { title: "Gauge", datasource: "sizes", gauge: { value: "size", max: 10, thresholds: [{ value: 5 }] } },
        ],
      },
      datasources: [
        {
          id: "sizes",
          inline: {
            columns: [{ name: "name" }, { name: "size" }, { name: "weight" }],
            rows: [
              ["a", 1, 2],
              ["b", 3, 4],
            ],
          },
        },
      ],
    },
  },
  {
    tenant: "acme",
    request: {
      dashboard_id: "broken",
      layout: { panels: [{ title: "Lost", datasource: "lost", table: {} }] },
      datasources: [{ id: "lost", duckdb: { files: [{ path: "lost.csv" }], query: "select * from lost" } }],
    },
  },
];

/** Inline rows of two regions, whose `region` filter is inferred. */
function orders(dashboardId: string, title: string): JsonObject {
  return {
    dashboard_id: dashboardId,
    layout: {
      title,
      panels: [{ title: "Orders", datasource: "orders", line: { x: "day", y: ["orders"], series: "region" } }],
    },
    datasources: [
      {
        id: "orders",
        inline: {
          columns: [{ name: "day", type: "time" }, { name: "region" }, { name: "orders" }],
          rows: [
            ["2026-01-01", "IN", 10],
            ["2026-01-01", "US", 20],
            ["2026-01-02", "IN", 12],
            ["2026-01-02", "US", 19],
          ],
        },
      },
    ],
  };
}
