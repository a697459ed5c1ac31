import { createHash } from "node:crypto";
import type { Binding } from "../definition/filter-value.ts";
import { type ResolvedFilters, resolveFilters } from "../definition/filters.ts";
import { type FilterValues, meetFilters } from "../definition/meet-filters.ts";
import { resolveOfferFilters } from "../definition/offer-filters.ts";
import type { Clock } from "../definition/range.ts";
import type { FilterChoice } from "../definition/viewer-filters.ts";
import type { DashboardInput, Presentation } from "../render/dashboard.ts";
import type { LoadedDefinition } from "./definitions.ts";
import { settlePresentation, type WantedPresentation } from "./presentation.ts";
import { type ReaderRights, settleChoices } from "./reader-choices.ts";

/** What to render a version with. */
export type WantedRender = WantedPresentation &
  ReaderRights & {
    /** The values that are asked for. */
    readonly filters: FilterValues;
    /** The message that says all of this but what the token holds; the same one where the same was asked before. */
    readonly message?: object;
    /** Whether it is for a link that shows it for ever; goes with `viewerFilters`. */
    readonly isKept?: boolean;
    /** Aborts when the caller has left. Sources that only those wait for who have left are cut off. */
    readonly signal?: AbortSignal;
  };

/** What a render's bytes depend on besides its version and data. */
export type AskedRender = Pick<DashboardInput, "presentation"> & {
  readonly filters: ResolvedFilters;
  /**
   * What the period before is read with, for rows that were read at that time; undefined where there is none, and
   * where the reader is confined to a span, which that period lies outside of.
   */
  readonly previousAt: ((nowMs: number) => Binding | undefined) | undefined;
  readonly choices: readonly FilterChoice[];
  /** What the choices' options are read with; undefined where no datasource offers any. */
  readonly offer: ResolvedFilters | undefined;
  readonly clock: Clock;
  /**
   * When the store last said that the version is the active one, where that is longer ago than the dashboard's ttl:
   * it may have another by now. Undefined otherwise.
   */
  readonly unconfirmedSinceMs: number | undefined;
};

/** A range up to now ends at a whole minute: what is read for it is as recent as it says, and its ends read well. */
const longestRoundS = 60;

/** Settles what is wanted of a version at a moment. Throws INVALID_FILTER and INVALID_REQUEST. */
export function settleRender(loaded: LoadedDefinition, wanted: WantedRender, nowMs: number): AskedRender {
  const { definition, ttlS } = loaded;
  const settled = settlePresentation(wanted, definition.layout!);
  const presentation: Presentation =
    wanted.viewerFilters === undefined ? settled : { ...settled, place: wanted.isKept ? "kept" : "page" };
  const clock = { nowMs, timezone: settled.timezone, roundS: Math.min(longestRoundS, ttlS) };
  const { held = {}, fixed = {}, filters } = wanted;
  const met = meetFilters({ held, fixed, asked: filters });
  const resolveAt = (atMs: number) => resolveFilters(loaded.filters, met, { ...clock, nowMs: atMs });
  const { choices, isChangeable, isSpanConfined } = settleChoices(loaded, wanted, met);
  return {
    presentation,
    filters: resolveAt(nowMs),
    previousAt: isSpanConfined ? undefined : (atMs: number) => resolveAt(atMs).previous,
    choices,
    offer: choices.some(({ spec }) => spec.optionsFrom !== undefined)
      ? resolveOfferFilters(loaded.filters, met, isChangeable, clock)
      : undefined,
    clock,
    // Whole milliseconds: it becomes a time of the answer, and a message has no fractions of a nanosecond.
    unconfirmedSinceMs: loaded.ageMs < ttlS * 1000 ? undefined : Math.floor(nowMs - loaded.ageMs),
  };
}

/**
 * Returns an injective name of everything that the bytes of a render depend on, within its tenant. The revisions are
 * those of the connections that its data is read by.
 */
export function renderKey(loaded: LoadedDefinition, asked: AskedRender, revisions: string): string {
  const { presentation, filters, previousAt, choices, offer, unconfirmedSinceMs } = asked;
  const { definition, version } = loaded;
  const { theme, locale, timezone, place } = presentation;
  const controls = choices.map(({ spec, chosen }) => [spec.name, chosen, spec.optionsFrom !== undefined]);
  const shown = [filters.key, filters.shown, controls];
  // The words of two filters can differ where their values are the same: a span said in two ways.
  const data = [version, revisions, ...shown, offer?.key, previousAt !== undefined, unconfirmedSinceMs !== undefined];
  const parts = ["render", definition.dashboardId, ...data, theme, locale, timezone, place];
  // Filters can be long; their digest names them as well and keeps the cache's own books small.
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}
