import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import {
  type DashboardsService,
  RevokeShareRequestSchema,
  RevokeShareResponseSchema,
  type ShareRequest,
  ShareRequestSchema,
  type ShareResponse,
  ShareResponseSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { News } from "../cache/news.ts";
import { resolveFilters } from "../definition/filters.ts";
import { type FilterValues, meetFilters } from "../definition/meet-filters.ts";
import { fault } from "../errors/fault.ts";
import type { ShareKeys } from "../share/share-keys.ts";
import { mintShareToken, newShareId } from "../share/share-token.ts";
import type { Store } from "../store/store.ts";
import { callerOf } from "./call.ts";
import type { Definitions, LoadedDefinition } from "./definitions.ts";
import { answerOnce, findAnswer } from "./idempotency.ts";
import { findUnheldFilters } from "./link-scope.ts";
import { asSaved, settlePresentation } from "./presentation.ts";
import { filtersToJson } from "./share-filters.ts";
import type { TakeSnapshot } from "./share-snapshot.ts";

type Methods = Pick<ServiceImpl<typeof DashboardsService>, "share" | "revokeShare">;

/** What the methods need. */
export type ShareMethodsOptions = {
  readonly store: Pick<Store, "once">;
  readonly definitions: Definitions;
  readonly takeSnapshot: TakeSnapshot;
  readonly news: News;
  /** The keys as they are now: they rotate while the service runs. */
  readonly keys: () => ShareKeys;
  /** Scheme and authority of every link; never taken from a request. */
  readonly origin: string;
  readonly maxExpiresInS: number;
  readonly now: () => number;
  /** Returns that many random bytes. */
  readonly random: (bytes: number) => Uint8Array;
};

/** Creates the methods that make links and withdraw them. */
export function createShareMethods(options: ShareMethodsOptions): Methods {
  const { store, definitions, takeSnapshot, news, keys, origin, maxExpiresInS, now, random } = options;

  /** Settles what the link shows. What refuses it is returned: it must not come before a replay. */
  async function prepare(tenant: string, request: ShareRequest, context: HandlerContext): Promise<Prepared> {
    try {
      const loaded = await definitions.load(tenant, request.dashboardId, request.version);
      checkScope(loaded, request, now());
      if (!request.snapshot) return { version: request.version };
      const snapshot = await takeSnapshot(tenant, loaded, request.filters, context.signal);
      return { version: loaded.version, snapshot };
    } catch (problem) {
      return { problem };
    }
  }

  async function make(request: ShareRequest, context: HandlerContext): Promise<ShareResponse> {
    const { tenant, subject } = callerOf(context.values);
    // Prepared before the transaction, which must not wait for another connection or for a source; and refused inside
    // it, because a replay is answered as it was, whatever has become of the dashboard.
    const prepared = await prepare(tenant, request, context);
    return answerOnce(store, context, ShareRequestSchema, request, ShareResponseSchema, async (tx) => {
      if ("problem" in prepared) throw prepared.problem;
      const shareId = newShareId(random(16));
      const expiresAtMs = (Math.ceil(now() / 1000) + request.expiresInS) * 1000;
      await tx.createShare({
        ...prepared,
        shareId,
        dashboardId: request.dashboardId,
        filtersJson: filtersToJson(request.filters),
        viewerFilters: request.viewerFilters,
        frameAncestors: request.frameAncestors,
        expiresAtMs,
        createdBy: subject,
      });
      return { shareId, expiresAt: timestampFromMs(expiresAtMs) };
    });
  }

  return {
    async share(asked, context) {
      const { tenant, held } = callerOf(context.values);
      // What the token holds its caller to is part of the request from here on, and so of its fingerprint: no
      // other caller's answer is replayed.
      const filters = { ...meetFilters({ held, fixed: asked.filters, asked: {} }) };
      const request = create(ShareRequestSchema, { ...asked, filters });
      refuseUnfit(request, maxExpiresInS);
      // Nothing is drawn for a replay.
      const known = request.snapshot
        ? await findAnswer(store, context, ShareRequestSchema, request, ShareResponseSchema)
        : undefined;
      const answer = known ?? (await make(request, context));
      // The token is not kept: whoever replays the call gets it signed again.
      const expiresAtS = timestampMs(answer.expiresAt!) / 1000;
      const token = await mintShareToken({ tenant, shareId: answer.shareId, expiresAtS }, keys());
      return { ...answer, url: `${origin}/s/${token}` };
    },

    async revokeShare(request, context) {
      const { shareId } = request;
      const { tenant } = callerOf(context.values);
      const answer = await answerOnce(
        store,
        context,
        RevokeShareRequestSchema,
        request,
        RevokeShareResponseSchema,
        async (tx) => {
          await tx.revokeShare(shareId);
          return { shareId, status: "revoked" };
        },
      );
      news.tell("link", tenant, shareId);
      return answer;
    },
  };
}

/** What a link shows: a version, or else the active one, and what is kept of it; or what refuses the link. */
type Prepared =
  | { readonly version: number | undefined; readonly snapshot?: Uint8Array }
  | { readonly problem: unknown };

function refuseUnfit({ expiresInS, snapshot, viewerFilters }: ShareRequest, maxExpiresInS: number): void {
  if (expiresInS > maxExpiresInS) {
    const details = [{ field: "expires_in_s", description: `must be at most ${maxExpiresInS}` }];
    throw fault("INVALID_REQUEST", "the link would work for too long", { details });
  }
  if (snapshot && viewerFilters.length > 0) {
    const details = [{ field: "viewer_filters", description: "does not go with snapshot" }];
    throw fault("INVALID_REQUEST", "a snapshot shows one choice of filters: fix them by filters", { details });
  }
}

/**
 * Throws INVALID_FILTER for a scope that a link could not hold to: a filter that the dashboard does not
 * have or that has a misfit or missing value, a fixed one that some panel's data does not depend on,
 * which would show everything, and one that is both fixed and the viewer's.
 */
function checkScope(loaded: LoadedDefinition, { filters, viewerFilters }: ShareRequest, nowMs: number): void {
  const { timezone } = settlePresentation(asSaved, loaded.definition.layout!);
  resolveFilters(loaded.filters, filters, { nowMs, timezone, roundS: 1 });
  const details = [
    ...findUnheldFilters(loaded, filters),
    ...viewerFilters.flatMap((name, index) => {
      const field = `viewer_filters[${index}]`;
      if (Object.hasOwn(filters, name)) return [{ field, description: "is fixed by filters" }];
      const isKnown = loaded.filters.specs.some((spec) => spec.name === name);
      return isKnown ? [] : [{ field, description: "is not a filter of this dashboard" }];
    }),
  ];
  if (details.length > 0) throw fault("INVALID_FILTER", "the link could not hold to this: see details", { details });
}

/** Throws INVALID_FILTER where a caller could not be held to filters: some panel would not be narrowed by them. */
export function refuseUnheld(loaded: LoadedDefinition, held: FilterValues): void {
  const details = findUnheldFilters(loaded, held);
  if (details.length === 0) return;
  throw fault("INVALID_FILTER", "the dashboard could not be held to what the access token says: see details", {
    details,
  });
}
