import type { JsonObject } from "@bufbuild/protobuf";
import { publicOrigin } from "./environment.ts";
import { postFixture } from "./send.ts";
import { constants } from "./variables.ts";
import type { World } from "./world.ts";

const tenant = "big";
const dashboardId = "big-page";

/** Shares a dashboard of almost 2 MB, and returns its page's path. */
export async function bigPage(world: World): Promise<string> {
  const call = (path: string, body: object) => postFixture(world.service.port, world.token(tenant), path, body);
  await call(constants.DEFS as string, bigDashboard());
  const { url } = await call(constants.SHARE as string, { dashboard_id: dashboardId, expires_in_s: 3_600 });
  return `${url}`.slice(publicOrigin.length);
}

function bigDashboard(): JsonObject {
  const rows = Array.from({ length: 1_000 }, (_, row) => [`${row}`, "x".repeat(200)]);
  return {
    dashboard_id: dashboardId,
    layout: {
      title: "big",
      panels: Array.from({ length: 8 }, () => ({ title: "Rows", datasource: "rows", table: {} })),
    },
    datasources: [{ id: "rows", inline: { columns: [{ name: "n" }, { name: "text" }], rows } }],
  };
}
