import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, parse } from "node:path";
import type { Asset, MakeAsset } from "../http/assets.ts";
import { brandStyle } from "../page/brand.ts";
import { dashboardStyle, fontStyle, shareStyle } from "../page/style.ts";
import type { PageAssets } from "../render/dashboard.ts";
import { projectDir } from "./paths.ts";
import { assetTypes, readReleased, toAsset } from "./released.ts";

/** What pages are made of, read once. */
export type PageFiles = {
  /** Templates' texts, by name. */
  readonly templates: Readonly<Record<string, string>>;
  /** What pages link to. Addresses start with the origin, because fragments are embedded elsewhere. */
  readonly refs: (origin: string) => PageAssets;
  /** What the listener serves, by path. */
  readonly assets: ReadonlyMap<string, Asset>;
  /** What it serves besides: brands' style sheets, which follow from their paths. */
  readonly makeAsset: MakeAsset;
};

/**
 * Reads templates, styles and the typeface, and gives each asset the path that its content names:
 * what stands there never changes, so that it may be kept for ever and its integrity checked.
 */
export function readPageFiles(): PageFiles {
  const templates = readFiles(".eta");
  const css = readFiles(".css");
  const assets = new Map<string, Asset>(readReleased());
  const add = (name: string, body: Buffer) => {
    const { name: stem, ext } = parse(name);
    const file = `${stem}.${createHash("sha256").update(body).digest("hex").slice(0, 16)}${ext}`;
    assets.set(`/assets/${file}`, toAsset(assetTypes[ext]!, body));
    return file;
  };
  const addText = (name: string, text: string) => {
    const body = Buffer.from(text);
    const file = add(name, body);
    const integrity = `sha384-${createHash("sha384").update(body).digest("base64")}`;
    return (origin: string) => ({ url: `${origin}/assets/${file}`, integrity });
  };
  const require = createRequire(import.meta.url);
  const addFont = (name: string) =>
    add(name, readFileSync(require.resolve(`@fontsource-variable/inter/files/${name}`)));
  const style = addText("dashboard.css", dashboardStyle(css));
  const page = addText("page.css", shareStyle(css));
  const font = addText("fonts.css", fontStyle(css, addFont));
  const script = addText("dashboard.js", readFileSync(join(projectDir, "gen/assets/dashboard.js"), "utf8"));
  return {
    templates,
    refs: (origin) => ({
      origin,
      style: style(origin),
      shareStyle: page(origin),
      fontStyle: font(origin),
      script: script(origin),
    }),
    assets,
    makeAsset: makeBrandStyle,
  };
}

function makeBrandStyle(path: string): Asset | undefined {
  const text = brandStyle(path);
  return text === undefined ? undefined : { type: assetTypes[".css"]!, body: Buffer.from(text) };
}

/** Reads the page room's files of a kind, by name without their ending. */
function readFiles(ending: string): Readonly<Record<string, string>> {
  const folder = join(projectDir, "src/page/files");
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return Object.fromEntries(names.map((name) => [basename(name, ending), readFileSync(join(folder, name), "utf8")]));
}
