import { ask } from "./ask.ts";
import { drawPage } from "./page.ts";
import { readFilters } from "./read-filters.ts";
import type { RenderOptions } from "./render.ts";
import type { Tools } from "./tools.ts";

/** Renders a saved dashboard to what the format says: a page of HTML, a picture, or the rows of a panel. */
export async function renderSaved(
  { terminal, connect }: Tools,
  options: RenderOptions,
  dashboardId: string,
): Promise<string | Uint8Array> {
  const { format, fragment, panel = "", version, theme = "", locale = "", timezone = "" } = options;
  const filters = readFilters(options.filter);
  const wanted = { dashboardId, filters, theme, locale, timezone, ...(version !== undefined && { version }) };
  const { client } = await connect();
  if (format !== "html") {
    const { file } = await ask(() => client.export({ ...wanted, format, panel }));
    return file!.data;
  }
  const { html, assets, panels } = await ask(() => client.render(wanted));
  for (const { id, error } of panels) if (error !== "") terminal.note(`the panel ${id} shows no data: ${error}`);
  return fragment === true ? html : drawPage({ title: dashboardId, html, assets });
}
