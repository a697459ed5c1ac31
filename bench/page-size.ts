import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { projectDir } from "../src/main/paths.ts";
import { atMost, type Benchmark } from "./benchmark.ts";
import { chartsAt } from "./charts.ts";
import { createRender, toInput } from "./dashboards.ts";

/** What a dashboard weighs on its way to a reader. One figure stands for all: the one that is nearest to its bound. */
export const benchmark: Benchmark = {
  name: "page-size",
  about: "12 panels of 200 points in HTML, and the browser's script: the part of its bound that the largest takes",
  unit: "of its bound",
  goal: atMost(1, "of its bound"),
  async run(progress) {
    const html = createRender()(toInput(chartsAt(0)));
    const script = readFileSync(join(projectDir, "gen/assets/dashboard.js"));
    const sizes = [
      { what: "kB of HTML", size: Buffer.byteLength(html) / 1000, most: 90 },
      { what: "kB of HTML, gzip", size: gzipSync(html, { level: 6 }).length / 1000, most: 25 },
      { what: "KiB of script, gzip", size: gzipSync(script, { level: 9 }).length / 1024, most: 5 },
    ];
    for (const { what, size, most } of sizes) progress(`${size.toFixed(2)} ${what}, of at most ${most}`);
    return [{ ours: Math.max(...sizes.map(({ size, most }) => size / most)) }];
  },
};
