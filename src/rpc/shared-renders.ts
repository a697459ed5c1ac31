import type { CacheKey } from "../cache/byte-cache.ts";
import { leastSharedMs, type SharedCache } from "../cache/shared-cache.ts";
import { parseRendered, type RenderedDashboard, renderedToBytes } from "./rendered.ts";

/**
 * Returns the render as another replica has made it, or makes it and lets the others have it. What lacks data, or
 * shows old data, is not shared: another replica may do better.
 */
export async function shareRender(
  shared: SharedCache,
  key: CacheKey,
  now: () => number,
  make: () => Promise<RenderedDashboard>,
): Promise<RenderedDashboard> {
  const found = await shared.get(key);
  const known = found && parse(found.bytes, now() + found.leftMs);
  if (known !== undefined) return known;
  const made = await make();
  const leftMs = made.freshUntilMs - now();
  if (made.whole && leftMs >= leastSharedMs) shared.put(key, leftMs, () => renderedToBytes(made));
  return made;
}

function parse(bytes: Uint8Array, freshUntilMs: number): RenderedDashboard | undefined {
  try {
    return parseRendered(bytes, freshUntilMs);
  } catch {
    return undefined;
  }
}
