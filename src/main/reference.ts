import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { LateFile } from "../http/late-files.ts";
import { projectDir } from "./paths.ts";

/**
 * Returns what tells of the API, by path: `/openapi.json`, `/definition.schema.json` for editors, and the reference page
 * `/docs` with all that it loads. Nothing is read before it is asked for.
 */
export function referenceFiles(): ReadonlyMap<string, LateFile> {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("swagger-ui-dist/package.json");
  const viewer = (name: string): LateFile => ({
    read: () => readFile(join(dirname(manifest), name)),
    headers: { "content-type": typeOf(name), "cache-control": "public, max-age=31536000, immutable" },
  });
  const { version } = require(manifest) as { version: string };
  // A release of the viewer never changes, so that its version names its content.
  const folder = `/docs/swagger-ui-${version}`;
  return new Map([
    ["/openapi.json", ofRelease("gen/openapi.json")],
    ["/definition.schema.json", ofRelease("gen/definition.schema.json")],
    ["/docs", { read: async () => Buffer.from(page(folder)), headers: { ...pageHeaders, ...revalidated } }],
    ["/docs/reference.js", ofRelease("src/page/reference/reference.js")],
    ["/docs/reference.css", ofRelease("src/page/reference/reference.css")],
    [`${folder}/swagger-ui.css`, viewer("swagger-ui.css")],
    [`${folder}/swagger-ui-bundle.js`, viewer("swagger-ui-bundle.js")],
    // The script refers to it.
    [`${folder}/swagger-ui-bundle.js.LICENSE.txt`, viewer("swagger-ui-bundle.js.LICENSE.txt")],
  ]);
}

/** Another release has others under the same names, so that whoever keeps them asks each time. */
const revalidated = { "cache-control": "no-cache" };

function ofRelease(file: string): LateFile {
  return { read: () => readFile(join(projectDir, file)), headers: { "content-type": typeOf(file), ...revalidated } };
}

function typeOf(name: string): string {
  if (name.endsWith(".js")) return "text/javascript; charset=utf-8";
  if (name.endsWith(".css")) return "text/css; charset=utf-8";
  return name.endsWith(".txt") ? "text/plain; charset=utf-8" : "application/json";
}

function page(folder: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dashboards API</title>
<link rel="icon" href="data:,">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="${folder}/swagger-ui.css">
<link rel="stylesheet" href="/docs/reference.css">
<script defer src="${folder}/swagger-ui-bundle.js"></script>
<script defer src="/docs/reference.js"></script>
</head>
<body>
<main id="reference"></main>
<noscript><p>This page is made by a script. What it shows is <a href="/openapi.json">openapi.json</a>.</p></noscript>
</body>
</html>
`;
}

/** The viewer's pictures stand in its style as data. It asks for nothing but the document, and sends nothing. */
const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};
