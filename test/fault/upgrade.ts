/**
 * `npm run -s upgrade -- [--rounds 5] [--hold 10]`: upgrades the service from the previous release to this one and
 * rolls it back, again and again under load, each state held for so many seconds. Prints what it is doing, then its
 * figures, and a last line that begins with `passed` or `failed`. `npm test` does the same once and briefly.
 */
import { parseArgs } from "node:util";
import { createCodeCache } from "./code-cache.ts";
import { takePreviousRelease } from "./previous-release.ts";
import { createProgress } from "./progress.ts";
import { runUpgradeDrill } from "./upgrade-drill.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const problems = await run().catch((error: unknown) => [error instanceof Error ? error.message : `${error}`]);
for (const problem of problems.slice(0, 20)) console.log(`problem: ${problem}`);
console.log(
  problems.length === 0
    ? "passed: both releases served one database, forward and back, with no error, and nothing is lost or doubled"
    : `failed: ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

async function run(): Promise<readonly string[]> {
  const { rounds, hold } = readPlan();
  const previous = await takePreviousRelease();
  if ("reason" in previous) throw new Error(previous.reason);
  try {
    const progress = createProgress(console.log);
    const plan = { previous: previous.folder, rounds, holdMs: hold * 1_000, env: createCodeCache(), progress };
    const { saves, calls, reads, problems } = await runUpgradeDrill(plan);
    const { acknowledged, lost, half, doubled, replays } = saves;
    console.log(`calls: ${calls.answers} answers, ${calls.problems.length} errors`);
    console.log(
      `saves: ${acknowledged}, ${lost} lost, ${half} half-written, ${doubled} doubled, ${replays} replays equal`,
    );
    console.log(`beside: ${reads.renders} renders, ${reads.links} links, ${reads.publications} publications`);
    const bad = lost + half + doubled;
    const found = [...calls.problems, ...saves.problems, ...problems];
    return bad === 0 ? found : [...found, `${lost} saves lost, ${half} half-written, ${doubled} doubled`];
  } finally {
    await previous.remove();
  }
}

/** Reads the command line. Throws an Error that names what is wrong. */
function readPlan(): { readonly rounds: number; readonly hold: number } {
  const text = (value: string) => ({ type: "string", default: value }) as const;
  const { values } = parseArgs({ options: { rounds: text("5"), hold: text("10") } });
  for (const [name, value] of Object.entries(values)) {
    if (!/^[1-9]\d{0,4}$/.test(value)) throw new Error(`--${name} must be a whole number from 1`);
  }
  return { rounds: Number(values.rounds), hold: Number(values.hold) };
}
