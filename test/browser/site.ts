import type { Answer } from "../../src/http/answer.ts";
import { createAssets } from "../../src/http/assets.ts";
import { readPageFiles } from "../../src/main/assets.ts";
import { createRenderer, type PageAssets, type Renderer } from "../../src/render/dashboard.ts";
import { startOrigin } from "./origin.ts";

/** Pages of a test on one loopback port, and what dashboards link to on another, so that it comes from elsewhere. */
export type Site = {
  /** Scheme, host and port of the pages. */
  readonly url: string;
  /** Scheme, host and port of the assets, which are answered as the service answers them. */
  readonly assetsUrl: string;
  readonly assets: PageAssets;
  /** Draws what links to those assets. */
  readonly renderer: Renderer;
  /** Serves a text at a path, with headers of its own. */
  readonly put: (path: string, type: string, text: string, headers?: Readonly<Record<string, string>>) => void;
  readonly close: () => Promise<void>;
};

/** Starts a site without pages. */
export async function startSite(): Promise<Site> {
  const files = readPageFiles();
  const pages = new Map<string, Answer>();
  const answerAsset = createAssets(files.assets, files.makeAsset);
  const own = await startOrigin(({ pathname }) => pages.get(pathname));
  const other = await startOrigin(({ pathname }, headers) => answerAsset(pathname, headers));
  const assets = files.refs(other.url);
  return {
    url: own.url,
    assetsUrl: other.url,
    assets,
    renderer: createRenderer({ templates: files.templates, assets }),
    put(path, type, text, headers = {}) {
      pages.set(path, { status: 200, headers: { "content-type": `${type}; charset=utf-8`, ...headers }, body: text });
    },
    async close() {
      await Promise.all([own.close(), other.close()]);
    },
  };
}
