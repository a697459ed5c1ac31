import type { Layout } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { isLocale, isTimezone } from "../definition/intl-names.ts";
import { type FieldProblem, fault } from "../errors/fault.ts";
import type { Presentation } from "../render/dashboard.ts";

/** How a caller wants a dashboard shown; what is empty is as the dashboard has it. */
export type WantedPresentation = { readonly theme: string; readonly locale: string; readonly timezone: string };

/** Wants nothing in particular. */
export const asSaved: WantedPresentation = { theme: "", locale: "", timezone: "" };

/**
 * Settles how a dashboard is shown: as wanted, else as saved, else in English, in UTC and in the
 * viewer's own light or dark. Throws INVALID_REQUEST for a language or zone that does not exist.
 */
export function settlePresentation(wanted: WantedPresentation, layout: Layout): Presentation {
  const details: FieldProblem[] = [];
  const locale = wanted.locale || layout.locale || "en-US";
  const timezone = wanted.timezone || layout.timezone || "UTC";
  if (!isLocale(locale)) details.push({ field: "locale", description: "must be a BCP 47 language that is supported" });
  if (!isTimezone(timezone)) details.push({ field: "timezone", description: "must be an IANA time zone" });
  if (details.length > 0)
    throw fault("INVALID_REQUEST", "the dashboard cannot be shown that way: see details", { details });
  const theme = wanted.theme || layout.theme;
  return { theme: theme === "light" || theme === "dark" ? theme : "auto", locale, timezone };
}
