import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type JsonObject, toJson } from "@bufbuild/protobuf";
import { DefinitionSchema } from "../gen/datajetty/dashboards/v1/definition_pb.js";
import { type Chart, chartsAt, definitionOf } from "./charts.ts";

/** What each of many tenants has. */
export type Boards = {
  /** Environment variables that the service needs for them. */
  readonly env: Readonly<Record<string, string>>;
  /** Of all tenants; none where their boards need none. */
  readonly connection: JsonObject | undefined;
  /** A tenant's dashboard, without its id. */
  boardOf(tenant: number): JsonObject;
  end(): Promise<void>;
};

/** As long as rows may be fresh: what is measured is kept all the while. */
const ttlS = 86_400;

/** Boards with nothing on them: what such a render costs, any does. */
export const emptyBoards: Boards = {
  env: {},
  connection: undefined,
  boardOf: () => ({ layout: { title: "Empty" } }),
  end: async () => {},
};

/** Opens boards of twelve charts, of which no two tenants have the same, and the web service that their rows are from. */
export async function openTwelvePanels(): Promise<Boards> {
  const server = createServer((request, response) => {
    const [, tenant, chart] = request.url!.split("/");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(toRows(chartsAt(Number(tenant))[Number(chart)]!)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const charts = chartsAt(0);
  const { layout } = toJson(DefinitionSchema, definitionOf(charts), { useProtoFieldName: true }) as JsonObject;
  return {
    env: { ALLOWED_HOSTS: `127.0.0.1:${port}` },
    connection: { name: "charts", http: { url: `http://127.0.0.1:${port}` } },
    boardOf: (tenant) => ({
      layout: layout!,
      datasources: charts.map(({ kind }, at) => ({
        id: `d${at}`,
        ttl_s: ttlS,
        columns: { value: { title: "Latency", unit: "ms" } },
        http: {
          connection: "charts",
          path: `/${tenant}/${at}`,
          columns: [{ name: "along", type: kind === "scatter" ? "number" : "time" }, { name: "value" }],
        },
      })),
    }),
    async end() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function toRows({ kind, along, values }: Chart): readonly (readonly [number | string, number])[] {
  return Array.from(along, (x, row) => [kind === "scatter" ? x : new Date(x).toISOString(), values[row]!]);
}
