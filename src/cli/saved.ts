import type { GetDefinitionResponse } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { askFor } from "./ask.ts";
import type { Service } from "./service.ts";

/** Returns what is saved of a dashboard: its active version, or its draft; undefined where there is none. */
export function readSaved(
  { client }: Service,
  dashboardId: string,
  draft: boolean,
): Promise<GetDefinitionResponse | undefined> {
  return askFor(() => client.getDefinition({ dashboardId, draft }));
}

/** Says what that is, such as `version 3`. */
export function describeSaved({ status, version, revision }: GetDefinitionResponse): string {
  return status === "draft" ? `draft, revision ${revision}` : `version ${version}`;
}
