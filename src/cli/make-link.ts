import type { ShareResponse } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { ask } from "./ask.ts";
import { readFilters } from "./read-filters.ts";
import type { Tools } from "./tools.ts";

/** What a link shows. */
export type LinkOptions = {
  /** Values that it fixes, as `name=value`. */
  readonly filter?: readonly string[];
  /** Names of filters that viewers may change. */
  readonly viewerFilter?: readonly string[];
  readonly expiresInS: number;
  /** Whether it shows for ever what the dashboard shows now. */
  readonly snapshot?: boolean;
  /** The version that it shows for ever; whichever is active when undefined. */
  readonly version?: number | undefined;
  /** Origins whose pages may show it in a frame. */
  readonly frameAncestor?: readonly string[];
};

/** Makes a link to a dashboard. */
export async function makeLink({ connect }: Tools, options: LinkOptions, dashboardId: string): Promise<ShareResponse> {
  const { filter, viewerFilter = [], expiresInS, snapshot = false, version, frameAncestor = [] } = options;
  const filters = readFilters(filter);
  const { client } = await connect();
  return ask(() =>
    client.share({
      dashboardId,
      expiresInS,
      filters,
      viewerFilters: [...viewerFilter],
      frameAncestors: [...frameAncestor],
      snapshot,
      ...(version !== undefined && { version }),
    }),
  );
}
