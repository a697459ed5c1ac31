import { fromJson, type JsonObject } from "@bufbuild/protobuf";
import { DefinitionSchema } from "../gen/datajetty/dashboards/v1/definition_pb.js";
import { definitionToJson } from "../src/definition/canonical.ts";

/** What stands for a number in `numberedJson`: as many digits as it takes. */
export const numberMark = "0000000";

/** The canonical JSON of a dashboard of six panels by one connection, about 1 KB, with a number in its title. */
export const numberedJson = definitionToJson(
  fromJson(DefinitionSchema, {
    dashboard_id: "bench",
    layout: {
      title: `Orders ${numberMark}`,
      panels: ["line", "area", "bar", "line", "bar", "area"].map(
        (kind, at): JsonObject => ({
          ...{ title: `By day and region ${at + 1}`, datasource: "orders" },
          [kind]: { x: "day", y: ["amount"], series: "region" },
        }),
      ),
    },
    datasources: [
      {
        id: "orders",
        sql: {
          connection: "warehouse",
          query: `select date_trunc('day', at) as day, region, sum(amount) as amount, avg(latency_ms) as latency
            from orders where region = :region and at >= :from and at < :to group by 1, 2 order by 1, 2`,
        },
      },
    ],
  }),
);
