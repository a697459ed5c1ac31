import { createAssets } from "../../src/http/assets.ts";
import { readPageFiles } from "../../src/main/assets.ts";
import { createRenderer, type Renderer } from "../../src/render/dashboard.ts";
import { type Origin, startOrigin } from "./origin.ts";

/** The policy of a page that trusts nothing but files of its own origin, and no text as markup. */
const policy = [
  "default-src 'none'",
  ...["script", "style", "font", "connect"].map((kind) => `${kind}-src 'self'`),
  "form-action 'self'",
  "require-trusted-types-for 'script'",
].join("; ");

/** Pages and what they load, all on one loopback port and under that policy. */
export type StrictSite = Origin & {
  readonly renderer: Renderer;
  /** The markup that loads the script. */
  readonly scriptTag: string;
  /** Answers a path with a page from now on, or with a status alone. */
  readonly put: (path: string, page: string | number) => void;
  /** The addresses of pages asked for so far, with their queries. */
  readonly asked: readonly string[];
};

/** Starts a site without pages. What dashboards link to is served as the service serves it. */
export async function startStrictSite(): Promise<StrictSite> {
  const files = readPageFiles();
  const assets = files.refs("");
  const answerAsset = createAssets(files.assets, files.makeAsset);
  const pages = new Map<string, string | number>();
  const asked: string[] = [];
  const origin = await startOrigin(({ pathname, search }, headers) => {
    const asset = answerAsset(pathname, headers);
    if (asset !== undefined) return asset;
    asked.push(pathname + search);
    const page = pages.get(pathname) ?? 404;
    return {
      status: typeof page === "number" ? page : 200,
      headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
      body: typeof page === "number" ? "<!doctype html><p>none</p>" : page,
    };
  });
  return {
    ...origin,
    renderer: createRenderer({ templates: files.templates, assets }),
    scriptTag: `<script defer src="${assets.script.url}" integrity="${assets.script.integrity}"></script>`,
    put: (path, page) => pages.set(path, page),
    asked,
  };
}
