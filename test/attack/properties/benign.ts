import type { HttpResponse } from "../http-response.ts";
import { sendRequest } from "../send.ts";
import { constants } from "../variables.ts";
import type { World } from "../world.ts";

/** Renders a dashboard as its tenant would, by default the first one of A. */
export async function renderBenign(
  world: World,
  tenant: "A" | "B" = "A",
  dashboardId = world.variables.dash_A as string,
): Promise<HttpResponse> {
  const { responses } = await sendRequest(world.service.port, {
    method: "POST",
    path: constants.RENDER as string,
    headers: [
      ["authorization", `Bearer ${world.token(tenant)}`],
      ["content-type", "application/json"],
    ],
    body: [JSON.stringify({ dashboard_id: dashboardId, filters: {} })],
  });
  const [response] = responses;
  if (response?.status !== 200) throw new Error(`a benign render answers ${response?.status}: ${response?.body}`);
  return response;
}
