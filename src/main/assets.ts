import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, parse } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Asset } from "../http/assets.ts";
import type { AssetRef } from "../page/pages.ts";
import { dashboardStyle, shareStyle } from "../page/style.ts";
import { projectDir } from "./paths.ts";

/** What pages are made of, read once. */
export type PageFiles = {
  /** Templates' texts, by name. */
  readonly templates: Readonly<Record<string, string>>;
  /** What pages link to. Addresses start with the origin, because fragments are embedded elsewhere. */
  readonly refs: (origin: string) => { readonly style: AssetRef; readonly shareStyle: AssetRef };
  /** What the listener serves, by path. */
  readonly assets: ReadonlyMap<string, Asset>;
};

/**
 * Reads templates, styles and the typeface, and gives each asset the path that its content names:
 * what stands there never changes, so that it may be kept for ever and its integrity checked.
 */
export function readPageFiles(): PageFiles {
  const templates = readFiles(".eta");
  const css = readFiles(".css");
  const assets = new Map<string, Asset>();
  const add = (name: string, asset: Asset) => {
    const { name: stem, ext } = parse(name);
    const file = `${stem}.${createHash("sha256").update(asset.body).digest("hex").slice(0, 16)}${ext}`;
    assets.set(`/assets/${file}`, asset);
    return file;
  };
  const addStyle = (name: string, text: string) => {
    const body = Buffer.from(text);
    const packed = { gzip: gzipSync(body, { level: 9 }), br: brotliCompressSync(body) };
    const file = add(name, { type: "text/css; charset=utf-8", body, ...packed });
    const integrity = `sha384-${createHash("sha384").update(body).digest("base64")}`;
    return (origin: string) => ({ url: `${origin}/assets/${file}`, integrity });
  };
  const require = createRequire(import.meta.url);
  const addFont = (name: string) => {
    const body = readFileSync(require.resolve(`@fontsource-variable/inter/files/${name}`));
    return add(name, { type: "font/woff2", body });
  };
  const style = addStyle("dashboard.css", dashboardStyle(css));
  const page = addStyle("page.css", shareStyle(css, addFont));
  return { templates, refs: (origin) => ({ style: style(origin), shareStyle: page(origin) }), assets };
}

/** Reads the page room's files of a kind, by name without their ending. */
function readFiles(ending: string): Readonly<Record<string, string>> {
  const folder = join(projectDir, "src/page/files");
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return Object.fromEntries(names.map((name) => [basename(name, ending), readFileSync(join(folder, name), "utf8")]));
}
