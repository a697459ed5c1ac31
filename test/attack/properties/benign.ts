import type { HttpResponse } from "../http-response.ts";
import { postJson } from "../send.ts";
import { constants } from "../variables.ts";
import type { World } from "../world.ts";

/** Renders a dashboard as its tenant would, by default the first one of A. */
export async function renderBenign(
  world: World,
  tenant: "A" | "B" = "A",
  dashboardId = world.variables.dash_A as string,
): Promise<HttpResponse> {
  const body = { dashboard_id: dashboardId, filters: {} };
  const response = await postJson(world.service.port, world.token(tenant), constants.RENDER as string, body);
  if (response.status !== 200) throw new Error(`a benign render answers ${response.status}: ${response.body}`);
  return response;
}
