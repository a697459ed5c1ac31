import type { PlainInput } from "../../client/src/index.ts";
import type { SaveDefinitionRequest } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";

/** A dashboard with one figure, which a region narrows. */
export function ordersOf(dashboardId: string, title = "Orders") {
  return {
    dashboardId,
    layout: {
      title,
      panels: [{ title, datasource: "orders", kind: { case: "stat", value: { value: "orders", reduce: "sum" } } }],
    },
    datasources: [
      {
        id: "orders",
        source: {
          case: "inline",
          value: {
            columns: [{ name: "region" }, { name: "orders" }],
            rows: [
              ["IN", 10],
              ["US", 20],
            ],
          },
        },
      },
    ],
  } satisfies PlainInput<SaveDefinitionRequest>;
}
