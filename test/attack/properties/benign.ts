import type { HttpResponse } from "../http-response.ts";
import { postJson } from "../send.ts";
import { constants } from "../variables.ts";
import type { World } from "../world.ts";

/** Renders a dashboard as its tenant would, by default the first one of A, or the bystander's where there is one. */
export async function renderBenign(world: World, tenant?: string, dashboardId?: string): Promise<HttpResponse> {
  const usual = world.bystander ?? { tenant: "A", dashboardId: world.variables.dash_A as string };
  const body = { dashboard_id: dashboardId ?? usual.dashboardId, filters: {} };
  const token = world.token(tenant ?? usual.tenant);
  const response = await postJson(world.service.port, token, constants.RENDER as string, body);
  if (response.status !== 200) throw new Error(`a benign render answers ${response.status}: ${response.body}`);
  return response;
}
