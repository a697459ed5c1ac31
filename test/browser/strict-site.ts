import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readPageFiles } from "../../src/main/assets.ts";
import { createRenderer, type Renderer } from "../../src/render/dashboard.ts";

/** The policy of a page that trusts nothing but files of its own origin, and no text as markup. */
const policy = [
  "default-src 'none'",
  ...["script", "style", "font", "connect"].map((kind) => `${kind}-src 'self'`),
  "form-action 'self'",
  "require-trusted-types-for 'script'",
].join("; ");

/** Pages and what they load, all on one loopback port and under that policy. */
export type StrictSite = {
  readonly url: string;
  readonly renderer: Renderer;
  /** The markup that loads the script. */
  readonly scriptTag: string;
  /** Answers a path with a page from now on, or with a status alone. */
  readonly put: (path: string, page: string | number) => void;
  /** The addresses of pages asked for so far, with their queries. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
};

/** Starts a site without pages. What dashboards link to is served as the service serves it. */
export async function startStrictSite(): Promise<StrictSite> {
  const files = readPageFiles();
  const assets = files.refs("");
  const pages = new Map<string, string | number>();
  const asked: string[] = [];
  const http = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://127.0.0.1");
    const asset = files.assets.get(pathname) ?? files.makeAsset(pathname);
    if (asset !== undefined) return response.writeHead(200, { "content-type": asset.type }).end(asset.body);
    asked.push(url);
    const page = pages.get(pathname) ?? 404;
    const status = typeof page === "number" ? page : 200;
    response.writeHead(status, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy });
    return response.end(status === 200 ? page : "<!doctype html><p>none</p>");
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    renderer: createRenderer({ templates: files.templates, assets }),
    scriptTag: `<script defer src="${assets.script.url}" integrity="${assets.script.integrity}"></script>`,
    put: (path, page) => pages.set(path, page),
    asked,
    async close() {
      http.close();
      http.closeAllConnections();
      await once(http, "close");
    },
  };
}
