import type { JsonObject } from "@bufbuild/protobuf";
import { basePath } from "../test/load/world.ts";
import { timeEach } from "./at-once.ts";
import { type BenchService, startServiceWith } from "./bench-service.ts";
import type { Boards } from "./boards.ts";
import { post } from "./post.ts";

/** The service with tenants of whom each has a dashboard, all of them rendered before. */
export type BenchTenants = {
  readonly service: BenchService;
  /** One a tenant; each is let in by a check of its own. */
  readonly tokens: readonly string[];
};

/** Where dashboards are rendered. */
export const renderPath = `${basePath}/render`;

/** The id of every tenant's dashboard. */
export const dashboardId = "board";

/** Several hundred, as the service of a busy evening has them: what is kept for one serves no other. */
const tenantCount = 300;

/** Preparing a tenant takes a few calls; so many are prepared at once. */
const atOnce = 4;

/** Starts the service with tenants of these boards. Ends it where they cannot be prepared. */
export async function startTenants({ env, connection, boardOf }: Boards): Promise<BenchTenants> {
  const service = await startServiceWith(env);
  try {
    const tokens: string[] = [];
    await timeEach(tenantCount, atOnce, async (at) => {
      const token = await service.tokenOf(`tenant-${at}`);
      tokens[at] = token;
      const call = (path: string, body: JsonObject) => post(`${service.api}${path}`, token, body);
      if (connection !== undefined) await call("/connections", connection);
      await call("/definitions", { dashboard_id: dashboardId, ...boardOf(at) });
      await call("/render", { dashboard_id: dashboardId });
    });
    return { service, tokens };
  } catch (error) {
    await service.end();
    throw error;
  }
}
