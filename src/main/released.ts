import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Asset } from "../http/assets.ts";
import { projectDir } from "./paths.ts";

/** Where assets that were released are kept, under the names that they are served by. */
export const releasedFolder: string = join(projectDir, "src/page/released");

/** Content types of what pages link to, by the ending of its name. */
export const assetTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".woff2": "font/woff2",
};

/**
 * Reads the assets of earlier releases, by path. A page somewhere may hold HTML of any of them, and what it
 * links to stays there for ever.
 */
export function readReleased(): ReadonlyMap<string, Asset> {
  return new Map(
    readdirSync(releasedFolder).map((name) => {
      const body = readFileSync(join(releasedFolder, name));
      return [`/assets/${name}`, toAsset(assetTypes[extname(name)]!, body)];
    }),
  );
}

/**
 * Returns a file as it is served: compressed, unless its format is compressed already. That is done when it is first
 * asked for, because a start would take a tenth longer.
 */
export function toAsset(type: string, body: Buffer): Asset {
  if (type === assetTypes[".woff2"]) return { type, body };
  return {
    type,
    body,
    get gzip() {
      return gzipSync(body, { level: 9 });
    },
    get br() {
      return brotliCompressSync(body);
    },
  };
}
