import { carelessRole } from "../careless.ts";
import type { Case } from "../corpus.ts";
import { newDashboardId } from "../fixtures.ts";
import { postFixture, sendRequest } from "../send.ts";
import { constants } from "../variables.ts";
import type { Prepared } from "./around.ts";
import { upstreamHost } from "./names.ts";
import { sourceFixtures } from "./source-fixtures.ts";
import { type Stage, warehouseHost } from "./stage.ts";
import { upstreamsFor } from "./upstreams.ts";
import type { Login } from "./warehouse.ts";

/** Saves what a tenant has, as the tenant. */
export type Setup = {
  post(path: string, body: object): Promise<Record<string, unknown>>;
  connectToWarehouse(name: string, login: Login): Promise<void>;
  /** Returns the dashboard's id. */
  save(definition: { readonly dashboard_id?: unknown }): Promise<string>;
  /** Makes what a case needs: connections of its own, and dashboards on them. */
  prepare(attack: Case): Promise<Prepared>;
};

/** Creates the setup of a tenant. */
export function createSetup({ service, tokens, warehouse, upstreams, contacts }: Stage, tenant: string): Setup {
  /** Connections of the case that was prepared last: a tenant may have so many, and the lane's cases have more. */
  let ofLastCase: string[] = [];
  const setup: Setup = {
    post: (path, body) => postFixture(service().port, tokens(tenant, "connections:write"), path, body),
    connectToWarehouse: (name, { database, user, password }) =>
      connect(name, { postgres: { host: warehouseHost, database, user, tls: "off" }, secret: { password } }),
    async save(definition) {
      await setup.post(constants.DEFS as string, definition);
      return `${definition.dashboard_id}`;
    },
    async prepare(attack) {
      contacts.startOver();
      for (const name of ofLastCase.splice(0)) await disconnect(name);
      const { fixtures, publishes } = upstreamsFor(attack);
      const { http, grpc, tls } = upstreams.of(attack.id) ?? {};
      const connections = { sql: `sql-${attack.id}`, http: `http-${attack.id}`, grpc: `grpc-${attack.id}` };
      ofLastCase = [...Object.values(connections), `own-${attack.id}`];
      const secret = { bearer_token: "CANARY_SECRET" };
      if (publishes.has("sqlpg") || fixtures.includes("dash_A_mixed")) {
        const isCareless = attack.needs?.includes(carelessRole) ?? false;
        await setup.connectToWarehouse(connections.sql, isCareless ? warehouse.careless : warehouse.careful);
      }
      if (http !== undefined) {
        const url = `${tls ? "https" : "http"}://${upstreamHost}:${http.port}`;
        await connect(connections.http, { http: { url }, secret });
      }
      if (grpc !== undefined) {
        await connect(connections.grpc, { grpc: { host: upstreamHost, port: grpc.port, tls: "off" }, secret });
      }
      const dashboards: Record<string, string> = {};
      for (const name of fixtures) {
        // It is the tenant's, for all its cases.
        if (name === "dash_A") continue;
        dashboards[name] = await setup.save(sourceFixtures[name]!.definition(newDashboardId(), connections));
      }
      return {
        variables: {
          ...dashboards,
          SQL_CONNECTION: connections.sql,
          HTTP_CONNECTION: connections.http,
          OWN_CONNECTION: `own-${attack.id}`,
        },
        upstream: http?.upstream,
        timesAsked: () => (http?.upstream.connections() ?? 0) + (grpc?.upstream.calls() ?? 0),
        answerWith: (id, reply) => upstreams.answerWith(attack.id, id, reply),
      };
    },
  };
  return setup;

  async function connect(name: string, kind: object): Promise<void> {
    await setup.post(constants.CONNECTIONS as string, { name, ...kind });
  }

  async function disconnect(name: string): Promise<void> {
    const headers = [["authorization", `Bearer ${tokens(tenant, "connections:write")}`]] as const;
    const path = `${constants.CONNECTIONS}/${name}`;
    await sendRequest(service().port, { method: "DELETE", path, headers, body: [] });
  }
}
