import type { FollowRequest } from "../http/dispatch.ts";
import type { OnRequest } from "../http/request-over.ts";
import type { Limited, Tallies } from "../metrics/tallies.ts";
import type { OnDrawn } from "../rpc/fresh-render.ts";
import type { OnRead } from "../source/source-read-seen.ts";
import type { Store } from "../store/store.ts";
import type { Tracing } from "../tracing/open-tracing.ts";

/** Who is told of what goes on, for metrics and traces. What nobody asks for is undefined, and is not done. */
export type Witness = {
  readonly onRequest: OnRequest | undefined;
  readonly follow: FollowRequest | undefined;
  readonly onRead: OnRead | undefined;
  readonly onDrawn: OnDrawn | undefined;
  readonly onLimited: ((limit: Limited) => void) | undefined;
  readonly onLinkOpened: (() => void) | undefined;
  /** Returns the store as calls are to have it. */
  readonly watchStore: (store: Store) => Store;
};

/** What is asked of the store for many callers at once, or for none, is part of no trace. */
const forNobody = [
  "getActiveVersions",
  "getConnections",
  "areSuspended",
  "countOpens",
  "ping",
  "load",
  "close",
] as const;

/** Creates the witness, of what is given. */
export function createWitness(tallies: Tallies | undefined, tracing: Tracing | undefined): Witness {
  return {
    onRequest: tallies?.onRequest,
    follow: tracing?.follow,
    onRead: both(tallies?.onRead, tracing?.onRead),
    onDrawn: both(tallies?.onDrawn, tracing?.onDrawn),
    onLimited: tallies?.onLimited,
    onLinkOpened: tallies?.onLinkOpened,
    watchStore: (store) => tracing?.watch("store", store, forNobody) ?? store,
  };
}

type Hear<T> = (told: T) => void;

function both<T>(one: Hear<T> | undefined, other: Hear<T> | undefined): Hear<T> | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return (told) => {
    one(told);
    other(told);
  };
}
