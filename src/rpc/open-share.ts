import { LRUCache } from "lru-cache";
import { reasonOf, toErrorAnswer, toFault } from "../errors/answer.ts";
import { fault } from "../errors/fault.ts";
import type { RateLimiter, RateRule } from "../limit/gcra.ts";
import type { Log } from "../log/log.ts";
import type { Renderer } from "../render/dashboard.ts";
import type { ShareKeys } from "../share/share-keys.ts";
import { type ShareClaims, verifyShareToken } from "../share/share-token.ts";
import type { StoredShare } from "../store/shares.ts";
import type { Store } from "../store/store.ts";
import type { Definitions } from "./definitions.ts";
import { asSaved, settlePresentation } from "./presentation.ts";
import type { DashboardRendering } from "./render.ts";
import { filtersFromJson } from "./share.ts";
import type { SuspensionCheck } from "./suspension.ts";

/** A page, whole. */
type PageAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Opens a link by its token. Never throws: whatever happens is a page. */
export type OpenShare = (token: string) => Promise<PageAnswer>;

/** What opening links needs. */
export type OpenShareOptions = {
  readonly store: Pick<Store, "getShare">;
  readonly isSuspended: SuspensionCheck;
  readonly definitions: Definitions;
  readonly rendering: DashboardRendering;
  readonly renderer: Pick<Renderer, "renderSharePage" | "renderNotice">;
  readonly keys: ShareKeys;
  readonly limiter: RateLimiter;
  /**
   * Opens of each tenant's links together: a bucket of its own, so that a popular link does not use up
   * the tenant's calls.
   */
  readonly rate: RateRule;
  readonly now: () => number;
  readonly log: Log;
};

/** How long a link's row is believed, and so how long a revocation may take to be seen. */
const rowFreshMs = 1_000;

const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "private, no-store",
  "referrer-policy": "no-referrer",
  "x-robots-tag": "noindex, nofollow",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  // The pages hold no script but a block of data, and no style of their own.
  "content-security-policy":
    "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; " +
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
};

/** Creates the opener of links. */
export function createOpenShare(options: OpenShareOptions): OpenShare {
  const { store, isSuspended, definitions, rendering, renderer, keys, limiter, now, log, rate } = options;
  const rows = new LRUCache<string, { row: StoredShare; atMs: number }>({ max: 50_000 });
  const dead: PageAnswer = page(404, {
    title: "This link does not work",
    message: "It has expired, was withdrawn, or never existed. Ask whoever sent it to you for a new one.",
  });

  return async (token) => {
    try {
      const claims = await verifyShareToken(token, keys, Math.floor(now() / 1000));
      if (claims === null) return dead;
      const decision = limiter.take(`${claims.tenant} open links`, rate);
      if (!decision.allowed) {
        throw fault("RATE_LIMITED", "many people are opening this at once", { retryAfterMs: decision.retryAfterMs });
      }
      return (await open(claims)) ?? dead;
    } catch (error) {
      return failed(error);
    }
  };

  async function open(claims: ShareClaims): Promise<PageAnswer | undefined> {
    const row = await readRow(claims);
    if (row === undefined || row.revoked || row.expiresAtMs <= now()) return undefined;
    if (await isSuspended(claims.tenant)) return undefined;
    const loaded = await definitions.load(claims.tenant, row.dashboardId, row.version);
    const filters = filtersFromJson(row.filtersJson);
    const { html } = await rendering.render(claims.tenant, loaded, { ...asSaved, filters });
    const layout = loaded.definition.layout!;
    const body = renderer.renderSharePage({
      title: layout.title,
      fragment: html,
      expiresAtMs: row.expiresAtMs,
      presentation: settlePresentation(asSaved, layout),
    });
    return { status: 200, headers: pageHeaders, body };
  }

  async function readRow({ tenant, shareId }: ShareClaims): Promise<StoredShare | undefined> {
    const key = JSON.stringify([tenant, shareId]);
    const known = rows.get(key);
    if (known !== undefined && now() - known.atMs < rowFreshMs) return known.row;
    const row = await store.getShare(tenant, shareId);
    if (row !== undefined) rows.set(key, { row, atMs: now() });
    return row;
  }

  function failed(error: unknown): PageAnswer {
    const known = toFault(error);
    const { status, retryAfterS } = toErrorAnswer(known);
    if (status === 404 || reasonOf(known) === "INVALID_FILTER") return dead;
    if (known.cause !== undefined) log.error({ reason: reasonOf(known), error: known.cause }, "link failed");
    const message =
      status === 429 ? "Many people are opening this dashboard at once." : "The dashboard's data cannot be reached.";
    const answer = page(status, { title: "Try again in a moment", message });
    return retryAfterS === undefined
      ? answer
      : { ...answer, headers: { ...answer.headers, "retry-after": `${retryAfterS}` } };
  }

  function page(status: number, notice: { title: string; message: string }): PageAnswer {
    return { status, headers: pageHeaders, body: renderer.renderNotice(notice) };
  }
}
