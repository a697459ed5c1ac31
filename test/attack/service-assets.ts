import type { Asset } from "./page-reader.ts";
import type { Scope } from "./scope.ts";

/** Fetches the files that pages of the service refer to: no case changes them. */
export function serviceAssets({ world }: Scope): (path: string) => Promise<Asset> {
  return async (path) => {
    const known = assets.get(path);
    if (known !== undefined) return known;
    const response = await fetch(`http://127.0.0.1:${world.service.port}${path}`);
    const body = Buffer.from(await response.arrayBuffer());
    const asset = { contentType: response.headers.get("content-type") ?? "", body };
    if (response.ok) assets.set(path, asset);
    return asset;
  };
}

const assets = new Map<string, Asset>();
