import type { Layout } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { isLocale, isTimezone } from "../definition/intl-names.ts";
import { type FieldProblem, fault } from "../errors/fault.ts";
import type { Presentation } from "../render/dashboard.ts";

/** How a caller wants a dashboard shown; what is empty is as the dashboard has it. */
export type WantedPresentation = {
  readonly theme: string;
  readonly locale: string;
  readonly timezone: string;
  /** `none` leaves out what only a script reads; else, and when empty, it is `inline`. */
  readonly hydrate: string;
};

/** Wants nothing in particular. */
export const asSaved: WantedPresentation = { theme: "", locale: "", timezone: "", hydrate: "" };

/** How a dashboard is shown, with nothing left open. */
type SettledPresentation = Required<Presentation>;

/**
 * Settles how a dashboard is shown: as wanted, else as saved, else in English, in UTC and in the
 * viewer's own light or dark. Throws INVALID_REQUEST for a language or zone that does not exist.
 */
export function settlePresentation(wanted: WantedPresentation, layout: Layout): SettledPresentation {
  const details: FieldProblem[] = [];
  const locale = wanted.locale || layout.locale || "en-US";
  const timezone = wanted.timezone || layout.timezone || "UTC";
  if (!isLocale(locale)) details.push({ field: "locale", description: "must be a BCP 47 language that is supported" });
  if (!isTimezone(timezone)) details.push({ field: "timezone", description: "must be an IANA time zone" });
  if (details.length > 0)
    throw fault("INVALID_REQUEST", "the dashboard cannot be shown that way: see details", { details });
  const theme = wanted.theme || layout.theme;
  const place = wanted.hydrate === "none" ? "still" : "embed";
  return { theme: theme === "light" || theme === "dark" ? theme : "auto", locale, timezone, place };
}
