import type { Brand } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Report } from "../errors/problems.ts";
import { contrast } from "./contrast.ts";

/** What a dashboard's colours stand on in each theme, as in src/page/files/root.css. */
export const surfaces = { light: "#ffffff", dark: "#121419" } as const;

/** The contrast that a colour needs there: words have the accent (WCAG 2.2, 1.4.3), marks the series (1.4.11). */
export const contrastNeeded = { accent: 4.5, series: 3 } as const;

/**
 * Reports colours that do not stand out from their surface, and dark ones that are no light one's.
 * Both themes count, whatever the layout's own is, because each render may ask for the other.
 */
export function checkBrand(brand: Brand, report: Report): void {
  const { accent, accentDark, series, seriesDark } = brand;
  if (accent === "" && accentDark !== "") report("accent_dark", "goes with accent only");
  if (seriesDark.length > 0 && seriesDark.length !== series.length) {
    report("series_dark", series.length === 0 ? "goes with series only" : "has not one colour for each of series");
  }
  for (const { field, color, theme, needed, remedy } of usesOf(brand)) {
    const found = contrast(color, surfaces[theme]);
    // What is no colour is the proto's to refuse.
    if (found === undefined || found >= needed) continue;
    report(field, `has ${roundDown(found)}:1 against the ${theme} surface, and needs ${needed}:1: ${remedy}`);
  }
}

/** A colour in one theme. */
type Use = {
  readonly field: string;
  readonly color: string;
  readonly theme: keyof typeof surfaces;
  readonly needed: number;
  readonly remedy: string;
};

function usesOf({ accent, accentDark, series, seriesDark }: Brand): readonly Use[] {
  const light = { theme: "light", remedy: "take a darker colour" } as const;
  const dark = { theme: "dark", remedy: "take a lighter colour" } as const;
  const word = { needed: contrastNeeded.accent };
  const mark = { needed: contrastNeeded.series };
  const darkOnes =
    seriesDark.length > 0
      ? seriesDark.map((color, index) => ({ ...dark, field: `series_dark[${index}]`, color }))
      : series.map((color, index) => ({ ...dark, field: `series[${index}]`, color, remedy: lighterSeries }));
  return [
    { ...light, ...word, field: "accent", color: accent },
    ...series.map((color, index) => ({ ...light, ...mark, field: `series[${index}]`, color })),
    accentDark === ""
      ? { ...dark, ...word, field: "accent", color: accent, remedy: lighterAccent }
      : { ...dark, ...word, field: "accent_dark", color: accentDark },
    ...darkOnes.map((use) => ({ ...use, ...mark })),
  ];
}

/** A lighter accent is no way out: no colour has 4.5:1 against both surfaces. */
const lighterAccent = "name a lighter one in accent_dark";
const lighterSeries = "take a lighter colour, or name one in series_dark";

/** One digit, rounded down, so that what falls short never looks as if it did not. */
function roundDown(ratio: number): string {
  return (Math.floor(ratio * 10) / 10).toFixed(1);
}
