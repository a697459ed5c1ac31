import { createHash } from "node:crypto";
import type { Brand } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { AssetRef } from "./pages.ts";

/** A brand's style sheet, and the class of the roots for which it sets the variables. */
type BrandRef = { readonly className: string; readonly style: AssetRef };

/** Returns what a dashboard needs to have its brand's look; undefined for a brand that changes none. */
export function brandToRef(brand: Brand | undefined, origin: string): BrandRef | undefined {
  if (brand === undefined) return undefined;
  const name = brandToName(brand);
  const path = `${folder}${name}.css`;
  const css = brandStyle(path);
  if (css === undefined) return undefined;
  const integrity = `sha384-${createHash("sha384").update(css).digest("base64")}`;
  return { className: `${classStart}${name}`, style: { url: `${origin}${path}`, integrity } };
}

/**
 * Returns the style sheet at a path; undefined for a path that no brand leads to. What stands there
 * follows from the path alone, so that nothing is kept for it, and it never changes. It has 1 KiB at
 * most.
 */
export function brandStyle(path: string): string | undefined {
  const [, name = unchanged, accent = "", radius = "", series = ""] = grammar.exec(path) ?? [];
  if (name === unchanged) return undefined;
  const declarations = [
    ...pairsOf(accent).map((pair) => `--dj-accent:${pair}`),
    ...(radius === "" ? [] : [`--dj-radius:${radius}px`]),
    ...pairsOf(series).map((pair, index) => `--dj-series-${index + 1}:${pair}`),
  ];
  // A class outweighs our own values, wherever they stand; a host's rule of some weight outweighs it.
  return `.${classStart}${name}{${declarations.join(";")}}\n`;
}

const folder = "/assets/brand/";
const classStart = "dj-b-";

/** The accent, the radius, the series; each colour by its digits in the light theme and then in the dark. */
const grammar = /^\/assets\/brand\/(((?:[0-9a-f]{12})?)-(\d|1\d|2[0-4]|)-((?:[0-9a-f]{12}){0,8}))\.css$/;

/** The name of what changes nothing. */
const unchanged = "--";

function brandToName({ accent, accentDark, series, seriesDark, radius }: Brand): string {
  const accents = digitsOf(accent) + digitsOf(accentDark || accent);
  const colors = series.map((color, index) => digitsOf(color) + digitsOf(seriesDark[index] ?? color));
  return `${accents}-${radius ?? ""}-${colors.join("")}`;
}

function digitsOf(color: string): string {
  return color.slice(1).toLowerCase();
}

function pairsOf(digits: string): string[] {
  return [...digits.matchAll(/(.{6})(.{6})/g)].map(([, light, dark]) => `light-dark(#${light},#${dark})`);
}
