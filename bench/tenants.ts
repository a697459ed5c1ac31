import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";
import { type BenchService, startServiceWith } from "./bench-service.ts";
import type { Boards } from "./boards.ts";

/** The service with tenants of whom each has a dashboard, all of them rendered before. */
export type BenchTenants = {
  readonly service: BenchService;
  /** One a tenant; each is let in by a check of its own. */
  readonly tokens: readonly string[];
};

/** Where the documented paths begin. */
const basePath = "/api/v1/data-consumption/dashboards";

/** Where dashboards are rendered. */
export const renderPath = `${basePath}/render`;

/** The id of every tenant's dashboard. */
export const dashboardId = "board";

/** Several hundred, as the service of a busy evening has them: what is kept for one serves no other. */
const tenantCount = 300;

/** Preparing a tenant takes a few calls; so many are prepared at once. */
const atOnce = 4;

/** On a machine that others use too, the database may be late. */
const attempts = 5;

/** Starts the service with tenants of these boards. Ends it where they cannot be prepared. */
export async function startTenants({ env, connection, boardOf }: Boards): Promise<BenchTenants> {
  const service = await startServiceWith(env);
  try {
    const tokens: string[] = [];
    let next = 0;
    const prepareSome = async () => {
      for (let at = next++; at < tenantCount; at = next++) {
        const token = await service.tokenOf(`tenant-${at}`);
        tokens[at] = token;
        const call = (path: string, body: JsonObject) => post(`${service.url}${path}`, token, body);
        if (connection !== undefined) await call(`${basePath}/connections`, connection);
        await call(`${basePath}/definitions`, { dashboard_id: dashboardId, ...boardOf(at) });
        await call(renderPath, { dashboard_id: dashboardId });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, prepareSome));
    return { service, tokens };
  } catch (error) {
    await service.end();
    throw error;
  }
}

/** Asks again where the service is too busy: what is prepared is not measured. */
async function post(url: string, token: string, body: JsonObject): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (answer.ok) return;
    if (answer.status !== 503 || attempt === attempts) throw new Error(`${url}: ${answer.status} ${text}`);
    await sleep(1_000);
  }
}
