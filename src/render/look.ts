import type { Layout } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Voice } from "../chart/intl.ts";
import { brandToRef } from "../page/brand.ts";
import type { AssetRef, DashboardView } from "../page/pages.ts";
import { isSharePage, type Place } from "./place.ts";

/** The style sheets that dashboards link to, and the origin that serves them. */
type LookAssets = { readonly origin: string; readonly style: AssetRef; readonly fontStyle: AssetRef };

/**
 * Returns how a dashboard's root is dressed: for its theme, its typeface, its brand and its locale's direction. A share
 * page has linked to all but the brand: a browser would match a style sheet that it has twice with everything twice.
 */
export function describeLook(
  layout: Layout,
  theme: string,
  place: Place,
  voice: Voice,
  assets: LookAssets,
): Pick<DashboardView, "classes" | "isRtl" | "styles" | "owner"> {
  const brand = brandToRef(layout.brand, assets.origin);
  const isInter = layout.font === "inter";
  return {
    classes: ["dj", `dj-${theme}`, ...(isInter ? ["dj-inter"] : []), ...(brand ? [brand.className] : [])].join(" "),
    isRtl: voice.remember("right to left", () => isRightToLeft(voice.locale)),
    styles: [
      ...(isSharePage(place) ? [] : [assets.style, ...(isInter ? [assets.fontStyle] : [])]),
      ...(brand ? [brand.style] : []),
    ],
    owner: describeOwner(layout.brand?.logoText ?? ""),
  };
}

/** Splits `Acme / Platform` into whose it is and which part of it; the second may be empty. */
function describeOwner(logoText: string): DashboardView["owner"] {
  if (logoText === "") return undefined;
  const [name = "", ...parts] = logoText.split(" / ");
  return { name, part: parts.join(" / ") };
}

/** Whether a locale's script runs from right to left, as CLDR has it. */
function isRightToLeft(locale: string): boolean {
  // TypeScript does not know the method yet (https://tc39.es/proposal-intl-locale-info/).
  const { direction } = (new Intl.Locale(locale) as unknown as TextInfo).getTextInfo();
  return direction === "rtl";
}

type TextInfo = { getTextInfo(): { direction?: string } };
