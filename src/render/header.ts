import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Voice } from "../chart/intl.ts";
import { shorten } from "../chart/shorten.ts";
import { formatClock, formatTime, isWritable } from "../chart/time-format.ts";
import type { DashboardView } from "../page/pages.ts";
import type { PanelData } from "./panel.ts";
import type { DrawnPanel } from "./panels.ts";
import { isSharePage, type Place } from "./place.ts";

/** A filter that is set, in words. */
export type ShownFilter = { readonly name: string; readonly title: string; readonly text: string };

/** Returns when the data was read and whether all of it is there; undefined when there is none. What stays needs a date. */
export function describeUpdate(
  asOfMs: number | undefined,
  data: readonly PanelData[],
  drawn: readonly DrawnPanel[],
  place: Place,
  voice: Voice,
): DashboardView["updated"] {
  if (asOfMs === undefined || !isWritable(asOfMs)) return undefined;
  const isPartial = drawn.some(({ error }) => error !== "");
  const isStale = data.some((one) => one?.ok === true && one.stale);
  const mood = isPartial ? "bad" : isStale ? "warn" : "good";
  const [first, later] = place === "kept" ? ["As of", "as of"] : ["Updated", "updated"];
  const text = isPartial ? `Incomplete, ${later}` : isStale ? `Delayed, ${later}` : first!;
  const clock = place === "kept" ? formatTime(asOfMs, true, "minute", voice) : formatClock(asOfMs, voice);
  return { mood, text, iso: new Date(asOfMs).toISOString(), clock };
}

/** A longer text is cut: it would push the dashboard off the screen. */
const maxFilterChars = 200;

/**
 * Returns the filters as the header shows them: a range speaks for itself, any other needs its name. On
 * a share page those that its form changes are left out, and the others are fixed.
 */
export function describeFilters(
  definition: Definition,
  filters: readonly ShownFilter[],
  place: Place,
  inForm: ReadonlySet<string>,
): DashboardView["filters"] {
  const ranges = new Set(definition.filters.filter(({ type }) => type === "range").map(({ name }) => name));
  const isPage = isSharePage(place);
  return filters
    .filter(({ name }) => !(isPage && inForm.has(name)))
    .map(({ name, title, text }) => ({
      title: title || name,
      text: shorten(text, maxFilterChars),
      isRange: ranges.has(name),
      isFixed: isPage,
    }));
}
