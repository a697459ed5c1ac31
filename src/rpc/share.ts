import { create, fromBinary, fromJson, type JsonObject, toBinary, toJson } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs, type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import {
  type ShareRequest,
  type ShareResponse,
  ShareResponseSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { findUnboundPanels } from "../definition/bound-filters.ts";
import { resolveFilters } from "../definition/filters.ts";
import { type FieldProblem, fault } from "../errors/fault.ts";
import type { ShareKeys } from "../share/share-keys.ts";
import { mintShareToken, newShareId } from "../share/share-token.ts";
import type { Call } from "../store/once.ts";
import type { Store } from "../store/store.ts";
import type { Definitions, LoadedDefinition } from "./definitions.ts";
import { asSaved, settlePresentation } from "./presentation.ts";

/** Makes links. */
export type Sharing = {
  /** Creates the link, or answers again the one that the call's key made before. */
  share(call: Call, subject: string, request: ShareRequest): Promise<ShareResponse>;
};

/** What making links needs. */
export type SharingOptions = {
  readonly store: Pick<Store, "once">;
  readonly definitions: Definitions;
  readonly keys: ShareKeys;
  /** Scheme and authority of every link; never taken from a request. */
  readonly origin: string;
  readonly maxExpiresInS: number;
  readonly now: () => number;
  /** Returns that many random bytes. */
  readonly random: (bytes: number) => Uint8Array;
};

/** Creates the maker of links. */
export function createSharing(options: SharingOptions): Sharing {
  const { store, definitions, keys, origin, maxExpiresInS, now, random } = options;
  return {
    async share(call, subject, request) {
      if (request.expiresInS > maxExpiresInS) {
        const details = [{ field: "expires_in_s", description: `must be at most ${maxExpiresInS}` }];
        throw fault("INVALID_REQUEST", "the link would work for too long", { details });
      }
      const loaded = await definitions.load(call.tenant, request.dashboardId, request.version);
      checkFixedFilters(loaded, request.filters, now());
      const bytes = await store.once(call, async (tx) => {
        const shareId = newShareId(random(16));
        const expiresAtMs = (Math.ceil(now() / 1000) + request.expiresInS) * 1000;
        await tx.createShare({
          shareId,
          dashboardId: request.dashboardId,
          version: request.version,
          filtersJson: filtersToJson(request.filters),
          expiresAtMs,
          createdBy: subject,
        });
        // The token is not kept: whoever replays the call gets it signed again.
        return toBinary(
          ShareResponseSchema,
          create(ShareResponseSchema, { shareId, expiresAt: timestampFromMs(expiresAtMs) }),
        );
      });
      const answer = fromBinary(ShareResponseSchema, bytes);
      const expiresAtS = timestampMs(answer.expiresAt!) / 1000;
      const token = await mintShareToken({ tenant: call.tenant, shareId: answer.shareId, expiresAtS }, keys);
      return { ...answer, url: `${origin}/s/${token}` };
    },
  };
}

/**
 * Refuses a filter that the link could not hold to: one that the dashboard does not have, and one
 * that some panel's data does not depend on, which would show everything.
 */
function checkFixedFilters(
  { definition, filters }: LoadedDefinition,
  fixed: Record<string, Value>,
  nowMs: number,
): void {
  const { timezone } = settlePresentation(asSaved, definition.layout!);
  resolveFilters(filters, fixed, { nowMs, timezone, roundS: 1 });
  const details: FieldProblem[] = Object.keys(fixed).flatMap((name) => {
    const panels = findUnboundPanels(definition, name);
    if (panels.length === 0) return [];
    return [{ field: `filters.${name}`, description: `does not narrow every panel; not these: ${panels.join(", ")}` }];
  });
  if (details.length > 0)
    throw fault("INVALID_FILTER", "a link cannot fix a filter that some panel ignores", { details });
}

/** Writes filters as JSON text for the link's row. */
function filtersToJson(filters: Readonly<Record<string, Value>>): string {
  const entries = Object.entries(filters).map(([name, value]) => [name, toJson(ValueSchema, value)]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Reads filters from a link's row. */
export function filtersFromJson(json: string): Record<string, Value> {
  const entries = Object.entries(JSON.parse(json) as JsonObject);
  return Object.fromEntries(entries.map(([name, value]) => [name, fromJson(ValueSchema, value)]));
}
