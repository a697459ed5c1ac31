import type { RenderAssets } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type Content, html, trustMarkup } from "../chart/safe.ts";

/** What a page shows. */
export type PageContent = {
  readonly title: string;
  /** The fragment, as the service answered it. */
  readonly html: string;
  readonly assets: RenderAssets | undefined;
};

/** Returns a complete document around a rendered dashboard, which links to the service's style and script. */
export function drawPage({ title, html: fragment, assets }: PageContent): string {
  const links = html`
    <link rel="stylesheet" href="${assets?.style?.url ?? ""}" integrity="${assets?.style?.integrity ?? ""}"
      ${" "}crossorigin="anonymous">
    <script defer src="${assets?.script?.url ?? ""}" integrity="${assets?.script?.integrity ?? ""}"
      ${" "}crossorigin="anonymous"></script>`;
  return drawDocument(title, links, trustMarkup(fragment));
}

/** Returns a document of HTML. */
export function drawDocument(title: string, head: Content, body: Content): string {
  const page = html`
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        ${head}
        <style>body { margin: 0; font-family: system-ui, sans-serif }</style>
      </head>
      <body>${body}</body>
    </html>`;
  return `<!doctype html>\n${page}\n`;
}
