import type { ByteCache } from "../cache/byte-cache.ts";
import type { PageAssets, Renderer } from "../render/dashboard.ts";
import type { StoredShare } from "../store/shares.ts";
import type { Store } from "../store/store.ts";
import { parseSnapshot } from "./snapshot-bytes.ts";

/** Returns the document that a link with a snapshot shows, always the same; undefined where nothing is kept for it. */
export type SnapshotPage = (
  tenant: string,
  share: Pick<StoredShare, "shareId" | "expiresAtMs">,
) => Promise<string | undefined>;

/** What the pages need. */
export type SnapshotPageOptions = {
  readonly store: Pick<Store, "getSnapshot">;
  /** Keeps pages that were opened, fairly between tenants. */
  readonly cache: ByteCache;
  readonly renderer: Pick<Renderer, "renderSharePage">;
  readonly assets: Pick<PageAssets, "origin" | "style">;
  /** Whether an asset is served at a path. */
  readonly isServed: (path: string) => boolean;
};

type Kept = { readonly page: string | undefined };

/** Creates the pages. One is read and decompressed once for as long as there is room to keep it. */
export function createSnapshotPage({ store, cache, renderer, assets, isServed }: SnapshotPageOptions): SnapshotPage {
  return async (tenant, { shareId, expiresAtMs }) => {
    const key = { tenant, key: JSON.stringify(["snapshot", shareId]) };
    const { page } = await cache.getOrLoad<Kept>(key, async () => {
      const bytes = await store.getSnapshot(tenant, shareId);
      // That there is nothing is not kept.
      if (bytes === undefined) return { value: { page: undefined }, ttlMs: 0, bytes: 0 };
      const { html, title, presentation, asOfMs, style } = await parseSnapshot(bytes);
      const kept = {
        asOfMs,
        // Released style sheets are served for ever; one that never was released may be gone.
        style: isServed(style.path)
          ? { url: `${assets.origin}${style.path}`, integrity: style.integrity }
          : assets.style,
      };
      const page = renderer.renderSharePage({ title, fragment: html, expiresAtMs, presentation, kept });
      return { value: { page }, ttlMs: Number.POSITIVE_INFINITY, bytes: page.length * 2 };
    });
    return page;
  };
}
