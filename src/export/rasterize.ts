import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A native module (https://github.com/thx/resvg-js), which comes in the form for `require`. */
const { Resvg }: typeof import("@resvg/resvg-js") = createRequire(import.meta.url)("@resvg/resvg-js");

const ownFonts = fileURLToPath(new URL("./fonts/", import.meta.url));

/** Makes a drawing a PNG file, with so many pixels for each of its own. */
export type Rasterize = (svg: string, scale: number) => Uint8Array;

/**
 * Creates the painting, with the fonts of `fonts` and those of another folder, if there are any, for letters that ours do
 * not have; with no others, so that a picture is the same on every machine. A drawing must be of our own making: resvg reads
 * files that an image names. It holds up its thread for as long as it takes, and cannot be stopped.
 */
export function createRasterize(moreFonts?: string): Rasterize {
  const fontFiles = [...fontsOf(ownFonts), ...(moreFonts === undefined ? [] : fontsOf(moreFonts))];
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: "Inter" };
  return (svg, scale) => {
    return new Resvg(svg, { fitTo: { mode: "zoom", value: scale }, font, logLevel: "off" }).render().asPng();
  };
}

/** Returns a folder's fonts, in the order of their names; none where there is no such folder. */
function fontsOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.(ttf|otf|ttc)$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}
