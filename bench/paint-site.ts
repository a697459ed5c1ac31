import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Answer } from "../src/http/answer.ts";
import { createAssets } from "../src/http/assets.ts";
import { compressAnswer } from "../src/http/compress.ts";
import { readPageFiles } from "../src/main/assets.ts";
import { assetTypes, toAsset } from "../src/main/released.ts";
import { createRenderer } from "../src/render/dashboard.ts";
import { pageHeaders } from "../src/rpc/page-headers.ts";
import { type Origin, startOrigin } from "../test/browser/origin.ts";
import { chartsAt } from "./charts.ts";
import { presentation, toInput } from "./dashboards.ts";
import { writeClientPage } from "./paint-client-page.ts";

/** Where the pages stand: ours, and those that draw by what they need of ECharts, and by all of it. */
export const paths = { ours: "/ours", lean: "/lean", whole: "/whole" } as const;

/**
 * Serves pages of the same twelve charts, compressed, from the memory of one server: a share page with all that it
 * links to, byte for byte and with the headers that the service sends, and two that draw in the browser.
 */
export async function startPaintSite(): Promise<Origin> {
  const { templates, refs, assets, makeAsset } = readPageFiles();
  const renderer = createRenderer({ templates, assets: refs("") });
  const place = { ...presentation, place: "page" } as const;
  const { html: fragment } = renderer.renderDashboard({ ...toInput(chartsAt(0)), presentation: place });
  const expiresAtMs = Date.UTC(2026, 6, 1);
  const share = renderer.renderSharePage({ title: "Charts", fragment, expiresAtMs, presentation });

  const scripts = {
    "/lean.js": await bundleLean(),
    "/whole.js": readFileSync(createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js")),
    "/client.js": readFileSync(new URL("paint-client.js", import.meta.url)),
  };
  const added = Object.entries(scripts).map(([path, body]) => [path, toAsset(assetTypes[".js"]!, body)] as const);
  const answerAsset = createAssets(new Map([...assets, ...added]), makeAsset);
  // What is compressed when it is first asked for is asked for here.
  for (const path of [...assets.keys(), ...Object.keys(scripts)]) answerAsset(path, {});

  const plain = { "content-type": "text/html; charset=utf-8" };
  const pages = new Map<string, Answer>([
    [paths.ours, await compress(pageHeaders(), share)],
    [paths.lean, await compress(plain, writeClientPage(chartsAt(0), ["/lean.js", "/client.js"]))],
    [paths.whole, await compress(plain, writeClientPage(chartsAt(0), ["/whole.js", "/client.js"]))],
  ]);
  return startOrigin(({ pathname }, headers) => pages.get(pathname) ?? answerAsset(pathname, headers));
}

async function compress(headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
  return compressAnswer({ status: 200, headers, body }, "gzip");
}

async function bundleLean(): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("paint-echarts.js", import.meta.url))],
    ...{ bundle: true, minify: true, format: "iife", target: "es2022", tsconfigRaw: {}, write: false },
  });
  return Buffer.from(outputFiles[0]!.contents);
}
