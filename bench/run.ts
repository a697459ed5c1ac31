/**
 * `npm run -s bench -- [NAME...] [--json]`: all benchmarks, or those that are named, one after another. Trust the
 * ratios, which are of one run on one machine, not the times. It fails when a goal is missed.
 */
import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark.ts";
import { describeFigures, figuresOf, figuresToJson } from "./figures.ts";

/** Each is read only when it is its turn: what one of them needs is in no other's way. */
const benchmarks: Readonly<Record<string, () => Promise<{ readonly benchmark: Benchmark }>>> = {
  "hit-rest": () => import("./hit-rest.ts"),
  "small-rest": () => import("./small-rest.ts"),
  "hit-grpc": () => import("./hit-grpc.ts"),
  "hit-connect": () => import("./hit-connect.ts"),
  cold: () => import("./cold.ts"),
  uncached: () => import("./uncached.ts"),
  chromium: () => import("./chromium.ts"),
  panels: () => import("./panels.ts"),
  rows: () => import("./rows.ts"),
  paint: () => import("./paint.ts"),
  save: () => import("./save.ts"),
  "at-scale-read": () => import("./at-scale-read.ts"),
  "at-scale-save": () => import("./at-scale-save.ts"),
  processes: () => import("./processes.ts"),
  "start-embedded": () => import("./start-embedded.ts"),
  "start-external": () => import("./start-external.ts"),
  memory: () => import("./memory.ts"),
  "page-size": () => import("./page-size.ts"),
  refusal: () => import("./refusal.ts"),
  parquet: () => import("./parquet.ts"),
  "pg-rows": () => import("./pg-rows.ts"),
};

const { names, json } = readArguments();
// Whatever was started is ended by the handlers of this process's end.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const missed: string[] = [];
for (const name of names) if (!(await runOne(name))) missed.push(name);
if (missed.length > 0) {
  console.error(`missed: ${missed.join(", ")}`);
  process.exitCode = 1;
}

/** Runs one and prints what came of it; returns whether its goal is met. */
async function runOne(name: string): Promise<boolean> {
  try {
    const { benchmark } = await benchmarks[name]!();
    console.error(`${name}: ${benchmark.about}`);
    const figures = figuresOf(benchmark, await benchmark.run((line) => console.error(`  ${line}`)));
    console.log(json ? figuresToJson(figures) : describeFigures(figures));
    return figures.met;
  } catch (error) {
    console.error(`${name} failed:`, error);
    return false;
  }
}

function readArguments(): { readonly names: readonly string[]; readonly json: boolean } {
  const known = Object.keys(benchmarks);
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: "boolean" } } });
    const unknown = positionals.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new Error(`no benchmark is called ${unknown.join(", ")}`);
    return { names: positionals.length > 0 ? positionals : known, json: values.json ?? false };
  } catch (error) {
    console.error((error as Error).message);
    console.error(`usage: npm run -s bench -- [NAME...] [--json], where NAME is one of ${known.join(", ")}`);
    process.exit(2);
  }
}
