import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Origin, startOrigin } from "../test/browser/origin.ts";

const page = `<!doctype html>
<meta charset="utf-8">
<title>Charts</title>
<script src="/echarts.js"></script>
<script src="/draw-in-page.js"></script>
<body></body>`;

/** Serves, at `/`, an empty page that has ECharts and draw-in-page.js. A browser keeps both, and what it compiled of them. */
export async function startChromiumSite(): Promise<Origin> {
  const echarts = createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js");
  const kept = { "content-type": "text/javascript; charset=utf-8", "cache-control": "max-age=31536000, immutable" };
  const files = new Map([
    ["/", { headers: { "content-type": "text/html; charset=utf-8" }, body: page }],
    ["/echarts.js", { headers: kept, body: readFileSync(echarts) }],
    ["/draw-in-page.js", { headers: kept, body: readFileSync(new URL("draw-in-page.js", import.meta.url)) }],
  ]);
  return startOrigin(({ pathname }) => {
    const file = files.get(pathname);
    return file && { status: 200, ...file };
  });
}
