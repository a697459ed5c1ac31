import { make } from "../../page/runtime/element.ts";
import { call, callPreview, type Outcome } from "./api.ts";
import { starter } from "./starter.ts";

/** A dashboard that was opened, as it is saved and as it is edited. */
export type Opened = { readonly id: string; version: number; saved: string; text: string };

/** The id of the dashboard that has none yet. */
export const unnamed = "";

/** Lists the tenant's dashboards for choosing, and behind them a new one. Returns what the question came to. */
export async function listDashboards(pick: HTMLSelectElement): Promise<Outcome<unknown>> {
  const path = "/definitions?page_size=500&status=active";
  const outcome = await call<{ definitions: { dashboard_id: string; title: string }[] }>(path);
  if (!outcome.ok) return outcome;
  const options = outcome.body.definitions.map(({ dashboard_id: value, title }) =>
    make("option", { value, textContent: title && title !== value ? `${title} (${value})` : value }),
  );
  pick.replaceChildren(...options, make("option", { value: unnamed, textContent: "New dashboard" }));
  return outcome;
}

/** Opens a dashboard as it is saved now. */
export async function openDashboard(id: string): Promise<Outcome<Opened>> {
  if (id === unnamed) return { ok: true, body: { id, version: 0, saved: starter, text: starter } };
  const outcome = await callPreview<{ text: string; version: number }>(`definitions/${id}`, "GET");
  if (!outcome.ok) return outcome;
  const { text, version } = outcome.body;
  return { ok: true, body: { id, version, saved: text, text } };
}

/**
 * Saves a definition that was opened, unless somebody else has meanwhile. Under another name it is another dashboard, which
 * must not be there yet.
 */
export function saveDashboard(
  { id, version }: Opened,
  definition: Record<string, unknown>,
): Promise<Outcome<{ readonly dashboard_id: string; readonly version: number }>> {
  const body = { ...definition, expected_version: definition.dashboard_id === id ? version : 0 };
  return call("/definitions", { body, headers: { "x-request-id": crypto.randomUUID() } });
}
