import { toJson } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ShareResponseSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { type LinkOptions, makeLink } from "./make-link.ts";
import type { Tools } from "./tools.ts";

/** Makes a link to a dashboard, and prints its address. */
export async function share(tools: Tools, options: LinkOptions, dashboardId: string): Promise<ExitCode> {
  const { terminal } = tools;
  const link = await makeLink(tools, options, dashboardId);
  terminal.result(toJson(ShareResponseSchema, link, { useProtoFieldName: true }), link.url);
  terminal.say(`it works until ${timestampDate(link.expiresAt!).toISOString()} (${link.shareId})`);
  return exitCodes.done;
}
