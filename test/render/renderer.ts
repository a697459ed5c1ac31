import { readdirSync, readFileSync } from "node:fs";
import { createRenderer, type Renderer } from "../../src/render/dashboard.ts";
import type { RenderLimits } from "../../src/render/limits.ts";

const folder = new URL("../../src/page/files/", import.meta.url);

const textsOf = (ending: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith(ending))
      .map((file) => [file.slice(0, -ending.length), readFileSync(new URL(file, folder), "utf8")]),
  );

/** The templates, by name. */
export const templates = textsOf(".eta");

/** The style sheets, by name. */
export const css = textsOf(".css");

/** Creates a renderer with made-up addresses of its style sheets. */
export function createTestRenderer(limits?: RenderLimits): Renderer {
  return createRenderer({
    templates,
    ...(limits !== undefined && { limits }),
    assets: {
      origin: "",
      fontStyle: { url: "/assets/fonts.css", integrity: "sha384-fonts" },
      style: { url: "/assets/style.css", integrity: "sha384-style" },
      shareStyle: { url: "/assets/share.css", integrity: "sha384-share" },
      script: { url: "/assets/dashboard.js", integrity: "sha384-script" },
    },
  });
}
