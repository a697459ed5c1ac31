import type { News } from "../cache/news.ts";
import { readViewerFilters } from "../definition/viewer-filters.ts";
import { reasonOf, toErrorAnswer, toFault } from "../errors/answer.ts";
import { fault } from "../errors/fault.ts";
import type { RateLimiter } from "../limit/gcra.ts";
import { openLinks, type RateOf } from "../limit/rates.ts";
import type { Log } from "../log/log.ts";
import type { Renderer } from "../render/dashboard.ts";
import type { ShareKeys } from "../share/share-keys.ts";
import { type ShareClaims, verifyShareToken } from "../share/share-token.ts";
import type { Store } from "../store/store.ts";
import type { Definitions } from "./definitions.ts";
import { createLastAnswers } from "./last-answers.ts";
import { findBrokenFilters } from "./link-scope.ts";
import type { OpenCounter } from "./open-counter.ts";
import { pageHeaders } from "./page-headers.ts";
import { asSaved, settlePresentation } from "./presentation.ts";
import type { DashboardRendering } from "./render.ts";
import { filtersFromJson } from "./share-filters.ts";
import type { SnapshotPage } from "./snapshot-page.ts";
import type { SuspensionCheck } from "./suspension.ts";

/** A page, whole. */
export type PageAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * Opens a link by its token, with the query of its address. The signal's abort means that whoever opens it has left.
 * Never throws: whatever happens is a page.
 */
export type OpenShare = (token: string, query: string, signal?: AbortSignal) => Promise<PageAnswer>;

/** Creates the page for those for whom there is no room, which no more is known of than that they have a link. */
export function createBusyPage(renderer: Pick<Renderer, "renderNotice">): PageAnswer {
  const body = renderer.renderNotice({ title: "Try again in a moment", message: whyNot(429) });
  return { status: 503, headers: pageHeaders(), body };
}

/** What opening links needs. */
export type OpenShareOptions = {
  readonly store: Pick<Store, "getShare">;
  readonly isSuspended: SuspensionCheck;
  readonly definitions: Definitions;
  readonly snapshotPage: SnapshotPage;
  readonly rendering: DashboardRendering;
  readonly renderer: Pick<Renderer, "renderSharePage" | "renderNotice">;
  /** The keys as they are now: they rotate while the service runs. */
  readonly keys: () => ShareKeys;
  readonly limiter: RateLimiter;
  /**
   * Opens of each tenant's links together: a bucket of its own, so that a popular link does not use up
   * the tenant's calls.
   */
  readonly rateOf: RateOf;
  /** Told of each that was opened too soon; nobody unless told. */
  readonly onLimited?: ((limit: "links") => void) | undefined;
  readonly counter: Pick<OpenCounter, "count">;
  readonly news: News;
  readonly now: () => number;
  readonly elapsedMs: () => number;
  readonly log: Log;
};

/** Creates the opener of links. */
export function createOpenShare(options: OpenShareOptions): OpenShare {
  const { store, isSuspended, definitions, rendering, renderer, keys, limiter, rateOf, counter, now, log } = options;
  // A revocation is seen within a second where no news of it come; and while nobody can say whether there was one,
  // no link opens.
  const rows = createLastAnswers({
    ask: (tenant, shareId) => store.getShare(tenant, shareId),
    freshMs: 1_000,
    staleMs: 0,
    max: 1_000,
    elapsedMs: options.elapsedMs,
  });
  options.news.hear("link", rows.forget);
  const dead: PageAnswer = notice(404, {
    title: "This link does not work",
    message: "It has expired, was withdrawn, or never existed. Ask whoever sent it to you for a new one.",
  });

  return async (token, query, signal) => {
    try {
      const claims = await verifyShareToken(token, keys(), Math.floor(now() / 1000));
      if (claims === null) return dead;
      const decision = await limiter.take(`${claims.tenant} ${openLinks}`, rateOf(claims.tenant, openLinks));
      if (!decision.allowed) {
        options.onLimited?.("links");
        throw fault("RATE_LIMITED", "many people are opening this at once", { retryAfterMs: decision.retryAfterMs });
      }
      return (await open(claims, query, signal)) ?? dead;
    } catch (error) {
      return failed(error);
    }
  };

  /** Returns undefined for a link that is dead. */
  async function open(
    claims: ShareClaims,
    query: string,
    signal: AbortSignal | undefined,
  ): Promise<PageAnswer | undefined> {
    const row = await rows.get(claims.tenant, claims.shareId);
    if (row === undefined || row.revoked || row.expiresAtMs <= now()) return undefined;
    if (await isSuspended(claims.tenant)) return undefined;
    const page = (body: string) => {
      counter.count(claims.tenant, claims.shareId);
      return { status: 200, headers: pageHeaders(row.frameAncestors), body };
    };
    if (row.snapshot) {
      if (!(await definitions.isInUse(claims.tenant, row.dashboardId))) return undefined;
      const kept = await options.snapshotPage(claims.tenant, row);
      return kept === undefined ? undefined : page(kept);
    }
    const loaded = await definitions.load(claims.tenant, row.dashboardId, row.version);
    const layout = loaded.definition.layout!;
    const presentation = settlePresentation(asSaved, layout);
    const fixed = filtersFromJson(row.filtersJson);
    // A version saved since may have lost a filter that the link fixes: it would show what it must not.
    if (findBrokenFilters(loaded, fixed, { ...presentation, nowMs: now(), roundS: 1 }).length > 0) return undefined;
    const chosen = readViewerFilters(loaded.filters, row.viewerFilters, new URLSearchParams(query));
    const { viewerFilters } = row;
    const wanted = { ...asSaved, filters: chosen, fixed, viewerFilters, ...(signal && { signal }) };
    const { html } = await rendering.render(claims.tenant, loaded, wanted);
    const { title } = layout;
    return page(renderer.renderSharePage({ title, fragment: html, expiresAtMs: row.expiresAtMs, presentation }));
  }

  function failed(error: unknown): PageAnswer {
    const known = toFault(error);
    const { status, retryAfterS } = toErrorAnswer(known);
    if (status === 404) return dead;
    if (reasonOf(known) === "INVALID_FILTER") {
      const message = "The address asks for a value that this dashboard does not take. Open the link without it.";
      return notice(400, { title: "This cannot be shown", message });
    }
    if (known.cause !== undefined) log.error({ reason: reasonOf(known), error: known.cause }, "link failed");
    const answer = notice(status, { title: "Try again in a moment", message: whyNot(status) });
    return retryAfterS === undefined
      ? answer
      : { ...answer, headers: { ...answer.headers, "retry-after": `${retryAfterS}` } };
  }

  function notice(status: number, text: { title: string; message: string }): PageAnswer {
    return { status, headers: pageHeaders(), body: renderer.renderNotice(text) };
  }
}

function whyNot(status: number): string {
  if (status === 429) return "Many people are opening this dashboard at once.";
  return status === 503 ? "The dashboard's data cannot be reached." : "Something went wrong on our side.";
}
