import { create, fromJson } from "@bufbuild/protobuf";
import {
  RenderRequestSchema,
  type SaveDefinitionRequest,
  SaveDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { toLoaded } from "../rpc/definitions.ts";
import { asSaved } from "../rpc/presentation.ts";
import type { DashboardRendering } from "../rpc/render.ts";
import { findCrossFieldProblems, toDefinition } from "../rpc/save-definition.ts";
import type { FieldCheck } from "../rpc/validate.ts";

/** No tenant's name, so that what is kept of it is nobody's. */
const nobody = "(warm-up)";

/**
 * Does once what the first caller would otherwise wait for: the rules of the proto are compiled, and
 * a dashboard with a panel of each kind goes all the way to HTML. Throws what would go wrong then.
 */
export async function warmUp(fieldCheck: FieldCheck, rendering: DashboardRendering): Promise<void> {
  const save = fromJson(SaveDefinitionRequestSchema, sample) as SaveDefinitionRequest;
  const problems = [
    ...fieldCheck(SaveDefinitionRequestSchema, save),
    ...fieldCheck(RenderRequestSchema, create(RenderRequestSchema, { dashboardId: save.dashboardId })),
    ...findCrossFieldProblems(SaveDefinitionRequestSchema, save),
  ];
  if (problems.length > 0) throw new Error(`the warm-up's own dashboard is wrong at ${problems[0]!.field}`);
  const loaded = toLoaded(toDefinition(save), 1);
  await rendering.render(nobody, loaded, { ...asSaved, filters: {} });
}

const series = { x: "day", y: ["orders"], series: "region" };

const sample = {
  dashboard_id: "warm-up",
  layout: {
    title: "Warm-up",
    panels: [
      { title: "Line", datasource: "d", line: series },
      { title: "Area", datasource: "d", area: series },
      { title: "Bar", datasource: "d", bar: { x: "day", y: ["orders"] } },
      { title: "Stat", datasource: "d", stat: { value: "orders", sparkline: "day" } },
      { title: "Table", datasource: "d", table: { columns: [{ name: "region" }, { name: "orders", show: "bar" }] } },
      { title: "Pie", datasource: "d", pie: { label: "region", value: "orders" } },
      { title: "Scatter", datasource: "d", scatter: { x: "day", y: "orders", series: "region" } },
      { title: "Heatmap", datasource: "d", heatmap: { x: "day", y: "region", value: "orders" } },
      { title: "Histogram", datasource: "d", histogram: { value: "orders" } },
      { title: "Gauge", datasource: "d", gauge: { value: "orders" } },
      { title: "Text", text: { markdown: "**Warm**" } },
    ],
  },
  datasources: [
    {
      id: "d",
      inline: {
        columns: [{ name: "day", type: "time" }, { name: "region" }, { name: "orders" }],
        rows: [
          ["2026-01-01", "IN", 1],
          ["2026-01-02", "IN", 2],
          ["2026-01-01", "US", 3],
          ["2026-01-02", "US", 2],
        ],
      },
    },
  ],
};
