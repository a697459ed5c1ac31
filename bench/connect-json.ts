import { DashboardsService } from "../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Way } from "./compare-kept.ts";
import { type RawRequest, startRawClient } from "./raw-client.ts";
import { startReference } from "./reference.ts";
import { type RawAnswer, takeRawAnswers } from "./take-raw-answers.ts";
import { dashboardId } from "./tenants.ts";

/**
 * Renders by the Connect protocol with JSON, not compressed: connect-node would compress each answer anew, and do
 * little else.
 */
export const connectJson: Way<RawAnswer> = {
  takeAnswers: (url, tokens) => takeRawAnswers(url, toRequests(tokens)),
  toMessage: ({ body }) => JSON.parse(`${body}`),
  startReference(answers) {
    const texts = answers.map(({ body }) => `${body}`);
    return startReference(import.meta.resolve("./connect-reference.ts"), texts);
  },
  startClient: (url, tokens) => startRawClient(url, toRequests(tokens)),
};

function toRequests(tokens: readonly string[]): readonly RawRequest[] {
  return tokens.map((token) => ({
    path: `/${DashboardsService.typeName}/${DashboardsService.method.render.name}`,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ dashboard_id: dashboardId }),
  }));
}
