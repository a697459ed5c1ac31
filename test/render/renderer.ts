import { readdirSync, readFileSync } from "node:fs";
import { createRenderer, type Renderer } from "../../src/render/dashboard.ts";

const folder = new URL("../../src/page/files/", import.meta.url);

/** The templates, by name. */
export const templates: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(folder)
    .filter((file) => file.endsWith(".eta"))
    .map((file) => [file.slice(0, -4), readFileSync(new URL(file, folder), "utf8")]),
);

/** A style sheet of src/page/files. */
export function readStyle(name: string): string {
  return readFileSync(new URL(`${name}.css`, folder), "utf8");
}

/** Creates a renderer with made-up addresses of its style sheets. */
export function createTestRenderer(): Renderer {
  return createRenderer({
    templates,
    assets: {
      style: { url: "/assets/style.css", integrity: "sha384-style" },
      shareStyle: { url: "/assets/share.css", integrity: "sha384-share" },
    },
  });
}
