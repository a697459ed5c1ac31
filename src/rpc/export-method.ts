import type { HandlerContext } from "@connectrpc/connect";
import type { ExportRequest } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { fault } from "../errors/fault.ts";
import { frameToCsv } from "../export/csv.ts";
import { attachmentOf } from "../export/file-name.ts";
import { frameToJson } from "../export/json-rows.ts";
import type { Pictures } from "../export/pictures.ts";
import { callerOf } from "./call.ts";
import type { Definitions, LoadedDefinition } from "./definitions.ts";
import { createDrawInTurns } from "./draw-in-turns.ts";
import { type PanelFrames, refuseUnknownPanel } from "./export-frames.ts";
import type { DashboardRendering } from "./render.ts";
import { refuseUnheld } from "./share-methods.ts";

/** What the method needs. */
export type ExportMethodOptions = {
  readonly definitions: Definitions;
  readonly rendering: DashboardRendering;
  readonly frames: PanelFrames;
  readonly pictures: Pictures;
};

/** A picture's measures where the request says none: two pixels for each of CSS are sharp on most screens and on paper. */
const usual = { widthPx: 1200, scale: 2 } as const;

const types: Readonly<Record<string, string>> = {
  png: "image/png",
  csv: "text/csv; charset=utf-8; header=present",
  json: "application/json",
};

/** Creates the method. Over every protocol the file's name comes as `content-disposition`. */
export function createExportMethod(options: ExportMethodOptions) {
  const { definitions, rendering, frames, pictures } = options;
  const inTurns = createDrawInTurns();
  return {
    async export(request: ExportRequest, context: HandlerContext) {
      const { tenant, held } = callerOf(context.values);
      const { dashboardId, format, panel } = request;
      if (format !== "png" && panel === "") throw panelMissing();
      const loaded = await definitions.load(tenant, dashboardId, request.version);
      refuseUnheld(loaded, held);
      const wanted = { ...request, hydrate: "none", held, signal: context.signal };
      const data = await read({ tenant, loaded, wanted, request });
      context.responseHeader.set("content-disposition", attachmentOf([dashboardId, panel], format));
      return { file: { contentType: types[format]!, data } };
    },
  };

  async function read({ tenant, loaded, wanted, request }: Asked): Promise<Uint8Array<ArrayBuffer>> {
    const { format, panel, widthPx = usual.widthPx, scale = usual.scale } = request;
    if (format !== "png") {
      const write = format === "csv" ? frameToCsv : frameToJson;
      return frames.read({ tenant, loaded, wanted, panel }, async (frame) => Buffer.from(await inTurns(write(frame))));
    }
    if (panel !== "") refuseUnknownPanel(loaded.definition, panel);
    const { html } = await rendering.render(tenant, loaded, wanted);
    return pictures.draw(tenant, { html, panel, widthPx, scale }, wanted.signal);
  }
}

type Asked = {
  readonly tenant: string;
  readonly loaded: LoadedDefinition;
  readonly wanted: Parameters<DashboardRendering["render"]>[2] & { readonly signal: AbortSignal };
  readonly request: ExportRequest;
};

function panelMissing(): Error {
  return fault("INVALID_REQUEST", "csv and json are the rows of one panel: say which", {
    details: [{ field: "panel", description: "is required with this format" }],
  });
}
